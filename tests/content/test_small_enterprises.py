"""Small enterprises recomputed from the files, year by year."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from borderbook.claims import ledger
from helpers.regions import Group
from helpers.small_enterprises import exhibits as show
from helpers.small_enterprises import measures as small
from tests import real_book
from tests.content.oracle import INDICATORS, TWELVE, by_year, enterprises, rows, share

KZ = Group("KZ")


def test_rows_of_table_2_by_the_names_of_claims() -> None:
    assert small.ROWS == {
        "number": "number of small businesses",
        "employees": "average number of employees",
        "turnover": "small business turnover",
        "investment": "investments in fixed assets",
    }
    assert [small.measure(row).title for row in small.ROWS.values()] == [
        "Number of enterprises", "Employees", "Turnover", "Investment in fixed assets",
    ]  # fmt: skip
    assert list(small.YEARS) == [2011, 2012, 2013, 2014, 2015, 2016, 2017]


@pytest.mark.parametrize("title", INDICATORS)
def test_a_series_takes_each_year_from_the_instrument_that_has_it(title: str) -> None:
    row = next(m.row for m in small.MEASURES if m.title == title)
    expected = enterprises(INDICATORS[title])
    table = small.series(row)

    assert list(table.index) == sorted(expected)
    for year, values in expected.items():
        found = table.loc[year].dropna().to_dict()
        assert found == {code: float(value) for code, value in values.items()}


@pytest.mark.parametrize(
    ("row", "years"),
    [
        ("number", {2010: "number", 2011: "number", 2014: "", 2015: "number", 2020: "number"}),
        (
            "employees",
            {2010: "list_employees", 2014: "employees", 2020: "employees", 2022: "employees"},
        ),
        ("turnover", {2010: "revenue", 2016: "turnover", 2020: "revenue", 2023: ""}),
        ("investment", {2019: "", 2020: "investment", 2021: ""}),
    ],
)
def test_the_instrument_of_a_year(row: str, years: dict[int, str]) -> None:
    assert {year: small.indicator_of(small.ROWS[row], year) for year in years} == years


def test_shares_of_a_group_by_row_and_year() -> None:
    table = small.shares(KZ, 2013, 2020)

    assert list(table.columns) == ["row", "title", "year", "share", "constant", "segment"]
    assert list(table.index) == list(range(32))
    assert list(table["year"]) == list(range(2013, 2021)) * 4
    assert list(dict.fromkeys(zip(table["row"], table["title"], strict=True))) == [
        (m.row, m.title) for m in small.MEASURES
    ]
    for record in table.to_dict("records"):
        assert record["segment"] == small.segment(record["year"])
        values = enterprises(small.measure(record["row"]).indicators).get(record["year"])
        if values:
            assert record["share"] == pytest.approx(share(values, TWELVE), abs=1e-9)
        else:
            assert pd.isna(record["share"])


def test_shares_are_of_all_years_unless_asked_otherwise() -> None:
    pd.testing.assert_frame_equal(small.shares(KZ), small.shares(KZ, 2010, 2022))


def test_runs_of_comparable_years() -> None:
    expected = {
        2010: "2010", 2011: "2011-2013", 2013: "2011-2013", 2014: "2014", 2015: "2015",
        2016: "2016", 2017: "2017-2019", 2019: "2017-2019", 2020: "2020", 2021: "2021-2022",
        2022: "2021-2022",
    }  # fmt: skip

    assert {year: small.segment(year) for year in expected} == expected


def test_the_breaks_of_the_series() -> None:
    assert small.BREAKS == {
        2010: "complete survey",
        2013.5: "wider total",
        2015: "complete survey",
        2015.5: "SME register",
        2016.5: "new criteria",
        2020: "complete survey",
    }


@pytest.mark.parametrize(
    ("row", "years", "ends"),
    [
        ("turnover", range(2010, 2023), (2011, 2014)),
        ("turnover", range(2015, 2023), (2017, 2019)),
        ("turnover", range(2020, 2023), (2021, 2022)),
        ("turnover", range(2014, 2017), None),
        ("turnover", range(2012, 2014), (2012, 2013)),
        ("number", range(2010, 2023), (2011, 2013)),
        ("investment", range(2010, 2023), None),
    ],
)
def test_the_longest_comparable_stretch(
    row: str, years: range, ends: tuple[int, int] | None
) -> None:
    assert small.comparable(small.ROWS[row], years) == ends


def test_table_2_cell_by_cell() -> None:
    printed = {
        (r["indicator"], int(r["year"])): r["printed_percent"] for r in rows("paper_table_2")
    }
    table = small.table_2(KZ)

    names = ["row", "year", "printed", "title", "computed"]
    assert set(table.columns) == {*names, "segment", "difference", "verdict", "reason"}
    assert {(r["row"], r["year"]): r["printed"] for r in table.to_dict("records")} == printed
    assert len(table) == len(printed)
    for record in table.to_dict("records"):
        values = enterprises(small.measure(record["row"]).indicators).get(record["year"])
        if not values:
            assert pd.isna(record["computed"])
            assert pd.isna(record["difference"])
            continue
        computed = share(values, TWELVE)
        assert record["computed"] == pytest.approx(computed, abs=1e-9)
        off = round(round(computed, 2) - float(record["printed"]), 2)
        assert record["difference"] == off


@pytest.mark.parametrize(
    ("row", "year", "reason"),
    [
        ("number", 2011, "sample survey"),
        ("number", 2014, "not available: no number of enterprises by region for 2014 in the data"),
        ("number", 2015, "complete survey; counts published in thousands with one decimal"),
        ("employees", 2015, "complete survey; employees on the payroll, another definition"),
        ("turnover", 2015, "complete survey; revenue in place of turnover"),
        ("turnover", 2017, "sample survey"),
        (
            "investment",
            2017,
            "not available: investment by region is not in the data before 2020",
        ),
    ],
)
def test_what_is_known_about_a_cell_of_table_2(row: str, year: int, reason: str) -> None:
    table = small.table_2(KZ).set_index(["row", "year"])

    assert table.at[(small.ROWS[row], year), "reason"] == reason


def test_shares_in_the_register_by_date() -> None:
    expected: dict[str, dict[str, dict[str, Fraction]]] = {}
    names = ("legal_entities", "sole_proprietors", "workers")
    for row in rows("sme_register"):
        for name in names:
            if row[name]:
                at = expected.setdefault(row["date"], {}).setdefault(name, {})
                at[row["region"]] = Fraction(row[name])
    table = small.register_shares(KZ)

    assert list(table.columns) == list(names)
    assert [f"{date:%Y-%m-%d}" for date in table.index] == sorted(expected)
    for date, row in table.iterrows():
        for name in names:
            values = expected[f"{date:%Y-%m-%d}"].get(name, {})
            if values.keys() >= {*TWELVE}:
                assert row[name] == pytest.approx(share(values, TWELVE), abs=1e-9)
            else:
                assert pd.isna(row[name])


@pytest.mark.parametrize(
    ("row", "years", "missing"),
    [
        ("number", (2013, 2016), [2014, 2016]),
        ("turnover", (2010, 2022), []),
        ("turnover", (2022, 2023), [2023]),
        ("investment", (2019, 2021), [2019, 2021]),
    ],
)
def test_years_without_figures(row: str, years: tuple[int, int], missing: list[int]) -> None:
    assert small.unpublished(small.ROWS[row], *years) == missing


def own_shares(codes: list[str]) -> dict[tuple[str, int], tuple[Fraction, Fraction, Fraction]]:
    """Return (indicator, year) -> the share by the indicator that Table 2 names, and its bounds.

    Where every figure of a year is a whole hundred, each stands for 50 more or less.
    """
    found = {}
    for name in ("number", "employees", "turnover", "investment"):
        for year, values in by_year("small_enterprises", "value", indicator=name).items():
            whole = values.get("RU") or sum(v for code, v in values.items() if code != "RU")
            part = sum(values[code] for code in codes)
            half = 50 if all(value % 100 == 0 for value in values.values()) else 0
            low, high = part - half * len(codes), part + half * len(codes)
            found[small.ROWS[name], year] = (
                Fraction(100 * part, whole),
                Fraction(100 * low, whole),
                Fraction(100 * high, whole),
            )
    return found


@pytest.mark.parametrize("group", [KZ, Group("CN"), Group("KZ", exclude=("RU-SAM",))])
def test_only_the_indicator_that_a_cell_names_decides_it(group: Group) -> None:
    shares = own_shares(list(group.codes))
    half = Fraction(1, 200)
    exact, rounded, decided = 0, [], 0
    for cell in rows("paper_table_2"):
        key, printed = (cell["indicator"], int(cell["year"])), Fraction(cell["printed_percent"])
        if key in shares:
            value, low, high = shares[key]
            decided += 1
            exact += printed - half <= value < printed + half
            if not printed - half <= value < printed + half and (
                low < printed + half and high >= printed - half
            ):
                rounded.append(key)
    p = real_book.SmallEnterprises(neighbour=group.neighbour, exclude=list(group.exclude))
    text, headline = show.facts(p)["agreement"], show.table_2(p).title

    if group == KZ:
        assert (exact, decided) == (15, 16)
        assert rounded == [("number of small businesses", 2015)]
        assert "one but for rounding (number of enterprises, 2015)" in text
    for words in (text, headline.lower()):
        assert words.startswith(f"of the {decided} shares published for the measure that the")
        assert f", {exact or 'none'} agree" in words
        assert ("but for rounding" in words) is bool(rounded)
    assert text.endswith("; for two of 2015 only a neighbouring measure is published")


def test_a_cell_has_the_verdict_of_its_statement() -> None:
    named = {row: name for name, row in small.ROWS.items()}
    found = ledger.evaluate(real_book.Claims(), "small-enterprises")
    verdicts = {finding.claim.id: finding.verdict for finding in found}
    for cell in small.table_2(KZ).to_dict("records"):
        verdict = verdicts[f"table-2-{named[cell['row']]}-{cell['year']}"]
        assert (cell["verdict"] or "not-checkable") == verdict
