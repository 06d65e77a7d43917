"""Odd values: withheld or explained, and shown as such; nothing odd goes without a reason."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from borderbook.cli.app import app
from borderbook.datapackage import plausibility, remarks, resources
from helpers import regions
from helpers.foreign_trade import exhibits as trade_exhibits
from helpers.foreign_trade.measures import odd_partners
from helpers.parameters import BorderYears
from helpers.regions import Group
from helpers.small_enterprises import exhibits, measures
from tests.content.oracle import TWELVE, rows
from tests.real_book import ForeignTrade, findings


@pytest.fixture
def folder(data_copy: Path) -> Path:
    """Return a copy of the data package that a test may break."""
    return data_copy


def rewritten(path: Path, key: dict[str, str], field: str, text: str) -> None:
    """Write `text` into one cell of a file and seal it."""
    with path.open(encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    (record,) = [each for each in records if key.items() <= each.items()]
    record[field] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
    resources.seal()


def test_nothing_odd_is_unexplained_and_no_remark_is_out_of_place() -> None:
    assert [each.odd for each in plausibility.findings() if each.remark is None] == []
    assert plausibility.misplaced() == []


def test_a_withheld_value_is_in_no_file_of_figures_and_its_remark_says_what_it_was() -> None:
    (row,) = rows("sme_register", region="RU-AL", date="2016-08-01")
    (remark,) = [each for each in rows("remarks") if each["status"] == "withheld"]

    assert row["legal_entities"] == ""
    assert row["sole_proprietors"] == "5879"
    assert (remark["resource"], remark["row"]) == ("sme_register", "RU-AL 2016-08-01")
    assert remark["value"] == "360"
    assert "3\u202f067" in remark["reason"]
    assert remark["reason"].endswith(". The figures do not show why."), "no reason is guessed"


def test_the_group_s_share_of_a_withheld_value_is_blank_and_the_table_says_why() -> None:
    table = exhibits.register(defaults())
    shown = "\n".join(table.notes)

    assert measures.register_shares(Group("KZ"))["legal_entities"].isna().to_list() == [
        True, False, False,
    ]  # fmt: skip
    assert "Altai Republic" in shown
    assert "360 on 1 August 2016" in shown
    without = BorderYears(
        neighbour="KZ", exclude=["RU-AL"], with_okrugs=False, first_year=2010, last_year=2022
    )
    shares = measures.register_shares(without.group)["legal_entities"]
    register = {
        r["region"]: int(r["legal_entities"] or 0) for r in rows("sme_register", date="2016-08-01")
    }
    expected = 100 * sum(register[code] for code in TWELVE if code != "RU-AL") / register["RU"]
    assert shares.iloc[0] == pytest.approx(expected)
    assert "360 on 1 August 2016" not in "\n".join(exhibits.register(without).notes)


@pytest.mark.parametrize(
    ("name", "key", "field", "text"),
    [
        ("sme_register", {"region": "RU-AL", "date": "2016-08-01"}, "legal_entities", "360"),
        ("sme_register", {"region": "RU-OMS", "date": "2017-01-10"}, "workers", "9000"),
        (
            "gross_regional_product", {"region": "RU-OMS", "year": "2017"},
            "grp_million_rub", "66400",
        ),
        (
            "gross_regional_product", {"region": "RU", "year": "2017"},
            "grp_million_rub", "78000000",
        ),
        ("population", {"region": "RU-OMS", "year": "2009"}, "population", "201000"),
        (
            "small_enterprises",
            {"region": "RU-OMS", "year": "2017", "indicator": "employees"}, "value", "1450",
        ),
        (
            "regional_foreign_trade",
            {"region": "RU-OMS", "year": "2017", "flow": "imports", "partner_group": "CIS"},
            "million_usd", "17000",
        ),
        (
            "trade_by_partner",
            {"reporter": "RU", "partner": "KZ", "flow": "exports", "year": "2014"},
            "million_usd", "1400",
        ),
        ("gva_structure_2016_2024", {"region": "RU-OMS", "year": "2017"}, "A", "58.0"),
    ],
)  # fmt: skip
def test_a_slip_of_a_digit_is_noticed(
    folder: Path, name: str, key: dict[str, str], field: str, text: str
) -> None:
    rewritten(folder / f"{name}.csv", key, field, text)

    noticed = {odd.row: odd for odd in plausibility.odd_values(name)}
    assert set(" ".join(key.values()).split()) in [set(row.split()) for row in noticed]


def test_a_remark_that_does_not_fit_its_value_is_told(folder: Path) -> None:
    key = {"region": "RU-AL", "date": "2016-08-01"}
    rewritten(folder / "sme_register.csv", key, "legal_entities", "2950")
    key = {"region": "RU-AST", "year": "2016", "flow": "imports", "partner_group": "CIS"}
    rewritten(folder / "regional_foreign_trade.csv", key, "million_usd", "231")
    rewritten(folder / "remarks.csv", {"row": "RU-CE 2010 list_employees"}, "row", "RU-CE 1910 x")

    lines = plausibility.misplaced()
    assert len(lines) == 3
    assert any("withheld, but the file has 2950" in line for line in lines)
    assert any("it is about 230, the file has 231.0" in line for line in lines)
    assert any("there is no such value" in line for line in lines)


def test_the_command_lists_what_is_odd_and_fails_for_what_is_not_explained(folder: Path) -> None:
    done = CliRunner().invoke(app, ["data", "check"])
    assert done.exit_code == 0, done.output
    assert "0 of them not explained; 1 withheld" in " ".join(done.output.split())

    key = {"region": "RU-OMS", "year": "2017"}
    rewritten(folder / "gross_regional_product.csv", key, "grp_million_rub", "66400")
    done = CliRunner().invoke(app, ["data", "check"])
    assert "2 of them not explained" in " ".join(done.output.split()), "the region, and the total"
    assert done.exception is not None
    assert "RU-OMS 2017" in str(done.exception)


def test_the_odd_imports_that_decide_a_statement_are_named_with_it() -> None:
    """Without Astrakhan's imports of 2016 the two with the smallest trade are the paper's."""
    cis = {
        code: {
            (row["flow"], row["year"]): float(row["million_usd"] or 0)
            for row in rows("regional_foreign_trade", region=code, partner_group="CIS")
            if row["year"] in ("2016", "2017", "2018")
        }
        for code in TWELVE
    }
    assert set(sorted(cis, key=lambda code: sum(cis[code].values()))[:2]) == {"RU-AL", "RU-KGN"}
    cis["RU-AST"].pop(("imports", "2016"))
    assert set(sorted(cis, key=lambda code: sum(cis[code].values()))[:2]) == {"RU-AL", "RU-AST"}

    implies = findings()["smallest-trade"].implies
    assert "Altai Republic and Kurgan" in implies
    assert "without them the two are Altai Republic and Astrakhan" in implies
    assert "230 beside" in implies
    assert "Odd values" not in findings()["largest-trade"].implies


def test_odd_reports_are_noted_where_their_years_are_shown() -> None:
    assert "2\u202f702.9" in odd_partners(range(2010, 2011))
    assert odd_partners(range(2012, 2015)) == ""


def test_a_note_says_once_that_the_figures_do_not_show_why() -> None:
    odd = [
        row["row"].split()
        for row in rows("remarks", resource="regional_foreign_trade", status="shown")
    ]
    odd = [row for row in odd if row[0] in TWELVE and row[3] == "CIS"]
    assert len(odd) > 2
    (note,) = [
        note
        for note in trade_exhibits.with_cis(ForeignTrade()).notes
        if "million US dollars" in note
    ]

    for region, year, flow, _ in odd:
        toward = "to" if flow == "exports" else "from"
        assert f"{regions.name(region)}, {flow} {toward} the CIS in {year}, million US" in note
    assert note.count("The figures do not show why.") == 1
    assert note.endswith("The figures do not show why.")
    assert odd_partners(range(2009, 2011)).count("The figures do not show why.") == 1


def test_numbers_in_remarks_are_written_as_elsewhere() -> None:
    """Four digits in a row are a year there, or the last of a date."""
    for row in rows("remarks"):
        for before in re.findall(r"(\S+) (?<![.\d])\d{4,}", f"x {row['reason']}"):
            assert before in ("in", "until", "with", "August", "January"), row["reason"]


def defaults() -> BorderYears:
    """Return the paper's group over all years."""
    return BorderYears(
        neighbour="KZ", exclude=[], with_okrugs=False, first_year=2010, last_year=2022
    )


def test_a_remark_s_key_is_the_row_s() -> None:
    (remark,) = remarks.of("sme_register")

    assert remark.key == ("RU-AL", "2016-08-01")
    assert remark.is_withheld
