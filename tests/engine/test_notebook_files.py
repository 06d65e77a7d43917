"""Notebooks read back: values for the text, parameters put in, titles, and what is no notebook."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from borderbook import mime, notebooks
from borderbook.inputs import InputError
from borderbook.results import extract
from borderbook.site import value_links


def value(name: str, text: Any) -> dict[str, Any]:
    """Return an output as MyST-NB's glue makes it."""
    metadata = {"scrapbook": {"name": name, "mime_prefix": "application/papermill.record/"}}
    return {
        "output_type": "display_data",
        "data": {mime.VALUE: repr(text)},
        "metadata": metadata,
    }


def notebook(path: Path, *cells: tuple[str, list[dict[str, Any]]], **metadata: Any) -> Path:
    written = [
        {"cell_type": "code", "id": name, "source": "x", "metadata": metadata, "outputs": outputs}
        for name, outputs in cells
    ]
    path.write_text(json.dumps({"cells": written}), "utf-8")
    return path


@pytest.mark.parametrize("text", ["12.5 %", "the region's share", "'quoted'", 'a "b" c\'s', ""])
def test_a_value_is_read_as_it_was_handed_over_wherever_it_is_read(
    text: str, tmp_path: Path
) -> None:
    used = value(notebooks.USED, "a b")
    path = notebook(tmp_path / "one.ipynb", ("first", [value("share", text), used]))

    assert notebooks.values(path)["share"] == {"first": text}
    assert extract.read(path).values["share"] == text
    assert value_links.used(path, "first") == ["a", "b"]


def test_a_value_that_is_no_text_is_the_constant_that_it_was_or_its_text(tmp_path: Path) -> None:
    shown = {"output_type": "display_data", "data": {"text/plain": ["'5 %'"]}}
    shown["metadata"] = {"scrapbook": {"name": "shown", "mime_prefix": ""}}
    table = value("table", 0)
    table["data"][mime.VALUE] = "   year  rain\n0  2016    12"
    path = notebook(tmp_path / "one.ipynb", ("first", [value("share", 12.5), shown, table]))

    assert extract.read(path).values == {
        "share": 12.5,
        "shown": "5 %",
        "table": "   year  rain\n0  2016    12",
    }


def test_of_a_value_that_several_cells_hand_over_the_last_one_is_the_result(
    tmp_path: Path,
) -> None:
    path = notebook(
        tmp_path / "one.ipynb", ("first", [value("share", "1")]), ("second", [value("share", "2")])
    )

    assert notebooks.values(path) == {"share": {"first": "1", "second": "2"}}
    assert extract.read(path).values == {"share": "2"}


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    path = notebook(tmp_path / "one.ipynb", ("first", [value("share", "1")]))
    assert notebooks.cells(path) is notebooks.cells(path)

    fresh = notebook(tmp_path / "fresh.ipynb", ("first", [value("share", "2")]))
    os.replace(fresh, path)

    assert notebooks.values(path) == {"share": {"first": "2"}}


def test_the_parameters_put_in_are_the_constants_of_their_cell(tmp_path: Path) -> None:
    path = notebook(tmp_path / "one.ipynb", ("first", []), tags=[notebooks.INJECTED])
    document = json.loads(path.read_text("utf-8"))
    document["cells"][0]["source"] = ["# Parameters\n", "years = [2016, 2017]\n", "unit = 'm'"]
    path.write_text(json.dumps(document), "utf-8")

    assert notebooks.injected(path) == {"years": [2016, 2017], "unit": "m"}
    assert notebooks.injected(notebook(tmp_path / "two.ipynb", ("first", []))) == {}


@pytest.mark.parametrize(
    ("source", "title"),
    [("(mark)=\n# Rain and snow\n\nWords", "Rain and snow"), ("Words", "Dry years")],
)
def test_the_title_is_the_first_heading_or_the_name_in_words(
    source: str, title: str, tmp_path: Path
) -> None:
    path = tmp_path / "dry-years.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": source}]}), "utf-8")

    assert notebooks.title(path) == title


def test_a_title_leaves_out_what_a_run_fills_in_and_that_of_the_metadata_comes_first(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rain.ipynb"
    heading = {"cell_type": "markdown", "source": "# Rain near {glue:text}`town`"}
    path.write_text(json.dumps({"cells": [heading]}), "utf-8")
    assert notebooks.title(path) == "Rain near"
    path.write_text(json.dumps({"cells": [heading], "metadata": {"title": "Rain"}}), "utf-8")
    assert notebooks.title(path) == "Rain"


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"cells": [{}]}', "\ufeff{}"])
def test_what_is_no_notebook_is_told(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(broken, "utf-8")

    with pytest.raises(InputError, match=r"a\.ipynb"):
        notebooks.cells(path)
