"""Figures added to a book of other words: no regions, no years, no Python of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from borderbook import cli
from borderbook.datapackage import resources, validation
from borderbook.ingest import gazetteer

SOURCES = ("source", "publisher", "title", "table", "edition", "terms", "read_from",
           "checked_against_original")  # fmt: skip


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the data of a book on rain, which the test stands in."""
    described = [
        {"name": "station", "type": "string", "role": "place", "title": "Station"},
        {"name": "season", "type": "integer", "role": "period", "title": "Season"},
        {"name": "rain", "type": "number", "unit": "mm", "title": "Rain"},
    ]
    named = [{"name": name, "type": "string", "title": name.capitalize()} for name in SOURCES]
    words = [{"name": name, "type": "string", "title": name.capitalize()}
             for name in ("spelling", "kind", "resource", "field", "means")]  # fmt: skip
    tables = {
        "rain": (described, ["station", "season"], "hill,2001,5\nlake,2001,7\n"),
        "sources": (named, ["source"], "gauge,Weather office,Gauges,,,,,no\n"),
        "heading_spellings": (words, ["spelling"], "mm,base,,,mm\n"),
    }
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "_toc.yml").write_text("format: jb-book\n", "utf-8")
    for name, (fields, _, rows) in tables.items():
        head = ",".join(field["name"] for field in fields)
        (folder / f"{name}.csv").write_text(f"{head}\n{rows}", "utf-8")
    document = {
        "name": "rain",
        "resources": [
            {"name": name, "type": "table", "path": f"{name}.csv", "format": "csv",
             "sources": [], "schema": {"fields": fields, "primaryKey": key}}
            for name, (fields, key, _) in tables.items()
        ],
    }  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(document), "utf-8")
    monkeypatch.chdir(tmp_path)
    resources.seal()
    return folder


def test_places_are_those_of_the_rows_where_the_book_says_nothing_of_them(
    book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gazetteer.places() == gazetteer.Places()
    file = book.parent / "gauges.csv"
    file.write_text("Station;2001;2002\nhill;5;6\nlake;7;8\n", "utf-8")
    arguments = ["data", "add", "rain", str(file), "--source", "gauge", "--set", "unit=mm"]
    monkeypatch.setattr(sys, "argv", ["borderbook", *arguments, "--dry-run"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert "nothing says that these are rain" in said

    monkeypatch.setattr(sys, "argv", ["borderbook", *arguments, "--subject", "Rain of a season"])
    with pytest.raises(SystemExit) as ended:
        cli.main()

    said = capsys.readouterr().err
    assert not ended.value.code, said
    assert "rain: 2 new, 2 there already, 0 differ" in said
    assert (book / "rain.csv").read_text("utf-8").splitlines()[-2:] == [
        "hill,2002,6",
        "lake,2002,8",
    ]
    validation.check(["rain"], resources.folder())


def test_marks_of_a_terminal_s_markup_in_a_table_are_text(
    book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = book.parent / "gauges.csv"
    file.write_text(
        "[/b] [red]title\nStation;2001;2002;[/i]\nhill;5;6;a\nlake;7;8;b\n[/u] note\n", "utf-8"
    )
    arguments = ["data", "add", "rain", str(file), "--source", "gauge", "--set", "unit=mm"]
    arguments += ["--set", "D=skip", "--set", "[/u] note=skip", "--subject", "Rain [/b]"]
    monkeypatch.setattr(sys, "argv", ["borderbook", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert not ended.value.code, said
    for text in ("[/b] [red]title", "D: [/i]", "[/u] note", "Rain [/b]"):
        assert text in said
