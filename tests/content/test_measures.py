"""The measures of the sections, recomputed from the files with exact fractions and no table."""

from __future__ import annotations

import csv
import itertools
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from borderbook.claims.intervals import Interval, Printed
from borderbook.datapackage import resources
from helpers import regions
from helpers.discussion import measures as discussion
from helpers.foreign_trade import measures as trade
from helpers.gross_product import measures as product
from helpers.regions import Group
from helpers.small_enterprises import measures as small

KZ = Group("KZ")
TWELVE = ["RU-AST", "RU-VGG", "RU-ORE", "RU-SAM", "RU-SAR", "RU-KGN", "RU-TYU", "RU-CHE", "RU-AL",
          "RU-ALT", "RU-NVS", "RU-OMS"]  # fmt: skip
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
INDICATORS = {
    "Number of enterprises": ("number",),
    "Employees": ("employees", "list_employees"),
    "Turnover": ("turnover", "revenue"),
}


def rows(name: str, **chosen: str) -> list[dict[str, str]]:
    """Return the rows of a file that have the chosen values."""
    with (resources.folder() / f"{name}.csv").open(encoding="utf-8") as file:
        every = list(csv.DictReader(file))
    return [row for row in every if all(row[key] == value for key, value in chosen.items())]


def by_year(name: str, value: str, **chosen: str) -> dict[int, dict[str, Fraction]]:
    """Return year -> region -> value, blank values left out."""
    found: dict[int, dict[str, Fraction]] = defaultdict(dict)
    for row in rows(name, **chosen):
        if row[value]:
            found[int(row["year"])][row["region"]] = Fraction(row[value])
    return dict(found)


def enterprises(names: tuple[str, ...]) -> dict[int, dict[str, Fraction]]:
    """Return year -> region -> value; the first of the indicators that has a value counts."""
    found: dict[int, dict[str, Fraction]] = {}
    for name in reversed(names):
        for year, values in by_year("small_enterprises", "value", indicator=name).items():
            found[year] = found.get(year, {}) | values
    return found


def share(values: dict[str, Fraction], codes: list[str]) -> float:
    """Return the share of regions, per cent; the whole is as published, else the sum."""
    whole = values.get("RU") or sum(value for code, value in values.items() if code != "RU")
    return float(100 * sum(values[code] for code in codes) / whole)


def cell(reporter: str, flow: str, year: int) -> Fraction:
    return Fraction(TABLE_1[reporter, flow][year - 2016])


# Foreign trade


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
            room, wide = half * len(years), 1000 * half * len(years)
            ends = (part - room) / (whole + wide), (part + room) / (whole - wide)
            expected.append((flow, period, *(100 * x for x in (part / whole, *ends))))

    table = trade.border_shares()

    assert list(table.columns) == ["flow", "period", "share", "low", "high"]
    assert list(table.itertuples(index=False, name=None)) == [
        (flow, period, *map(float, numbers)) for flow, period, *numbers in expected
    ]


def test_a_share_over_flows_and_years_is_that_of_their_sums() -> None:
    both = trade.share_of_russia("export", "import", years=(2016, 2018))
    part = sum(
        cell("border regions", flow, y) for flow, y in itertools.product(FLOWS[:2], (2016, 2018))
    )
    whole = sum(cell("Russia", flow, y) for flow, y in itertools.product(FLOWS[:2], (2016, 2018)))

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

    assert trade.fold_changes().to_dict("records") == expected


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
    assert trade.three_years().central == Fraction("41.3")
    assert trade.three_years().interval == Interval(Decimal("41.15"), Decimal("41.45"), True, False)
    implied = trade.implied_turnover(Printed("3.0"))
    assert implied.central == Fraction("4130") / 3
    assert implied.interval.low == Fraction("4115") / Fraction("3.05")
    assert implied.interval.high == Fraction("4145") / Fraction("2.95")


