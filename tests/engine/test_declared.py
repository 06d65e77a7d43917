"""Statements that their row of data settles, in a book that has no Python of its own."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from borderbook.claims import ledger, shown
from borderbook.claims.ledger import Finding
from borderbook.claims.model import ClaimError
from borderbook.datapackage import resources
from borderbook.execution import runs
from borderbook.execution.runs import Run
from borderbook.parameters.derive import model_of
from borderbook.results import extract
from tests.real_book import ROOT

# The statements stand first: what they speak of is shown after them.
LOAVES = {
    "parameters": 'last: int = 2014  # last year [2012..2014]\nunit: str = "loaves"  # unit',
    "start": "from borderbook import notebook\nfrom borderbook.claims import display as claims\n"
    "from borderbook.datapackage import resources\n"
    "from borderbook.figures.tables import Column, Table\n"
    'p = notebook.start("loaves", globals())',
    "verdicts": 'claims.strip(p, "loaves")',
    "each": 'claims.statements(p, "loaves")',
    "chosen": 'table = resources.load("loaves").query("year <= @p.last")\nprint("a remark")',
    "values": 'notebook.values({"share": f"{100 * table.rye.sum() / table.baked.sum():.1f}",'
    ' "bakery": "old"})',
    "plain": 'table.set_index("year")[["rye", "baked"]]',
    "made": 'display(Table("mills", "Mills", table, [Column("year", "Year"),'
    ' Column("rye", "Rye", digits=0), Column("price", "Price", role="printed")],'
    ' sources=resources.sources("loaves")))',
}
LEDGER = {
    "parameters": LOAVES["parameters"],
    "start": LOAVES["start"].replace('"loaves", globals', '"ledger", globals'),
    "all": "claims.ledger(p)",
}
ROWS = (
    # year, rye, baked, price: rye makes 40 + 44 + 38 of 100 + 102 + 109, which is 39.2 per cent
    ("2012", "40", "100", "3.5"),
    ("2013", "44", "102", "3.6"),
    ("2014", "38", "109", ""),
)
COLUMNS = ("id", "page", "statement", "printed", "unit", "reading", "threshold", "check", "of",
           "missing")  # fmt: skip
ASKED = {
    # identifier: printed, threshold, check, of, missing
    "share": ("39.2", "", "equals", "value:share", ""),
    "share-off": ("38", "", "equals", "value:share", ""),
    "share-coarse": ("39.24", "", "equals", "value:share", ""),
    "many": ("", "100", "above", "table:plain[2014, baked]", ""),
    "few": ("", "100", "below", "table:plain[2014, baked]", ""),
    "above-printed": ("39.1", "", "above", "value:share", ""),
    "above-itself": ("39.2", "", "above", "value:share", ""),
    "about": ("40", "1", "within", "value:share", ""),
    "band": ("35-39", "", "within", "value:share", ""),
    "out-of-band": ("40-41", "", "within", "value:share", ""),
    "rising": ("", "", "rises", "table:plain[*, baked]", ""),
    "not-rising": ("", "", "rises", "table:plain[2012..2014, rye]", ""),
    "falling": ("", "", "falls", "table:mills[2013..2014, rye]", ""),
    "price": ("3.5", "", "equals", "table:mills[2012, price]", ""),
    "no-price": ("3.5", "", "equals", "table:mills[2014, price]", ""),
    "unknown": ("", "", "missing", "", "a count of mills"),
    "again": ("39.2", "", "same", "claim:share", ""),
    "loss": ("\u22125.0", "", "equals", "value:share", ""),
    "loss-again": ("\u22126.0", "", "same", "claim:loss", ""),
    "again-otherwise": ("39.9", "", "same", "claim:share", ""),
    "again-no-price": ("3.5", "", "same", "claim:no-price", ""),
}
VERDICTS = {
    "share": "holds",
    "share-off": "differs",
    "share-coarse": "holds-rounded",
    "many": "holds",
    "few": "differs",
    "above-printed": "holds",
    "above-itself": "holds-rounded",
    "about": "holds",
    "band": "holds",
    "out-of-band": "differs",
    "rising": "holds",
    "not-rising": "differs",
    "falling": "holds",
    "price": "holds",
    "no-price": "not-checkable",
    "unknown": "not-checkable",
    "again": "holds",
    "loss": "differs",
    "loss-again": "differs",
    "again-otherwise": "differs",
    "again-no-price": "not-checkable",
}
Book = Callable[..., Path]


def notebook(cells: dict[str, str]) -> str:
    listed = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": {"tags": ["parameters"]} if name == "parameters" else {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for name, source in cells.items()
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": listed, "metadata": about, "nbformat": 4, "nbformat_minor": 5})


def write(path: Path, rows: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def described(name: str, types: dict[str, str], marked: bool = False) -> dict[str, Any]:
    fields = [{"name": field, "type": kind} for field, kind in types.items()]
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "title": name,
        "printed": marked,
        "sources": [{"title": "The bakery's book of days"}],
        "schema": {"fields": fields},
    }


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """Return what makes a book with some statements, and stands in it."""

    def make(asked: dict[str, tuple[str, ...]] = ASKED) -> Path:
        for folder in ("book", "data"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "requirements.txt").write_text("")
        (tmp_path / "_toc.yml").write_text("root: book/loaves\n")
        (tmp_path / "book/loaves.ipynb").write_text(notebook(LOAVES))
        (tmp_path / "book/ledger.ipynb").write_text(notebook(LEDGER))
        write(tmp_path / "data/loaves.csv", [("year", "rye", "baked", "price"), *ROWS])
        claims = [
            (name, "loaves", f"The bakery says {name}.", printed, "", "", threshold, check, of, gap)
            for name, (printed, threshold, check, of, gap) in asked.items()
        ]
        write(tmp_path / "data/claims.csv", [COLUMNS, *claims])
        text = dict.fromkeys(COLUMNS, "string") | {"threshold": "number"}
        loaves = {"year": "integer", "rye": "integer", "baked": "integer", "price": "string"}
        package = [
            described("loaves", loaves),
            described("claims", text, marked=True),
        ]
        document = {"name": "bakery", "resources": package}
        (tmp_path / "data/datapackage.json").write_text(json.dumps(document))
        monkeypatch.chdir(tmp_path)
        resources.seal()
        return tmp_path

    return make


def evaluated(section: str = "loaves", **chosen: Any) -> dict[str, Finding]:
    return {f.claim.id: f for f in ledger.evaluate(model_of(section)(**chosen))}


def test_each_kind_is_settled_by_its_row(book: Book) -> None:
    book()
    found = evaluated()
    assert {name: finding.verdict for name, finding in found.items()} == VERDICTS
    assert found["share"].reason == (
        "The figures of this section give 39.20, which rounds to the printed 39.2."
    )
    assert found["loss-again"].computed == -5
    assert found["few"].reason == "The figures of this section give 109.00, not below 100."
    assert found["out-of-band"].reason.endswith("give 39.2, not in the printed band 40-41.")
    assert found["not-rising"].reason == (
        "The figures of this section rise in one of two years; there is no rise from 2013 to 2014 "
        "(2012 to 2013: +4.00; 2013 to 2014: −6.00)."
    )
    assert found["no-price"].reason == (
        "Missing: a figure in row 2014 of table:mills[2014, price]."
    )
    assert found["unknown"].reason == "Missing: a count of mills."


def test_a_verdict_names_what_it_rests_on(book: Book) -> None:
    book()
    found = evaluated()
    for name in ("share", "many", "falling"):  # of a value, a plain and a made table
        assert [each.resource for each in found[name].inputs] == ["loaves"]
        assert found[name].checked_against == ledger.FIGURES
    assert dict(found["falling"].inputs[0].values) == {"2013": 44.0, "2014": 38.0}


def test_the_records_of_any_book_fit_the_published_schema(book: Book) -> None:
    book()
    schema = json.loads((ROOT / "borderbook/site/static/claims.schema.json").read_text("utf-8"))
    records = [finding.record() for finding in evaluated().values()]
    jsonschema.validate(json.loads(json.dumps(records)), schema)
    assert {record["checked_against"] for record in records} <= {
        *("published figures", "the text itself", "")
    }


def test_a_statement_follows_the_parameters(book: Book) -> None:
    book()
    found = evaluated(last=2012)
    assert (found["share"].computed, found["share"].verdict) == (40.0, "differs")
    assert found["many"].reason == (
        "Missing: table:plain[2014, baked]: with the parameters chosen the section does not show "
        "it."
    )
    assert evaluated("ledger", last=2012)["share"].computed == 40.0
    assert evaluated("ledger")["share"].computed == 39.2


def test_an_edit_of_the_section_or_its_data_changes_the_verdict(book: Book) -> None:
    root = book({"share": ASKED["share"]})
    assert evaluated()["share"].verdict == "holds"
    path = root / "book/loaves.ipynb"
    path.write_text(path.read_text().replace("100 * table", "200 * table"))
    assert evaluated()["share"].computed == 78.5
    path = root / "data/loaves.csv"
    path.write_text(path.read_text().replace("2012,40", "2012,50"))
    resources.seal()
    assert evaluated()["share"].computed == 84.9


BAD = {
    "nonsense": (("39", "", "equals", "the share", ""), "of: 'the share': write value:NAME, or"),
    "no value": (("39", "", "equals", "value:shares", ""), "no value 'shares'; there are share"),
    "no table": (("", "1", "above", "table:mill[2012, rye]", ""), "no table 'mill'; there are"),
    "no row": (("", "1", "above", "table:mills[2011, rye]", ""), "no row '2011'; there are 2012"),
    "no column": (("", "1", "above", "table:mills[2012, oat]", ""), "no column 'oat'; there are"),
    "no number": (("39", "", "equals", "value:bakery", ""), "is 'old', which is no number"),
    "several": (("39", "", "equals", "table:mills[*, rye]", ""), "speaks of one row, not 3"),
    "one year": (("", "", "rises", "table:mills[2012, rye]", ""), "one row shows no change"),
    "no check": (("", "", "grows", "table:mills[*, rye]", ""), "no check 'grows'; there are eq"),
    "no line": (("", "", "above", "value:share", ""), "above needs a threshold or a printed"),
    "no printed": (("", "", "equals", "value:share", ""), "equals needs the printed number"),
    "no distance": (("39", "", "within", "value:share", ""), "it needs a threshold; give one"),
    "no gap": (("", "", "missing", "", ""), "say what would settle it"),
    "repeats nobody": (("5", "", "same", "claim:nobody", ""), "'claim:nobody' is no statement"),
    "repeats itself": (("5", "", "same", "claim:bad-one", ""), "repeats claim:bad-one; name"),
    "no rule": (("", "", "", "", ""), "nothing settles it; give it a check (one of equals, above"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_row_that_cannot_be_understood_is_an_error_that_names_it(case: str, book: Book) -> None:
    row, told = BAD[case]
    book({"good": ASKED["share"], "bad-one": row})
    where = re.escape("data/claims.csv, claim bad-one")
    with pytest.raises(ClaimError, match=f"{where}.*{re.escape(told)}"):
        evaluated()


def test_a_cell_that_fails_is_an_error_that_names_it(book: Book) -> None:
    root = book()
    path = root / "book/loaves.ipynb"
    path.write_text(path.read_text().replace("table.rye.sum()", "table.oat.sum()"))
    with pytest.raises(ClaimError, match=r"book/loaves\.ipynb, cell values: AttributeError"):
        evaluated()


def test_cells_are_executed_without_a_trace(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    book()
    assert evaluated()["share"].verdict == "holds"
    assert capsys.readouterr().out == ""
    assert shown.COLLECTED.get() is None


def test_page_and_ledger_show_the_same_verdicts_and_depend_on_the_section(book: Book) -> None:
    root = book()
    planned = [Run(path) for path in runs.sections(root)]
    done = runs.execute(planned, root)
    for section in ("loaves", "ledger"):
        records = extract.read(done[section]).claims
        assert {name: record["verdict"] for name, record in records.items()} == VERDICTS
    remarks = [
        "".join(output.get("text", ""))
        for cell in json.loads(done["loaves"].read_text("utf-8"))["cells"]
        for output in cell["outputs"]
    ]
    assert remarks.count("a remark\n") == 1, "once, where the cell itself runs"
    path = root / "book/loaves.ipynb"
    path.write_text(path.read_text().replace("old", "new"))
    why = {run.section: runs.why(run, root) for run in planned}
    assert why["ledger"] == ["book/loaves.ipynb: the code changed"]
    assert why["loaves"] == ["cell values changed", "book/loaves.ipynb: the code changed"]
