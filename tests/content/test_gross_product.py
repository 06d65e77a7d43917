"""Gross product and its structure recomputed from the files."""

from __future__ import annotations

import itertools
import re
from fractions import Fraction

import pandas as pd
import pytest

from borderbook.claims import ledger
from helpers.gross_product import exhibits as show
from helpers.gross_product import measures as product
from helpers.regions import Group
from tests import real_book
from tests.content.oracle import TWELVE, by_year, rows, share

KZ = Group("KZ")


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

    names = ["variant", "year", "grp", "of_grp", "of_83", "of_gdp", "segment", "methodology"]
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
    assert list(table["vintage"]) == [""] * 6 + [product.EARLIER] * 6
    table = table[table["vintage"] == ""]

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


def test_a_total_of_the_earlier_vintage_has_its_range() -> None:
    today = by_year("gross_regional_product", "grp_million_rub")
    earlier = {
        int(row["year"]): 1000 * Fraction(row["value"])
        for row in rows("grp_total_vintages", vintage="before the revision for imputed rent")
    }
    table = product.earlier_readings(KZ).set_index(["year", "variant"])

    for year, whole in earlier.items():
        revision = today[year]["RU"] / whole - 1
        total = sum(today[year][code] for code in TWELVE if code != "RU-TYU") / 10**6
        row = table.loc[(year, "without Tyumen")]
        for name, part in (("grp", Fraction(1)), ("low", Fraction(3, 2)), ("high", Fraction(1, 2))):
            assert row[name] == pytest.approx(float(total / (1 + part * revision)), rel=1e-9)


@pytest.mark.parametrize("neighbour", ["KZ", "CN"])
def test_a_headline_on_comparable_years_says_which_and_each_value_once(neighbour: str) -> None:
    group = Group(neighbour)
    grp = by_year("gross_regional_product", "grp_million_rub")
    shares = {year: share(grp[year], list(group.codes)) for year in range(2016, 2024)}
    extremes = {min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__)}

    title = show.by_year(real_book.GrossProduct(neighbour=neighbour)).title

    assert " from 2016 to 2023" in title
    for year in extremes:
        assert title.count(f"{shares[year]:.1f} % ({year})") == 1
    for end in (2016, 2023):
        assert (f"{shares[end]:.1f} % in {end}" in title) is (end not in extremes)


def test_a_share_in_the_same_regions_is_the_group_s() -> None:
    course = show.facts(real_book.GrossProduct())["course"]

    assert "the share of the 83 regions" not in course
    assert "the group's share in the 83 regions" in course


def test_regions_above_the_line_are_counted_as_their_statements_are_judged() -> None:
    """Four sections of one decimal each: their sum can be off by 0.2 either way."""
    sections = {
        "2015": ("gva_structure_2011_2015", "CDE"),
        "2016": ("gva_structure_2016_2024", "BCDE"),
    }
    readings = real_book.findings()["industry-most-regions"].readings
    for year, (name, letters) in sections.items():
        table = {row["region"]: row for row in rows(name, year=year)}
        industry = {code: sum(Fraction(table[code][x]) for x in letters) for code in TWELVE}
        over = sum(value > 30 for value in industry.values())
        more = sum(value <= 30 < value + Fraction(len(letters), 20) for value in industry.values())
        (label,) = [label for label in readings if label.startswith(f"in {year}: ")]
        assert label.startswith(f"in {year}: {over} of 12 regions")
        assert ("within rounding" in label) is (more > 0)
        expected = "holds" if over > 6 else "holds-rounded" if over + more > 6 else "differs"
        assert readings[label] == expected
    assert more == 1, "Tyumen in 2016, whose own statement holds but for rounding"
    tyumen = real_book.findings()["industry-tyumen"].readings
    assert tyumen["in 2016: 30.0 per cent"] == "holds-rounded"


@pytest.mark.parametrize("neighbour", ["KZ", "FI", "CN"])
def test_none_of_several_regions_is_singular(neighbour: str) -> None:
    p = real_book.Claims(neighbour=neighbour)
    (finding,) = ledger.evaluate(p, ids=["industry-diversified"])

    assert "none of twelve regions is as diverse" in finding.implies or neighbour != "KZ"
    assert not re.search(r"none of \w+ regions are", finding.implies)


@pytest.mark.parametrize(
    "page", ["discussion", "foreign-trade", "gross-product", "small-enterprises"]
)
def test_no_text_of_the_default_book_speaks_of_a_choice_or_a_copy(page: str) -> None:
    page = (real_book.ROOT / f"book/{page}.ipynb").read_text("utf-8")

    for words in ("group chosen", "our copy", "today's vintage", "Today's vintage"):
        assert words not in page