def test_turnover_with_all_countries_over_stretches_of_time() -> None:
    customs = {2016: 285534.2 + 182267.6, 2017: 355745.5 + 226098.2, 2018: 449185.3 + 237509.7}
    payments = 281.7 + 191.5 + 353.5 + 238.1 + 101.9 + 109.3 + 57.3 + 63.3

    assert trade.stretches() == {
        "2016 to 2018, whole years": pytest.approx(sum(customs.values()) / 1000),
        "2016, 2017 and the first two quarters of 2018": pytest.approx(payments),
        "2016 and 2017": pytest.approx((customs[2016] + customs[2017]) / 1000),
    }


def test_stretches_take_quarters_of_2018_and_years_before(monkeypatch: pytest.MonkeyPatch) -> None:
    totals = pd.DataFrame(
        [
            (2015, "year", "goods exports", 1.0),
            (2016, "year", "goods exports", 2.0),
            (2016, "year", "gdp", 400.0),
            (2017, "year", "goods imports", 4.0),
            (2017, "Q4", "goods exports", 8.0),
            (2018, "Q1", "goods exports", 16.0),
            (2018, "Q2", "goods imports", 32.0),
            (2018, "year", "goods exports", 64.0),
        ],
        columns=["year", "period", "indicator", "value"],
    )
    partners = pd.DataFrame(
        [
            ("RU", "WORLD", 2015, 1000.0),
            ("RU", "WORLD", 2016, 2000.0),
            ("RU", "WORLD", 2017, 4000.0),
            ("RU", "WORLD", 2017, 8000.0),
            ("RU", "WORLD", 2018, 16000.0),
            ("RU", "WORLD", 2019, 32000.0),
            ("RU", "KZ", 2017, 64000.0),
            ("KZ", "WORLD", 2017, 128000.0),
        ],
        columns=["reporter", "partner", "year", "million_usd"],
    )
    tables = {"russia_totals": totals, "trade_by_partner": partners}
    monkeypatch.setattr(resources, "load", tables.__getitem__)

    assert list(trade.stretches().values()) == [30.0, 2.0 + 4 + 16 + 32, 14.0]


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


# Gross product


def test_gross_regional_product_is_that_of_the_file() -> None:
    expected = by_year("gross_regional_product", "grp_million_rub")
    table = product.gross_regional_product()

    assert list(table.index) == sorted(expected)
    for year, values in expected.items():
        found = table.loc[year].dropna()
        assert found.to_dict() == {code: float(value) for code, value in values.items()}


def test_gross_domestic_product_is_in_millions() -> None:
    expected = {
        int(row["year"]): 1000 * float(row["value"])
        for row in rows("russia_totals", indicator="gdp")
    }

    assert product.gross_domestic_product().to_dict() == expected


def test_the_ways_to_count_a_group() -> None:
    without = [code for code in TWELVE if code != "RU-TYU"]
    okrugs = [*TWELVE, "RU-KHM", "RU-YAN"]
    expected = {
        "with Tyumen, without its okrugs": TWELVE,
        "without Tyumen": without,
        "with Tyumen and its okrugs": okrugs,
    }

    for group in (KZ, Group("KZ", with_okrugs=True)):
        ways = {label: sorted(codes) for label, codes in product.variants(group).items()}
        assert list(ways) == list(expected)
        assert ways == {label: sorted(codes) for label, codes in expected.items()}
    assert product.variants(Group("KZ", exclude=("RU-TYU",))) == {
        "the group": list(Group("KZ", exclude=("RU-TYU",)).codes)
    }


def test_readings_of_gross_product() -> None:
    figures = by_year("gross_regional_product", "grp_million_rub")
    gdp = {int(r["year"]): Fraction(r["value"]) for r in rows("russia_totals", indicator="gdp")}
    table = product.readings(KZ, 2008, 2019)

    names = ["variant", "year", "grp", "of_grp", "of_gdp", "methodology"]
    assert list(table.columns) == names
    assert list(table.index) == list(range(36))
    expected = itertools.product(product.variants(KZ).items(), range(2008, 2020))
    for ((variant, codes), year), record in zip(expected, table.to_dict("records"), strict=True):
        assert (record["variant"], record["year"]) == (variant, year)
        part = sum(figures[year][code] for code in codes)
        assert record["grp"] == pytest.approx(float(part / 10**6))
        assert record["of_grp"] == pytest.approx(share(figures[year], codes))
        if year in gdp:
            assert record["of_gdp"] == pytest.approx(float(100 * part / (1000 * gdp[year])))
        else:
            assert pd.isna(record["of_gdp"])
        assert record["methodology"] == ("1998-2015" if year < 2016 else "2016-2023")


