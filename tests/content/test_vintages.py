"""The vintage of gross product before the revision for imputed rent, recomputed from data/."""

from __future__ import annotations

import pytest

from helpers.gross_product import exhibits, measures
from helpers.parameters import BorderYears
from helpers.regions import Group
from tests.content.oracle import TWELVE, by_year, rows
from tests.real_book import findings

ALL = BorderYears(neighbour="KZ", exclude=[], with_okrugs=False, first_year=2005, last_year=2023)
ELEVEN = [code for code in TWELVE if code != "RU-TYU"]


def test_both_vintages_are_in_the_data_with_their_source() -> None:
    values = {(r["year"], r["source"]): r["value"] for r in rows("grp_total_vintages")}
    known = {row["source"] for row in rows("sources")}

    assert values == {
        ("2016", "cntd-406276853"): "69237.7",
        ("2017", "cntd-406276853"): "74798.9",
        ("2016", "rosstat-grp"): "74120.2",
        ("2017", "rosstat-grp"): "79745.1",
    }
    assert {source for _, source in values} <= known
    product = by_year("gross_regional_product", "grp_million_rub", region="RU")
    for year in (2016, 2017):
        today = float(values[str(year), "rosstat-grp"])
        assert float(product[year]["RU"]) / 1000 == pytest.approx(today, abs=0.06)


def scaled(year: int, part: float = 1.0) -> float:
    """Return the product of the eleven in the earlier vintage, trillion roubles."""
    before = {2016: 69237.7, 2017: 74798.9}[year]
    values = by_year("gross_regional_product", "grp_million_rub")[year]
    revision = float(values["RU"]) / 1000 / before - 1
    return float(sum(values[code] for code in ELEVEN)) / 1e6 / (1 + part * revision)


def test_2017_without_tyumen_in_the_earlier_vintage_fits_both_printed_numbers() -> None:
    assert f"{scaled(2017):.2f}" == "7.92"
    assert f"{scaled(2016):.2f}" == "7.41"
    assert f"{100 * scaled(2017) / 74.7989:.1f}" == "10.6"

    table = measures.against_printed(Group("KZ"), (2017, 2016), *exhibits.printed())
    mine = table.set_index(["year", "variant", "vintage"])
    row = mine.loc[(2017, "without Tyumen", measures.EARLIER)]
    assert row["grp"] == pytest.approx(scaled(2017))
    assert row["of_grp"] == pytest.approx(100 * scaled(2017) / 74.7989)
    assert row["total fits"]
    assert row["grp fits"]
    assert not mine.loc[(2016, "without Tyumen", measures.EARLIER), "total fits"]
    assert not mine.loc[(2017, "without Tyumen", ""), "total fits"]


def test_the_page_names_the_reading_and_what_scaling_assumes() -> None:
    reading = exhibits.facts(ALL)["reading"]
    notes = " ".join(exhibits.readings(ALL).notes)

    assert f"2017, without Tyumen, {measures.EARLIER}" in reading
    assert "as if all regions had been revised alike" in notes
    assert f"7.92 trillion roubles ({scaled(2017, 1.5):.2f} to {scaled(2017, 0.5):.2f})" in notes


def test_the_verdicts_under_today_s_figures_stay_and_the_reading_is_beside_them() -> None:
    for name, text in (("grp-total-2017", "7.92"), ("grp-share-2017", "10.6 per cent")):
        statement = findings()[name]
        readings = {
            reading: verdict
            for reading, verdict in statement.readings.items()
            if reading.startswith(f"2017, without Tyumen, {measures.EARLIER}")
        }
        ((reading, verdict),) = readings.items()
        assert statement.verdict == "differs"
        assert text in reading
        assert verdict == "holds"
        assert "revised alike" in statement.implies
