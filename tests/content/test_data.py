"""The data package: typed loading, one error with every fault, a descriptor that says all."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from borderbook.datapackage import resources
from borderbook.datapackage.resources import DataError
from borderbook.errors import UserError

TABLES = [resource["name"] for resource in resources.package()["resources"] if "schema" in resource]


@pytest.fixture
def folder(data_copy: Path) -> Path:
    """Return a copy of the data package that a test may break."""
    return data_copy


def rewrite(path: Path, changes: dict[int, dict[str, str]]) -> None:
    """Write `changes` (row number, the header being row 1 -> field -> text) into a CSV file."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for row, cells in changes.items():
        for field, text in cells.items():
            table.loc[row - 2, field] = text
    table.to_csv(path, index=False, lineterminator="\n")


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_the_type_that_its_schema_states(name: str) -> None:
    frame = resources.load(name)
    fields = resources.descriptor(name)["schema"]["fields"]

    assert list(frame.columns) == [field["name"] for field in fields]
    for field in fields:
        required = field.get("constraints", {}).get("required", False)
        expected = {
            "string": "str",
            "number": "float64",
            "boolean": "bool",
            "integer": "int64" if required else "Int64",
            "date": "datetime64",
        }[field["type"]]
        assert str(frame[field["name"]].dtype).startswith(expected), field["name"]
        if field["type"] != "boolean" and required:
            assert frame[field["name"]].notna().all(), field["name"]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_file_is_loaded_with_its_figures(name: str) -> None:
    """Read the file by another way and compare every cell, blanks included."""
    frame = resources.load(name)
    text = pd.read_csv(
        resources.folder() / resources.descriptor(name)["path"], dtype=str, keep_default_na=False
    )

    assert len(frame) == len(text)
    for field in resources.descriptor(name)["schema"]["fields"]:
        loaded, written = frame[field["name"]], text[field["name"]]
        match field["type"]:
            case "string":
                assert list(loaded) == list(written)
            case "boolean":
                assert [str(value).lower() for value in loaded] == list(written)
            case "date":
                assert [f"{value:%Y-%m-%d}" for value in loaded] == list(written)
            case _:
                assert list(loaded.isna()) == list(written == "")
                known = written != ""
                assert list(loaded[known]) == [float(value) for value in written[known]]


def test_a_missing_count_stays_missing_beside_whole_numbers() -> None:
    register = resources.load("sme_register").set_index(["region", "date"])

    assert register.at[("RU-AL", pd.Timestamp("2016-08-01")), "workers"] is pd.NA
    assert register.at[("RU-ALT", pd.Timestamp("2016-08-01")), "legal_entities"] == 31867


def test_a_blank_text_is_blank_and_not_missing() -> None:
    regions = resources.load("regions").set_index("region")

    assert regions.at["RU", "federal_district"] == ""
    assert regions.at["RU-VLA", "neighbours"] == ""


def test_a_printed_value_keeps_its_digits() -> None:
    printed = resources.load("paper_table_2")["printed_percent"]

    assert all(isinstance(text, str) and "." in text for text in printed)
    assert "15.20" in list(printed)


def test_what_a_caller_does_to_a_table_does_not_reach_the_next_caller() -> None:
    mine = resources.load("population")
    mine["population"] = 0

    assert resources.load("population")["population"].max() > 1_000_000


def test_one_error_lists_every_fault_of_a_broken_file(folder: Path) -> None:
    file = folder / "small_enterprises.csv"
    rewrite(
        file,
        {
            5: {"value": "-3"},
            6: {"value": "many"},
            7: {"region": "RU-XXX"},
            8: {"year": "1999"},
            9: {"survey": "census"},
            10: {"region": "RU-AD", "year": "2011", "indicator": "employees"},
        },
    )

    with pytest.raises(DataError) as caught:
        resources.load("small_enterprises")

    message = str(caught.value)
    for row, field, value, rule in (
        (5, "value", "-3", "minimum"),
        (6, "value", "many", "number"),
        (8, "year", "1999", "minimum"),
        (9, "survey", "census", "enum"),
    ):
        lines = [line for line in message.splitlines() if f"row {row}," in line]
        assert len(lines) == 1, message
        assert "small_enterprises.csv" in lines[0]
        assert f"field {field}" in lines[0]
        assert repr(value) in lines[0]
        assert rule in lines[0]
    foreign = next(line for line in message.splitlines() if "row 7" in line)
    assert "region" in foreign
    assert "RU-XXX" in foreign
    assert "regions" in foreign
    double = next(line for line in message.splitlines() if "row 10" in line)
    assert "row at position 3" in double
    assert "region, year, indicator" in double, "the key's fields"
    assert "RU-AD" in double, "the key's values"
    assert "borderbook seal" in message  # the hash is another one too
    assert message.splitlines()[0].startswith(f"{len(message.splitlines()) - 1} faults")


def test_a_fault_of_one_resource_does_not_stop_another(folder: Path) -> None:
    rewrite(folder / "population.csv", {2: {"population": "-1"}})

    assert len(resources.load("sme_register")) > 0
    with pytest.raises(DataError, match="population"):
        resources.load("population")


def test_an_edit_within_the_rules_is_refused_until_it_is_sealed(folder: Path) -> None:
    rewrite(folder / "population.csv", {2: {"population": "442148"}})
    with pytest.raises(DataError, match=r"population\.csv.*borderbook seal"):
        resources.load("population")

    assert resources.seal() == ["population"]

    assert resources.load("population")["population"].iloc[0] == 442148
    assert resources.seal() == []


