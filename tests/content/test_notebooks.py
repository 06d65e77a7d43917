"""The notebooks of the book: short cells, outputs that can be compared, nothing of a machine."""

from __future__ import annotations

import ast
import getpass
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from borderbook.datapackage import resources
from borderbook.execution import execute
from borderbook.parameters import derive

ROOT = resources.folder().parent
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
EXPECTED = {
    "robustness",
    "introduction",
    "materials-and-methods",
    "gross-product",
    "foreign-trade",
    "small-enterprises",
    "discussion",
    "conclusion",
    "claims",
    "data",
}

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path: Path) -> list[Any]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def output_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Return the outputs of every cell as text, each with the id of its cell."""
    for cell in code_cells(path):
        for output in cell.outputs:
            yield cell.id, json.dumps(output, ensure_ascii=False)


def test_there_is_a_notebook_and_a_model_for_every_section(path: Path) -> None:
    assert {notebook.stem for notebook in NOTEBOOKS} == EXPECTED
    assert set(derive.sections()) == EXPECTED
    assert path.stem in EXPECTED


def test_every_cell_with_outputs_is_compared_by_nbval(path: Path) -> None:
    """A cell without an execution count never is; all cells ran once, in order, in one go."""
    cells = code_cells(path)

    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            if output.output_type == "execute_result":
                assert output.execution_count == cell.execution_count
        assert "NBVAL_" not in cell.source, "no cell is left out of the comparison"
        assert not [tag for tag in cell.metadata.get("tags", []) if tag.startswith("nbval")]


def test_the_notebook_shows_something_and_all_that_it_shows_is_data(path: Path) -> None:
    outputs = [output for cell in code_cells(path) for output in cell.outputs]

    assert any("text/html" in output.get("data", {}) for output in outputs)
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data"}
    assert not [o for o in outputs if set(o.data) & {"image/png", "image/jpeg"}], "not compared"


def test_the_first_code_cell_holds_the_parameters_and_the_next_checks_them(path: Path) -> None:
    first, second, *rest = code_cells(path)
    assert first.metadata["tags"] == ["parameters"]
    assert not [cell for cell in (second, *rest) if "parameters" in cell.metadata.get("tags", [])]
    assert second.source.endswith(f'p = notebook.start("{path.stem}", globals())')


def test_code_cells_are_short_and_hold_no_formula(path: Path) -> None:
    for cell in code_cells(path)[1:]:
        lines = [line for line in cell.source.splitlines() if line.strip()]
        calls = [line for line in lines if not re.match(r"(from|import) ", line)]
        assert 1 <= len(calls) <= 5, cell.id
        assert len(lines) <= 8, f"{cell.id}: imports included"
        arithmetic = [
            node
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.BitOr)
        ]
        assert not arithmetic, f"{cell.id}: a formula lives in helpers/"


def test_cell_ids_are_words_and_unique(path: Path) -> None:
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]

    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name)] == []
    random = [name for name in ids if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4})*", name)]
    assert random == []


def test_metadata_are_minimal(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)

    assert {key: value for key, value in notebook.metadata.items() if key != "title"} == {
        "kernelspec": execute.KERNEL,
        "language_info": {"name": "python"},
    }
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}, cell.id
        for output in cell.get("outputs", []):
            assert set(output.metadata) <= {"scrapbook"}, cell.id


def test_the_file_is_written_as_a_run_writes_it(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)

    assert path.read_text("utf-8") == execute.dumps(execute.canonical(notebook))


def test_outputs_hold_nothing_of_a_machine_or_a_day(path: Path) -> None:
    traces = {
        "an address": r"\b0x[0-9a-f]{6,}",
        "a path of this host": re.escape(str(ROOT)),
        "a home": r"/(?:home|Users|root|tmp|var)/",
        "this host": rf"\b{re.escape(socket.gethostname())}\b",
        "this user": rf"\b(?:user|by|~)\W{re.escape(getpass.getuser())}\b",
        "a moment": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?!:00Z)",
        "an id at random": r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        "a random id of a chart": r"altair-viz-[0-9a-f]{8,}",
    }
    found = [
        f"{cell}: {what}: {match[0]}"
        for cell, text in output_texts(path)
        for what, pattern in traces.items()
        if (match := re.search(pattern, text))
    ]
    assert found == []


def test_floats_are_the_same_on_every_machine(path: Path) -> None:
    """No number of an output has more than 12 significant digits: the last bits may differ."""

    def numbers(node: Any) -> Iterator[float]:
        if isinstance(node, float):
            yield node
        for child in (
            node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        ):
            yield from numbers(child)

    long = [
        (cell.id, value)
        for cell in code_cells(path)
        for output in cell.outputs
        for value in numbers(json.loads(json.dumps(output)))
        if value != float(f"{value:.12g}")
    ]
    assert long == []


def test_prose_takes_its_numbers_from_values_that_the_notebook_sets(path: Path) -> None:
    """Every `{glue:text}` of a page names a value that its notebook glues."""
    notebook = nbformat.read(path, as_version=4)
    glued = {
        output.metadata["scrapbook"]["name"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "scrapbook" in output.metadata
    }
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    asked = set(re.findall(r"\{glue:[a-z]+\}`([^`:]+?)(?::[^`]*)?`", prose))

    assert asked <= glued, f"asked for and not glued: {sorted(asked - glued)}"