def test_readings_are_of_all_years_unless_asked_otherwise() -> None:
    years = product.readings(KZ)["year"]

    assert (years.min(), years.max()) == (2005, 2023)
    assert product.readings(KZ, last_year=2007)["year"].nunique() == 3


def test_readings_beside_a_printed_total_and_share() -> None:
    # Computed: 9.527 and 8.901 trillion, 11.95 and 12.01 per cent of GRP, 10.35 and 10.33 of GDP.
    table = product.against_printed(KZ, (2016, 2017), "8.9", "12.0")

    assert list(table["reading"]) == [
        f"{year}, {variant}" for year in (2017, 2016) for variant in product.variants(KZ)
    ]
    assert list(table.index) == list(range(6))
    assert list(table["total fits"]) == [False, False, False, True, False, False]
    assert list(table["grp fits"]) == [False, False, False, True, False, False]
    assert not table["gdp fits"].any()
    neither = "neither"
    both = "the total and the share of GRP"
    assert list(table["fits"]) == [neither, neither, neither, both, neither, neither]
    for record in table.to_dict("records"):
        assert record["total off"] == pytest.approx(record["grp"] - 8.9)
        assert record["grp off"] == pytest.approx(record["of_grp"] - 12.0)
        assert record["gdp off"] == pytest.approx(record["of_gdp"] - 12.0)


@pytest.mark.parametrize(
    ("total", "share_text", "fits"),
    [
        ("9.5", "10.35", "the total and the share of GDP"),  # 9.5267, 10.3509
        ("9.52", "11.9", "the total and the share of GRP"),  # 11.9464
        ("9.51", "11.946", "the share of GRP"),  # 0.0167 above, more than a unit of the last digit
        ("9.53", "12", "the share of GRP"),  # below the printed total
        ("9", "10", "the total and the share of GDP"),
        ("10", "11", "neither"),
    ],
)
def test_a_total_fits_from_above_by_less_than_a_unit(
    total: str, share_text: str, fits: str
) -> None:
    table = product.against_printed(Group("KZ"), [2017], total, share_text)

    assert table["fits"][0] == fits


def test_shares_of_industry_are_the_sums_of_its_sections() -> None:
    industry = {"gva_structure_2011_2015": "CDE", "gva_structure_2016_2024": "BCDE"}
    expected = {
        (int(row["year"]), row["region"]): float(sum(Fraction(row[letter]) for letter in letters))
        for name, letters in industry.items()
        for row in rows(name)
        if int(row["year"]) not in (2023, 2024)
    }
    found = product.industry_share().stack()

    assert {key: float(value) for key, value in found.items()} == expected


@pytest.mark.parametrize(
    ("year", "name"),
    [(2015, "gva_structure_2011_2015"), (2016, "gva_structure_2016_2024")],
)
def test_the_structure_of_a_year_by_the_sections_in_force(year: int, name: str) -> None:
    expected = {
        row.pop("region"): {k: float(v) for k, v in row.items() if k != "year"}
        for row in rows(name, year=str(year))
    }

    assert product.resource_of(year) == name
    assert product.structure(year).to_dict("index") == expected
    assert list(product.sections(year).index) == list(expected["RU"])
    assert product.sections(year)["B"] == ("Fishing" if year == 2015 else "Mining and quarrying")


def test_a_year_without_a_structure_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"^'no structure of gross value added for 2010'$"):
        product.structure(2010)


def test_specialisation_and_concentration_from_the_file() -> None:
    figures = {
        row["region"]: {k: Fraction(row[k]) for k in "ABCDEFGHIJKLMNOPQRST"}
        for row in rows("gva_structure_2016_2024", year="2017")
    }
    codes = ["RU-OMS", "RU-CHE"]
    table = product.specialisation(codes, 2017)

    assert list(table.index) == codes
    for code, section in itertools.product(codes, "ABCDEFGHIJKLMNOPQRS"):
        expected = float(figures[code][section] / figures["RU"][section])
        assert table.loc[code, section] == pytest.approx(expected)
    assert table["T"].isna().all(), "Russia has nothing there"
    concentration = product.diversity(2017)
    for code, parts in figures.items():
        expected = sum(v * v for v in parts.values()) / sum(parts.values()) ** 2
        assert concentration[code] == pytest.approx(float(expected))