def test_sealing_writes_size_and_hash_and_nothing_else(folder: Path) -> None:
    before = json.loads((folder / "datapackage.json").read_text("utf-8"))
    rewrite(folder / "population.csv", {2: {"population": "1442147"}})

    resources.seal()

    after = json.loads((folder / "datapackage.json").read_text("utf-8"))
    content = (folder / "population.csv").read_bytes()
    mine = next(r for r in after["resources"] if r["name"] == "population")
    assert mine["bytes"] == len(content)
    assert mine["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    for resource in (*before["resources"], *after["resources"]):
        if resource["name"] == "population":
            del resource["bytes"], resource["hash"]
    assert before == after


def test_sealing_does_not_hide_a_fault(folder: Path) -> None:
    rewrite(folder / "population.csv", {2: {"population": "-5"}})
    resources.seal()

    with pytest.raises(DataError, match=r"population\.csv, row 2, field population: '-5'"):
        resources.load("population")


def test_the_boundaries_are_checked_too(folder: Path) -> None:
    with (folder / "boundaries.topojson").open("a", encoding="utf-8") as file:
        file.write("\n")

    with pytest.raises(DataError, match=r"boundaries\.topojson"):
        resources.load_json("boundaries")


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "population.csv").unlink()

    with pytest.raises(DataError, match=r"population\.csv: there is no such file"):
        resources.load("population")


def test_a_missing_descriptor_is_named(folder: Path) -> None:
    (folder / "datapackage.json").unlink()
    with pytest.raises(UserError, match=r"datapackage\.json: there is no such file"):
        resources.load("population")


def test_a_broken_descriptor_is_told_with_its_line(folder: Path) -> None:
    (folder / "datapackage.json").write_text('{\n"name": }', "utf-8")

    with pytest.raises(UserError, match=r"datapackage\.json, line 2"):
        resources.load("population")


def test_an_unknown_resource_is_answered_with_those_there_are() -> None:
    with pytest.raises(DataError, match=r"no resource 'populations'; there are .*population"):
        resources.load("populations")


@pytest.mark.parametrize("resource", resources.package()["resources"], ids=resources.names())
def test_every_resource_says_what_it_is_and_where_it_comes_from(resource: dict) -> None:
    content = (resources.folder() / resource["path"]).read_bytes()

    assert resource["title"].strip()
    assert len(resource["description"]) > 40
    assert resource["bytes"] == len(content)
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert resource["sources"]
    assert all(source["title"].strip() for source in resource["sources"])
    assert resource["licenses"]
    assert all(item.get("name") or item.get("path") for item in resource["licenses"])
    for field in resource.get("schema", {"fields": []})["fields"]:
        assert field["title"].strip(), field["name"]
        assert field["description"].strip(), field["name"]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_a_key_and_its_regions_are_in_the_registry(name: str) -> None:
    schema = resources.descriptor(name)["schema"]

    assert schema["primaryKey"]
    if name != "regions" and "region" in [field["name"] for field in schema["fields"]]:
        targets = [key["reference"]["resource"] for key in schema["foreignKeys"]]
        assert "regions" in targets


def test_every_measured_number_has_a_unit() -> None:
    """In the schema, or in a column of the row where one column holds several measures."""
    without = [
        f"{name}.{field['name']}"
        for name in TABLES
        for field in resources.descriptor(name)["schema"]["fields"]
        if field["type"] == "number"
        and not field.get("unit")
        and "unit"
        not in [other["name"] for other in resources.descriptor(name)["schema"]["fields"]]
    ]
    assert without == []


def test_every_file_of_the_folder_is_in_the_package() -> None:
    """A licence stands beside what it covers; documents are the author's own."""
    files = [path for path in resources.folder().rglob("*") if path.is_file()]
    held = {path.relative_to(resources.folder()).as_posix() for path in files}
    described = {resource["path"] for resource in resources.package()["resources"]}

    unlisted = {"datapackage.json", "boundaries.LICENSE", "documents/README.md"}
    texts = {f"documents/{name}" for name in resources.load("documents")["file"]}
    assert held - described == unlisted | texts
    assert described <= held


def test_the_documents_are_from_registered_sources_and_keep_their_terms() -> None:
    with (resources.folder() / "documents" / "index.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        index = list(csv.DictReader(file))
    with (resources.folder() / "sources.csv").open(encoding="utf-8", newline="") as file:
        terms = {row["read_from"]: row["terms"] for row in csv.DictReader(file)}
    described = resources.descriptor("documents")
    [licence] = described["licenses"]

    law = "Civil Code of the Russian Federation, article 1259, paragraph 6"
    for address in {row["address"] for row in index}:
        assert law in terms[address]
    assert {row["address"] for row in index} == {each["path"] for each in described["sources"]}
    assert described["title"] == "Index of documents"
    assert "for the index" in licence["title"]
    assert law in licence["title"]


def test_the_boundaries_keep_their_notice() -> None:
    assert "MIT" in (resources.folder() / "boundaries.LICENSE").read_text("utf-8")
    assert "MIT" in json.dumps(resources.descriptor("boundaries")["licenses"])


def test_frictionless_itself_finds_the_package_valid() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("frictionless"), "validate", "data/datapackage.json"],
        cwd=resources.folder().parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_digest_changes_with_a_figure_only(folder: Path) -> None:
    before = resources.digest()
    assert before == resources.digest()

    rewrite(folder / "population.csv", {2: {"population": "1"}})
    resources.seal()

    assert resources.digest() != before


def test_sources_name_publisher_and_edition_once() -> None:
    titles = [source.title for source in resources.sources("paper_table_1", "paper_table_2")]

    assert len(titles) == len(set(titles)) == 1
