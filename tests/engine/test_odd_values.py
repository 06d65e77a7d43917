"""Plausibility of a book's figures by small tables: what is odd, and rules that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from borderbook.cli import data
from borderbook.datapackage import descriptor, plausibility, resources
from borderbook.datapackage.descriptor import DataError

YEARS = "year,loaves\n2011,10\n2012,11\n2013,0\n2014,110\n2015,12\n"
TOWNS = "town,loaves\nALL,0\nA,3\nB,-3\n"
SHARES = "year,rye,wheat\n2011,40,60\n2012,40,\n2013,40,50\n"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the root of an empty book, which the test stands in."""
    (tmp_path / "data").mkdir()
    (tmp_path / "_toc.yml").write_text("root: index\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def resource(name: str, table: str, **described: Any) -> dict[str, Any]:
    """Write a table and return its descriptor; texts are the fields with a letter in them."""
    Path("data", f"{name}.csv").write_text(table)
    head, first = (line.split(",") for line in table.splitlines()[:2])
    types = ["integer" if text[-1:].isdigit() else "string" for text in first]
    fields = [{"name": n, "type": t} for n, t in zip(head, types, strict=True)]
    key = described.pop("key", head[:1])
    return {
        "name": name,
        "path": f"{name}.csv",
        "title": name,
        "sources": [{"title": "The bakery"}],
        "licenses": [{"name": "CC0-1.0"}],
        "schema": {"fields": fields} | ({"primaryKey": key} if key else {}),
        **described,
    }


def package(*listed: dict[str, Any]) -> None:
    document = {"created": "2026-01-31", "resources": listed}
    Path("data", "datapackage.json").write_text(json.dumps(document))
    resources.seal()


def remarks(*rows: str) -> dict[str, Any]:
    head = "resource,field,row,status,value,reason\n"
    table = head + "".join(f"loaves,{row},why\n" for row in rows)
    described = resource("remarks", table, remarks=True)
    for field in described["schema"]["fields"]:
        field["type"] = "string"
    described["schema"].pop("primaryKey")
    return described


def test_a_key_of_the_time_alone_is_one_series_and_zeros_are_passed_over(book: Path) -> None:
    rule = {"fields": ["loaves"], "along": "year", "factor": 2}
    package(resource("loaves", YEARS, plausibility=[rule]))
    assert [odd.value for odd in plausibility.odd_values("loaves")] == ["110"]


def test_a_whole_of_zero_with_parts_of_a_key_of_one_field(book: Path) -> None:
    rule = {"fields": ["loaves"], "whole": {"town": "ALL"}, "tolerance": 0.01}
    package(resource("loaves", TOWNS, plausibility=[rule]))
    assert [odd.why for odd in plausibility.odd_values("loaves")] == ["more than the whole, 0"]

    package(resource("loaves", TOWNS.replace("-3", "-4"), plausibility=[rule]))
    assert "0; its parts add up to -1" in [o.why for o in plausibility.odd_values("loaves")]


def test_a_row_with_a_blank_has_no_sum_and_a_remark_explains_a_sum(book: Path) -> None:
    rule = {"fields": ["rye", "wheat"], "rows_add_up_to": 100, "tolerance": 0.01}
    loaves = resource("loaves", SHARES, plausibility=[rule])
    package(loaves, remarks("*,2013,shown,90"))
    (finding,) = plausibility.findings()
    assert (finding.odd.value, finding.remark is None) == ("90", False)
    assert plausibility.misplaced() == []
    data.check()

    package(loaves, remarks("*,2013,shown,91", "*,2012,shown,40", "rye,2013,shown,many"))
    first, second, third = plausibility.misplaced()
    assert "field '*': it is about 91, the file has 90; look" in first
    assert "row '2012', field '*': there is no such value; name the row" in second
    assert "it is about many, the file has 40" in third


def test_a_remark_on_a_resource_without_a_key_is_told(book: Path) -> None:
    package(resource("loaves", SHARES, key=[]), remarks("rye,2013,shown,40"))
    (line,) = plausibility.misplaced()
    assert "the resource has no primaryKey by which rows are named; give it one" in line


def test_a_whole_that_no_row_has_is_told(book: Path) -> None:
    rule = {"fields": ["loaves"], "whole": {"town": "AL"}}
    package(resource("loaves", TOWNS, plausibility=[rule]))
    with pytest.raises(DataError, match="resource loaves, plausibility, rule 1, whole: no row has"):
        plausibility.odd_values("loaves")


GOOD = {"fields": ["loaves"], "along": "year", "factor": 2}
UNUSABLE = {
    "misspelt": ({"field": ["loaves"]}, "there is no property 'field', but fields, along"),
    "no fields": ({"fields": []}, "fields: it is no list of fields of numbers (year, loaves)"),
    "another field": ({"fields": ["rye"]}, "fields: it is no list of fields of numbers (year"),
    "time": ({**GOOD, "along": "day"}, "along: 'day' is not in the primaryKey; name one of it"),
    "factor": ({**GOOD, "factor": "two"}, "factor: 'two' is no number of 1 or more"),
    "whole": ({**GOOD, "whole": "ALL"}, "whole: 'ALL' names no row; write {\"year\": \"...\"}"),
    "nothing": ({"fields": ["loaves"]}, "it looks at nothing; give it factor, whole or rows_add"),
    "half": ({"fields": ["loaves"], "factor": 2}, "it has factor, but no along; give it both"),
    "sum": ({"fields": ["loaves"], "rows_add_up_to": 1}, "it has rows_add_up_to, but no toler"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_rule_that_cannot_be_used_is_told_with_its_place(case: str, book: Path) -> None:
    rule, said = UNUSABLE[case]
    package(resource("loaves", YEARS, plausibility=[rule]))
    with pytest.raises(DataError) as caught:
        data.check()
    first = "data/datapackage.json, resource loaves, plausibility, rule 1"
    assert first in str(caught.value)
    assert said in str(caught.value)

    package(resource("loaves", YEARS, plausibility=[GOOD]))
    descriptor.check(descriptor.folder())


def test_rules_without_a_key_are_told(book: Path) -> None:
    package(resource("loaves", YEARS, key=[], plausibility=[GOOD]))
    with pytest.raises(DataError, match="loaves, schema, primaryKey: it is no list, and plaus"):
        data.check()