@pytest.mark.parametrize("least", [5.0, 5.8, 10.2, 60.0])
def test_profiles_are_the_first_three_specialisations_that_are_large_enough(least: float) -> None:
    figures = {
        row["region"]: {k: Fraction(row[k]) for k in "ABCDEFGHIJKLMNOPQRST"}
        for row in rows("gva_structure_2016_2024", year="2017")
    }
    names = {
        r["section"]: r["name_en"] for r in rows("activities") if r["classification"] == "OKVED2"
    }
    table = product.profiles(["RU-CHE", "RU-AL"], 2017, least)

    places = ("First", "Second", "Third")
    heads = [f"{place} {what}" for place in places for what in ("section", "quotient")]
    assert list(table.columns) == ["region", *heads, "herfindahl"]
    assert list(table["region"]) == ["Chelyabinsk Oblast", "Altai Republic", "Russia"]
    for code, record in zip(("RU-CHE", "RU-AL", "RU"), table.to_dict("records"), strict=True):
        quotients = {
            section: value / figures["RU"][section]
            for section, value in figures[code].items()
            if value >= Fraction(least) and value > figures["RU"][section] > 0
        }
        first = sorted(quotients, key=lambda s: (-quotients[s], s))[:3]
        for place, section in itertools.zip_longest(places, first):
            if section is None:
                assert pd.isna(record[f"{place} section"])
                assert pd.isna(record[f"{place} quotient"])
            else:
                assert record[f"{place} section"] == names[section]
                assert record[f"{place} quotient"] == pytest.approx(float(quotients[section]))
        assert record["herfindahl"] == pytest.approx(product.diversity(2017)[code])


def test_regions_of_the_neighbour_that_touch_the_border() -> None:
    figures = by_year("kazakhstan_gross_regional_product", "grp_million_kzt")
    facing = [row["region"] for row in rows("regions", country="KZ", neighbours="RU")]
    table = product.facing_kazakhstan()

    assert list(table.columns) == ["KZ", *facing]
    assert list(table.index) == sorted(figures)
    for year, values in figures.items():
        expected = {c: float(values[c]) for c in table.columns if c in values}
        assert table.loc[year].dropna().to_dict() == expected


# Small enterprises


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

    assert list(table.columns) == ["row", "title", "year", "share", "segment"]
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
        2010: "2010", 2011: "2011-2014", 2014: "2011-2014", 2015: "2015", 2016: "2016",
        2017: "2017-2019", 2019: "2017-2019", 2020: "2020", 2021: "2021-2022", 2022: "2021-2022",
    }  # fmt: skip

    assert {year: small.segment(year) for year in expected} == expected


