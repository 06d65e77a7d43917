"""Foreign trade recomputed from the files, cell by cell."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from borderbook import notebooks
from borderbook.claims.intervals import Interval
from borderbook.datapackage import resources
from helpers.foreign_trade import exhibits as show
from helpers.foreign_trade import measures as trade
from helpers.regions import Group
from tests import real_book
from tests.content.oracle import TWELVE, by_year, rows, share

FLOWS = ("export", "import", "commodity circulation")
TABLE_1 = {
    ("Russia", "export"): ("9.5", "12.5", "7.5"),
    ("Russia", "import"): ("3.6", "5.0", "3.2"),
    ("Russia", "commodity circulation"): ("13.1", "17.5", "10.7"),
    ("border regions", "export"): ("2254.8", "2792.2", "1868.4"),
    ("border regions", "import"): ("1465.5", "1864.1", "1017.2"),
    ("border regions", "commodity circulation"): ("3395.4", "4393.3", "2661.7"),
}
"""The cells of Table 1 for 2016, 2017 and 2018, copied by hand."""


def cell(reporter: str, flow: str, year: int) -> Fraction:
    return Fraction(TABLE_1[reporter, flow][year - 2016])


@pytest.mark.parametrize(("reporter", "flow"), list(TABLE_1), ids=str)
def test_a_cell_of_table_1_is_what_the_paper_prints(reporter: str, flow: str) -> None:
    texts = [trade.printed(reporter, flow, year).text for year in (2016, 2017, 2018)]

    assert texts == list(TABLE_1[reporter, flow])
    assert trade.printed_total(reporter, flow).central == sum(map(Fraction, texts))
    assert trade.printed_total(reporter, flow, (2017, 2018)).central == sum(
        map(Fraction, texts[1:])
    )


def test_printed_turnovers_beside_exports_plus_imports() -> None:
    names = ["reporter", "year", "unit", "export", "import", "printed", "computed", "difference",
             "verdict"]  # fmt: skip
    russia, border = ("Russia", "billion USD"), ("border regions", "million USD")
    expected = [
        (*russia, 2016, "9.5", "3.6", "13.1", "13.1", "0.0", "holds"),
        (*russia, 2017, "12.5", "5.0", "17.5", "17.5", "0.0", "holds"),
        (*russia, 2018, "7.5", "3.2", "10.7", "10.7", "0.0", "holds"),
        (*border, 2016, "2254.8", "1465.5", "3395.4", "3720.3", "-324.9", "differs"),
        (*border, 2017, "2792.2", "1864.1", "4393.3", "4656.3", "-263.0", "differs"),
        (*border, 2018, "1868.4", "1017.2", "2661.7", "2885.6", "-223.9", "differs"),
    ]

    table = trade.sums()

    assert list(table.columns) == names
    assert table.to_dict("records") == [
        dict(
            zip(names, (who, year, unit, *texts, Decimal(one), Decimal(off), verdict), strict=True)
        )
        for who, unit, year, *texts, one, off, verdict in expected
    ]


def test_shares_of_the_border_regions_with_all_that_the_print_allows() -> None:
    half = Fraction(1, 20)
    expected = []
    for flow in FLOWS:
        for period, years in (
            *((str(year), (year,)) for year in (2016, 2017, 2018)),
            ("2016–2018", (2016, 2017, 2018)),
        ):
            part = sum(cell("border regions", flow, year) for year in years)
            whole = 1000 * sum(cell("Russia", flow, year) for year in years)
            # Russia's turnover of all three years is printed: one rounding, not three.
            rounded = 1 if (flow, len(years)) == (FLOWS[2], 3) else len(years)
            room, wide = half * len(years), 1000 * half * rounded
            ends = (part - room) / (whole + wide), (part + room) / (whole - wide)
            expected.append((flow, period, *(100 * x for x in (part / whole, *ends))))

    table = trade.border_shares()

    assert list(table.columns) == ["flow", "period", "share", "low", "high"]
    assert list(table.itertuples(index=False, name=None)) == [
        (flow, period, *map(float, numbers)) for flow, period, *numbers in expected
    ]


def test_a_share_of_parts_sets_them_against_the_printed_turnover() -> None:
    both = trade.share_of_russia(FLOWS[2], (2016, 2018), parts=("export", "import"))
    part = sum(
        cell("border regions", flow, y) for flow, y in itertools.product(FLOWS[:2], (2016, 2018))
    )
    whole = sum(cell("Russia", FLOWS[2], y) for y in (2016, 2018))

    assert both.central == 100 * part / (1000 * whole)
    assert trade.share_of_russia(FLOWS[2]).central == Fraction("1045040") / Fraction("41300")


def test_changes_of_table_1_are_last_over_first_and_the_inverse() -> None:
    expected = [
        {
            "reporter": reporter,
            "flow": flow,
            "first": first,
            "last": last,
            "ratio": float(cell(reporter, flow, last) / cell(reporter, flow, first)),
            "times": float(cell(reporter, flow, first) / cell(reporter, flow, last)),
        }
        for reporter, flow in TABLE_1
        for first, last in ((2016, 2017), (2016, 2018), (2017, 2018))
    ]

    table = trade.fold_changes()
    assert table.assign(times=table["times"].map(float)).to_dict("records") == expected


def reported(first: int, last: int) -> list[tuple[str, str, int, float]]:
    """Return who reports which flow of Russia with Kazakhstan, by year, billion USD."""
    swapped = {"exports": "import", "imports": "export"}
    values: dict[tuple[str, str, int], Fraction] = {}
    for row in rows("trade_by_partner"):
        if row["partner"] != "WORLD":
            own = row["reporter"] == "RU"
            flow = row["flow"][:-1] if own else swapped[row["flow"]]
            who = "by Russia" if own else "by Kazakhstan"
            values[flow, who, int(row["year"])] = Fraction(row["million_usd"]) / 1000
    books = rows("russia_trade_yearbook", partner="KZ")
    newest = max(row["source"] for row in books)
    assert newest > min(row["source"] for row in books), "the data hold several vintages"
    for row in books:
        if row["source"] == newest:
            key = row["flow"][:-1], "Russian yearbook", int(row["year"])
            values[key] = Fraction(row["million_usd"]) / 1000
    for (_, who, year), value in list(values.items()):
        key = "commodity circulation", who, year
        values[key] = values.get(key, Fraction(0)) + value
    return [
        (flow, who, year, float(value))
        for (flow, who, year), value in sorted(values.items())
        if first <= year <= last
    ]


@pytest.mark.parametrize("years", [(2000, 2021), (2016, 2018), (2010, 2019)], ids=str)
def test_trade_as_each_side_and_the_yearbook_report_it(years: tuple[int, int]) -> None:
    table = trade.with_partner(*years)
    expected = reported(*years)

    assert list(table.index) == list(range(len(expected)))
    found = table[["flow", "reported", "year", "value"]].itertuples(index=False, name=None)
    for one, other in zip(found, expected, strict=True):
        assert one[:3] == other[:3]
        assert one[3] == pytest.approx(other[3], abs=1e-12)


def test_trade_is_given_for_all_years_of_the_data_unless_asked_otherwise() -> None:
    pd.testing.assert_frame_equal(trade.with_partner(), trade.with_partner(2000, 2021))


def test_table_1_beside_what_each_side_reports() -> None:
    values = {(flow, who, year): value for flow, who, year, value in reported(2016, 2018)}
    table = trade.against_partners()

    names = ["flow", "year", "printed"]
    for country in ("Russia", "Kazakhstan"):
        names += [f"by {country}", f"off {country}"]
    assert list(table.columns) == names
    assert len(table) == 9
    places = list(itertools.product(FLOWS, (2016, 2017, 2018)))
    assert list(zip(table["flow"], table["year"], strict=True)) == places
    for record in table.to_dict("records"):
        flow, year = record["flow"], record["year"]
        assert record["printed"] == TABLE_1["Russia", flow][year - 2016]
        for country in ("Russia", "Kazakhstan"):
            theirs = values[flow, f"by {country}", year]
            assert record[f"by {country}"] == pytest.approx(theirs, abs=1e-12)
            off = float(record["printed"]) - theirs
            assert record[f"off {country}"] == pytest.approx(off, abs=1e-12)


def test_the_turnover_of_three_years_and_what_a_share_of_it_implies() -> None:
    """By the text, 41.3 and 2.9 per cent; the cells add up to 41.3 too, with more room."""
    added = trade.added("Russia", FLOWS[2])
    assert added.central == Fraction("41.3")
    assert added.interval == Interval(Decimal("41.15"), Decimal("41.45"), True, False)
    implied = trade.implied_turnover()
    assert implied.central == Fraction("4130") / Fraction("2.9")
    assert implied.interval.low == Fraction("4125") / Fraction("2.95")
    assert implied.interval.high == Fraction("4135") / Fraction("2.85")


def test_turnover_with_all_countries_over_stretches_of_time() -> None:
    customs = {2016: 285534.2 + 182267.6, 2017: 355745.5 + 226098.2, 2018: 449185.3 + 237509.7}
    payments = 281.7 + 191.5 + 353.5 + 238.1
    half = 101.9 + 109.3 + 57.3 + 63.3

    table = trade.stretches().set_index(["basis", "stretch"])
    assert table["turnover"].to_dict() == {
        ("customs", "2016 to 2018, whole years"): pytest.approx(sum(customs.values()) / 1000),
        ("customs", "2016 and 2017"): pytest.approx((customs[2016] + customs[2017]) / 1000),
        ("balance of payments", "2016, 2017 and the first two quarters of 2018"): pytest.approx(
            payments + half
        ),
        ("balance of payments", "2016 and 2017"): pytest.approx(payments),
    }
    assert (table["turnover"] * table["share"]).to_list() == pytest.approx([4130] * 4)


def test_a_basis_has_no_periods_of_the_other() -> None:
    with pytest.raises(KeyError):
        trade.published_turnover(trade.CUSTOMS, (2018, "Q1"))
    with pytest.raises(KeyError):
        trade.published_turnover(trade.PAYMENTS, (2018, "year"))


def test_trade_is_given_for_2000_to_2021_unless_asked_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    years = pd.DataFrame({"year": range(1998, 2025), "flow": "exports", "million_usd": 1000.0})
    tables = {
        "trade_by_partner": years.assign(reporter="RU", partner="KZ"),
        "russia_trade_yearbook": years.assign(partner="KZ", source="one"),
    }
    monkeypatch.setattr(resources, "load", tables.__getitem__)
    table = trade.with_partner.__wrapped__()

    assert sorted(set(table["year"])) == list(range(2000, 2022))


def test_trade_of_a_group_with_the_cis() -> None:
    exports, imports = (
        by_year("regional_foreign_trade", "million_usd", flow=flow, partner_group="CIS")
        for flow in ("exports", "imports")
    )
    table = trade.with_cis(Group("KZ", exclude=("RU-AL",)))
    codes = [code for code in TWELVE if code != "RU-AL"]

    assert list(table.index) == sorted(exports)
    assert list(table.columns) == ["exports", "imports", "share"]
    for year, row in table.iterrows():
        out, back = exports[year], imports[year]
        assert row["exports"] == pytest.approx(float(sum(out[c] for c in codes) / 1000))
        assert row["imports"] == pytest.approx(float(sum(back[c] for c in codes) / 1000))
        both = {code: out[code] + back[code] for code in [*codes, "RU"]}
        assert row["share"] == pytest.approx(share(both, codes), abs=1e-9)


def test_a_printed_share_that_fits_no_stretch_is_said_to_fit_none() -> None:
    """Neither basis has a stretch in which the printed total is the printed share."""
    world: dict[str, Fraction] = {}
    for row in rows("trade_by_partner", reporter="RU", partner="WORLD"):
        world[row["year"]] = world.get(row["year"], Fraction(0)) + Fraction(row["million_usd"])
    whole = sum(world[year] for year in ("2016", "2017", "2018")) / 1000
    two = sum(world[year] for year in ("2016", "2017")) / 1000
    printed = {row["id"]: row["printed"] for row in rows("claims")}
    total = Fraction(printed["trade-total"])
    low, high = Fraction("2.85"), Fraction("2.95")
    assert printed["kazakhstan-share"] == "2.9"
    assert not any(low <= 100 * total / each < high for each in (whole, two))

    title = show.implied_turnover(real_book.ForeignTrade()).title

    assert title == "The printed 2.9 % fits none of these stretches of Russia's published turnover"


def test_the_comparison_with_published_turnover_ends_without_a_guess() -> None:
    cells = notebooks.cells(real_book.ROOT / "book/foreign-trade.ipynb")
    (text,) = ["".join(cell["source"]) for cell in cells if cell.get("id") == "implied"]

    assert text.endswith(
        "when 2018 ends with its second quarter. What period the column covers, the paper does "
        "not say."
    )
