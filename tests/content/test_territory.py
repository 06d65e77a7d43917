"""Russia's totals cover more from 2014 on: shares of the same 83 regions, recomputed from data/."""

from __future__ import annotations

from fractions import Fraction

import pytest

from helpers.gross_product import exhibits as product_exhibits
from helpers.gross_product import measures as product
from helpers.parameters import BorderYears
from helpers.regions import Group
from helpers.small_enterprises import exhibits, measures
from tests.content.oracle import INDICATORS, TWELVE, by_year, enterprises
from tests.real_book import findings

KZ = Group("KZ")
ROWS = dict(zip(INDICATORS, measures.ROWS.values(), strict=False))
ALL = BorderYears(neighbour="KZ", exclude=[], with_okrugs=False, first_year=2010, last_year=2022)


def same(values: dict[str, Fraction]) -> float:
    """Return the share of the twelve in the sum of the regions, per cent."""
    regions = {code: value for code, value in values.items() if code != "RU"}
    assert len(regions) == 83
    return float(100 * sum(regions[code] for code in TWELVE) / sum(regions.values()))


@pytest.mark.parametrize("title", INDICATORS)
def test_shares_of_the_same_regions_by_year(title: str) -> None:
    table = measures.shares(KZ)
    mine = table[table["row"] == ROWS[title]].set_index("year")["constant"].dropna()

    expected = {year: same(values) for year, values in enterprises(INDICATORS[title]).items()}
    assert mine.to_dict() == pytest.approx(expected)


def test_the_reference_figures() -> None:
    """An independent recomputation gave these."""
    table = measures.shares(KZ).set_index(["title", "year"])
    cells = {
        ("Employees", 2014): ("15.87", "15.93"),
        ("Number of enterprises", 2015): ("17.02", "17.20"),
    }
    for cell, (published, constant) in cells.items():
        assert f"{table.at[cell, 'share']:.2f}" == published
        assert f"{table.at[cell, 'constant']:.2f}" == constant
    chart = exhibits.contributions(ALL)
    assert "+1.30 percentage points" in chart.subtitle
    assert any("+1.28" in note for note in chart.notes)


def test_russia_s_employees_fall_from_2013_to_2014_in_the_same_regions() -> None:
    values = by_year("small_enterprises", "value", indicator="employees")
    step = sum((values[2014][c] - values[2013][c]) for c in values[2014] if c != "RU")
    assert f"{float(step):.1f}" == "-1.3"
    assert f"{float(values[2014]['RU'] - values[2013]['RU']):.1f}" == "48.4"

    readings = findings()["creating-jobs"].readings
    of_same = {text: verdict for text, verdict in readings.items() if "same 83" in text}
    ((text, verdict),) = of_same.items()
    assert "2013 to 2014: −1.3" in text
    assert verdict == "differs"
    published = {text: verdict for text, verdict in readings.items() if "as published" in text}
    ((text, verdict),) = published.items()
    assert "+48.4" in text
    assert "cover more" in text
    assert verdict == "holds"


def segments(chart: object) -> dict[int, set[str]]:
    """Return the segments of each year in the data of a chart."""
    found: dict[int, set[str]] = {}
    for data in chart.spec()["datasets"].values():  # type: ignore[attr-defined]
        for row in data:
            if "segment" in row and "year" in row:
                found.setdefault(int(row["year"]), set()).add(str(row["segment"]))
    return found


@pytest.mark.parametrize(
    ("chart", "years"),
    [
        (exhibits.series, (2013, 2014)),
        (product_exhibits.shares, (2013, 2014)),
        (product_exhibits.shares, (2015, 2016)),
        (exhibits.explorer, (2013, 2014)),
        (product_exhibits.explorer, (2013, 2014)),
    ],
)
def test_no_line_crosses_the_wider_total(chart, years) -> None:  # type: ignore[no-untyped-def]
    by_years = segments(chart(ALL))
    assert by_years[years[0]]
    assert not by_years[years[0]] & by_years[years[1]]


def test_no_segment_of_the_share_of_gdp_crosses_its_break() -> None:
    """The sum of regions over GDP falls by six points from 2010 to 2011."""
    product_of = by_year("gross_regional_product", "grp_million_rub", region="RU")
    domestic = by_year_of_gdp()
    over = {y: float(product_of[y]["RU"] / domestic[y] / 10) for y in (2010, 2011)}
    assert round(over[2010]) == 81
    assert round(over[2011]) == 75

    assert product.segment_of_gdp(2010) != product.segment_of_gdp(2011)
    assert product.segment(2010) == product.segment(2011)
    assert 2010.5 in product.breaks(range(2005, 2024), of_gdp=True)
    text = str(product_exhibits.explorer(ALL).spec())
    assert "GDP breaks" in text
    assert "from 81 to 75" in text


def by_year_of_gdp() -> dict[int, Fraction]:
    """Return GDP by year, billion roubles."""
    from tests.content.oracle import rows

    found = rows("russia_totals", indicator="gdp")
    return {int(row["year"]): Fraction(row["value"]) for row in found}


def test_shares_of_gross_product_in_the_same_regions() -> None:
    rows = product.readings(KZ)
    mine = rows[rows["variant"] == "with Tyumen, without its okrugs"].set_index("year")["of_83"]

    values = by_year("gross_regional_product", "grp_million_rub")
    assert mine.to_dict() == pytest.approx({year: same(of) for year, of in values.items()})
