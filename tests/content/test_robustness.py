"""How firm verdicts are: recomputed from the files, and shown beside each verdict."""

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from borderbook.claims import ledger, robustness, specification_curve
from borderbook.claims.intervals import Printed
from borderbook.claims.robustness import READING, Choice
from borderbook.parameters import derive
from borderbook.results import extract
from helpers.robustness.measures import CHOICES, NUMBERS, specifications
from helpers.scope import PAPERS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def weighed():
    return robustness.weigh(derive.model_of("claims")(), CHOICES)


def test_each_checked_statement_is_weighed(weighed):
    findings = ledger.evaluate(derive.model_of("claims")())
    checked = [f.claim.id for f in findings if f.verdict != "not-checkable"]
    assert [each.finding.claim.id for each in weighed] == checked


def test_the_choices_are_those_of_the_paper_s_open_points():
    left_out = [c for c in CHOICES if c.kind == "left out"]
    assert sorted(c.parameters["exclude"][0] for c in left_out) == sorted(PAPERS.codes)
    assert [c.parameters for c in CHOICES if c.kind == "open"] == [{"with_okrugs": True}]


def test_a_verdict_under_a_choice_is_that_of_the_ledger_with_its_parameters(weighed):
    model = derive.model_of("claims")
    for choice in (CHOICES[0], CHOICES[-1]):
        under = {f.claim.id: f.verdict for f in ledger.evaluate(model(**choice.parameters))}
        borne = [e for e in weighed if choice.label in {**e.of_choices, **e.left_out}]
        assert borne
        for each in borne:
            verdict = {**each.of_choices, **each.left_out}[choice.label]
            assert ledger.side(verdict) == ledger.side(under[each.finding.claim.id])


def test_a_choice_that_changes_nothing_bears_on_nothing():
    weighed = robustness.weigh(derive.model_of("claims")(), [Choice("as it is", {})])
    assert not any(each.of_choices or each.left_out for each in weighed)
    assert any(each.turns(READING) for each in weighed)


def test_counts_of_a_statement_are_those_of_its_verdicts(weighed):
    for each in weighed:
        turned = [label for label in each.others if label in each.turned]
        assert each.same + len(turned) == len(each.others)
        assert each.is_firm == (bool(each.others) and not turned)
    words = {each.finding.claim.id: each for each in weighed}
    cell = words["table-2-employees-2017"]  # printed to two decimals: any other group gives another
    assert (cell.same, len(cell.others)) == (0, 2)  # the okrugs, and the same 83 regions
    assert (cell.same_left_out, len(cell.left_out)) == (0, 12)
    assert len(words["grp-total-2017"].others) == len(words["grp-total-2017"].finding.readings) - 1


def test_the_page_s_counts_are_sums_of_its_table():
    results = extract.read(ROOT / "book" / "robustness.ipynb")
    rows = results.tables["weighed"]["data"]
    said = [row for row in rows if not re.match(r"table-\d-(?!sum)", row["claim"])]
    borne = [row["choices"].split(" of ") for row in said if row["choices"]]
    firm = sum(same == whole for same, whole in borne)
    shown = [results.values[name] for name in ("weighed", "borne", "firm", "turned")]
    assert shown == [str(n) for n in (len(said), len(borne), firm, len(borne) - firm)]


def test_a_curve_has_each_combination_as_the_files_give_it():
    figures: dict[str, float] = {}
    with (ROOT / "data" / "gross_regional_product.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["year"] == "2017":
                figures[row["region"]] = float(row["grp_million_rub"])
    rows = specifications(NUMBERS["product"])
    assert len(rows) == 3 * 2 * 12
    plain = sum(figures[code] for code in PAPERS.codes)
    expected = {
        "Tyumen without its okrugs": plain,
        "Tyumen with its two okrugs": plain + figures["RU-KHM"] + figures["RU-YAN"],
        "without Tyumen": plain - figures["RU-TYU"],
    }
    whole = rows[
        (rows["Left out"] == "every region") & rows["Russia as a whole"].str.contains("published")
    ]
    for _, row in whole.iterrows():
        assert row["value"] == pytest.approx(100 * expected[row["Tyumen"]] / figures["RU"])


def test_a_value_fits_if_it_rounds_to_the_printed_one():
    rows = specifications(NUMBERS["product"])
    fitting = sum(round(value + 1e-12) == 11 for value in rows["value"])
    assert specification_curve.fitting(rows, Printed("11")) == fitting > 0


def test_standings_keep_published_figures_and_the_paper_s_own_numbers_apart():
    findings = ledger.evaluate(derive.model_of("claims")())
    printed = {"paper_table_1", "paper_table_2", "claims"}
    counted = Counter(finding.standing for finding in findings)
    for finding in findings:
        used = {each.resource for each in finding.inputs}
        alone = used <= printed
        assert (finding.standing in ("consistent", "inconsistent")) == (
            alone and finding.verdict != "not-checkable"
        )
        assert (finding.standing == "defined") == (
            finding.verdict.startswith("holds") and not alone and used <= printed | {"regions"}
        )
    table = extract.read(ROOT / "book" / "claims.ipynb").tables["verdicts"]["data"]
    for standing in ledger.STANDINGS:
        of_sections = [row[standing] for row in table[:-1]]
        assert table[-1][standing] == sum(of_sections) == counted[standing]


def test_the_landing_page_says_the_counts_of_the_ledger():
    text = (ROOT / "book" / "index.md").read_text("utf-8")
    named = set(re.findall(r"claims\.ipynb::([a-z-]+):s", text))
    assert {"supported", "consistent", "contradicted", "inconsistent", "open"} <= named
    values = extract.read(ROOT / "book" / "claims.ipynb").values
    known = {f.claim.id: f for f in ledger.evaluate(derive.model_of("claims")())}
    for name in named & set(ledger.STANDINGS):
        assert int(values[name]) == sum(f.standing == name for f in known.values())


def test_each_statement_of_the_site_shows_how_firm_it_is(built):
    site = built
    rows = extract.read(ROOT / "book" / "robustness.ipynb").tables["weighed"]["data"]
    records = {r["id"]: r for r in json.loads((site / "claims.json").read_text("utf-8"))}
    for row in rows:
        html = (site / "book" / f"{records[row['claim']]['page']}.html").read_text("utf-8")
        evidence = re.search(rf'<dl id="why-{row["claim"]}">.*?</dl>', html, re.DOTALL)
        assert evidence is not None
        shown = re.search(r"<dt>Robustness</dt><dd>(.*?) <a href=\"([^\"]+)\"", evidence[0])
        assert bool(shown) == bool(row["choices"] or row["parts"])
        if shown:
            assert row["choices"] in shown[1]
            assert row["parts"] in shown[1]
            assert shown[2] == f"robustness.html#weighed-{row['claim']}"
            assert records[row["claim"]]["robustness"] == shown[1]


def test_the_page_of_a_run_can_be_that_of_the_ledger():
    command = [sys.executable, "-m", "borderbook.cli", "run", "claims"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert (ROOT / "runs" / "claims" / "default" / "index.html").is_file()