def test_the_breaks_of_the_series() -> None:
    assert small.BREAKS == {
        2010: "complete survey",
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
    assert set(table.columns) == {*names, "segment", "difference", "reason"}
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
            values = expected[f"{date:%Y-%m-%d}"].get(name)
            if values:
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


# Regions and borders compared


def test_how_many_regions_count_as_first_and_last() -> None:
    counts = {"KP": 0, "BY": 1, "MN": 2, "UA": 2, "CN": 3, "GE": 3, "KZ": 3}

    assert {code: discussion.places(Group(code)) for code in counts} == counts


def test_the_papers_positions() -> None:
    assert discussion.LEADERS == ("RU-NVS", "RU-SAM", "RU-CHE")
    assert discussion.CLOSERS == ("RU-AL", "RU-KGN", "RU-AST")
    assert [small.measure(row).title for row in discussion.SMALL.values()] == [
        "Number of enterprises", "Employees", "Turnover",
    ]  # fmt: skip


def ranked() -> dict[str, dict[int, dict[str, Fraction]]]:
    """Return the indicators by which regions are ranked: title -> year -> region -> value."""
    industry: dict[int, dict[str, Fraction]] = defaultdict(dict)
    for name, letters in (("2011_2015", "CDE"), ("2016_2024", "BCDE")):
        for row in rows(f"gva_structure_{name}"):
            if row["year"] not in ("2023", "2024"):
                value = sum(Fraction(row[letter]) for letter in letters)
                industry[int(row["year"])][row["region"]] = value
    return {
        "Number of small enterprises": enterprises(INDICATORS["Number of enterprises"]),
        "Employees": enterprises(INDICATORS["Employees"]),
        "Turnover": enterprises(INDICATORS["Turnover"]),
        "Gross regional product": by_year("gross_regional_product", "grp_million_rub"),
        "Share of industry": dict(industry),
    }


@pytest.mark.parametrize("years", [range(2010, 2024), range(2016, 2018)], ids=str)
@pytest.mark.parametrize("neighbour", ["KZ", "BY"])
def test_positions_are_those_of_the_sorted_figures(neighbour: str, years: range) -> None:
    group = Group(neighbour)
    count = discussion.places(group)
    expected = []
    for title, table in ranked().items():
        for year in sorted(set(table) & set(years)):
            values = table[year]
            if all(code in values for code in group.codes):
                up = sorted(group.codes, key=lambda code: (values[code], code))
                down = sorted(group.codes, key=lambda code: (-values[code], code))
                expected.append((title, year, tuple(down[:count]), tuple(up[:count])))

    table = discussion.positions(group, years)

    assert list(table.columns) == ["indicator", "year", "first", "last"]
    assert list(table.itertuples(index=False, name=None)) == expected


def test_how_often_a_region_is_among_the_first_and_last() -> None:
    group = Group("BY")
    a, b, c = group.codes
    table = pd.DataFrame({"first": [(a, b), (a, c), (b, a)], "last": [(c,), (b,), (c,)]})

    assert discussion.frequencies(table, group).to_dict("index") == {
        a: {"first": 3, "last": 0},
        b: {"first": 2, "last": 1},
        c: {"first": 1, "last": 2},
    }
    assert discussion.exactly(table, "first", (b, a)) == 2
    assert discussion.exactly(table, "last", (c,)) == 2
    assert discussion.exactly(table, "last", (c, b)) == 0


@pytest.mark.parametrize("year", [2011, 2020])
def test_borders_side_by_side(year: int) -> None:
    chosen = Group("KZ", exclude=("RU-CHE",))
    tables = {
        "employees": enterprises(INDICATORS["Employees"]),
        "turnover": enterprises(INDICATORS["Turnover"]),
        "grp": by_year("gross_regional_product", "grp_million_rub"),
    }
    table = discussion.compared(year, chosen)

    assert list(table.columns) == [
        "regions", "employees", "turnover", "grp", "productivity", "intensity",
    ]  # fmt: skip
    assert list(table.index) == list(regions.neighbours())
    for code, row in table.iterrows():
        codes = list((chosen if code == "KZ" else Group(str(code))).codes)
        shares = {name: share(values[year], codes) for name, values in tables.items()}
        assert row["regions"] == len(codes)
        assert row[list(shares)].to_dict() == pytest.approx(shares)
        assert row["productivity"] == pytest.approx(shares["turnover"] / shares["employees"])
        assert row["intensity"] == pytest.approx(shares["employees"] / shares["grp"])


def test_borders_over_the_years_that_have_all_figures() -> None:
    assert discussion.compared_years(range(2008, 2013)) == [2010, 2011, 2012]
    assert discussion.compared_years(range(2021, 2026)) == [2021, 2022]
    table = discussion.courses(range(2008, 2012), KZ)

    heads = ["neighbour", *discussion.compared(2010, KZ).columns, "year", "segment"]
    assert list(table.columns) == heads
    assert list(table.index) == list(range(28))
    assert list(table["neighbour"]) == list(regions.neighbours()) * 2
    assert list(table["year"]) == [2010] * 14 + [2011] * 14
    assert list(table["segment"]) == ["2010"] * 14 + ["2011-2014"] * 14
    for year in (2010, 2011):
        part = table[table["year"] == year].set_index("neighbour")
        pd.testing.assert_frame_equal(
            part[heads[1:-2]], discussion.compared(year, KZ), check_names=False
        )
