"""Cells without an id of their own: told wherever a notebook is read, and the advice works."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from borderbook import notebooks
from borderbook.execution import runs
from borderbook.execution.runs import Run
from borderbook.inputs import InputError
from tests.bakery import Bakery


@pytest.fixture
def bakery(tmp_path: Path) -> Bakery:
    return Bakery(tmp_path / "bakery")


def broken(bakery: Bakery, ids: dict[int, str | None]) -> list[str | None]:
    """Give cells of a notebook other ids, by their number from 0, and return all of them."""
    path = bakery.root / "book" / "dough.ipynb"
    document = json.loads(path.read_text("utf-8"))
    for number, name in ids.items():
        cell = document["cells"][number]
        cell.pop("id") if name is None else cell.update(id=name)
    path.write_text(json.dumps(document), "utf-8")
    return [cell.get("id") for cell in document["cells"]]


def test_a_cell_with_the_id_of_another_is_no_longer_hidden_by_it(bakery: Bakery) -> None:
    path = bakery.root / "book" / "dough.ipynb"
    broken(bakery, {1: "same", 2: "same"})
    with pytest.raises(InputError, match=r"cells 2 and 3 have the same id, same\. .*refresh"):
        runs.key(Run(path))


@pytest.mark.parametrize("words", [("build", "--editions", "none"), ("run", "dough")])
def test_every_command_tells_where_ids_are_missing_before_it_does_anything(
    bakery: Bakery, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    broken(bakery, {0: None, 1: "a b"})
    said = bakery.run(*words, capsys=capsys)
    assert said.status == 2
    assert "book/dough.ipynb: cell 1 has no id; cell 2 has the id 'a b', which is none." in said.err
    assert not (bakery.root / "_build" / "html").exists()
    assert not (bakery.root / "runs").exists()


def test_both_ways_to_mend_ids_work(bakery: Bakery, capsys: pytest.CaptureFixture[str]) -> None:
    before = broken(bakery, {0: None, 2: "cell-1", 3: "cell-1"})
    said = bakery.run("refresh", capsys=capsys)
    assert said.status == 0, said.err
    assert "book/dough.ipynb: cell 1 has the id cell-1-more now; cell 4 has the id cell-4 now" in (
        " ".join(said.err.split())
    )
    path = bakery.root / "book" / "dough.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))
    assert [cell["id"] for cell in notebooks.cells(path)] == [
        *("cell-1-more", before[1], "cell-1", "cell-4"), *before[4:],
    ]  # fmt: skip
    assert bakery.run("refresh", capsys=capsys).err.count("has the id") == 0

    broken(bakery, {1: "cell-4"})
    broken(bakery, {1: "by-hand"})
    assert bakery.run("run", "dough", capsys=capsys).status == 0
