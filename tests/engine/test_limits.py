"""A cell that never ends or shows too much, or what no page can show: named, its kernel gone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bakery import Bakery

IN_C = (
    "import ctypes, signal\n"
    "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 60))\n"
    "open('pid', 'w').write(str(__import__('os').getpid()))\n"
    "ctypes.PyDLL(None).sleep(1000)"
)


@pytest.fixture
def bakery(tmp_path: Path) -> Bakery:
    return Bakery(tmp_path / "bakery")


def write(bakery: Bakery, kind: str, source: str) -> None:
    cells = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Dough"},
             {"cell_type": kind, "id": "the-cell", "metadata": {}, "source": source,
              **({"outputs": [], "execution_count": None} if kind == "code" else {})}]  # fmt: skip
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (bakery.root / "book" / "dough.ipynb").write_text(json.dumps(document), "utf-8")


@pytest.mark.parametrize(
    ("source", "words", "what"),
    [
        ("while True: pass", ("run", "dough", "--timeout", "3"), "it was ended after 3 s"),
        (IN_C, ("build", "--timeout", "3"), "it was ended after 3 s"),
        ("print('x' * 60_000_000)", ("run", "dough"), "it shows more than 5 MB"),
        ("while True: print('x' * 1000)", ("refresh",), "it shows more than 5 MB"),
        ("import os; os._exit(3)", ("run", "dough"), "Kernel died"),
    ],
    ids=["endless", "in C", "60 MB", "endless words", "killed"],
)
def test_a_cell_that_goes_too_far_is_ended_and_named(
    source: str, words: tuple[str, ...], what: str, bakery: Bakery
) -> None:
    write(bakery, "code", source)
    said = bakery.run_apart(*words)
    assert said.status == 2
    assert f"book/dough.ipynb, cell the-cell: {what}" in said.err
    assert "Traceback" not in said.err
    assert "Task was destroyed" not in said.err
    if (pid := bakery.root / "pid").exists():
        assert not Path(f"/proc/{pid.read_text('utf-8')}").exists(), "the kernel goes on"


def test_what_a_page_cannot_show_of_its_words_is_told_with_the_cell(bakery: Bakery) -> None:
    words = {
        "$\\unheard{x}$": "\\unheard is not known",
        "$\\text{<img src=x>}$": "where none is known",
        "![p](https://evil.example/p.png)": "a picture from another host",
        "<iframe src='a.html'></iframe>": "an element <iframe>",
        "<a href='javascript:a()'>x</a>": "a program in the attribute href of <a>",
        "<p style='background: url(//evil.example/x)'>x</p>": "a style of <p> from another host",
        "<link rel=stylesheet href=//evil.example/a.css>": "<link href> from another host",
    }
    write(bakery, "markdown", "\n\n".join(words))
    (bakery.root / "book" / "index.md").write_text("# Loaves\n\nWords $\\unheard$\n", "utf-8")
    said = bakery.run_apart("build", "--editions", "none")
    assert said.status == 2
    for what in words.values():
        assert any("dough.ipynb, cell the-cell: " in line and what in line
                   for line in said.err.splitlines()), what  # fmt: skip
    assert "index.md, line 3: the formula `\\unheard` cannot be shown" in said.err
    assert "Traceback" not in said.err


def test_python_without_docstrings_works_all_the_same(
    bakery: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    said = bakery.run_apart("run", "dough")
    assert said.status == 0, said.err


def test_a_stray_copy_of_a_notebook_is_told_before_anything_is_executed(bakery: Bakery) -> None:
    (bakery.root / "book" / "dough-Copy1.ipynb").write_bytes(
        (bakery.root / "book" / "dough.ipynb").read_bytes()
    )
    said = bakery.run_apart("build")
    assert said.status == 2
    assert "book/dough-Copy1.ipynb: _toc.yml does not name this notebook" in said.err
    assert not (bakery.root / ".cache" / "runs").exists()


def test_a_new_section_is_built_with_its_parameter(bakery: Bakery) -> None:
    write(bakery, "code", "oven")
    path = bakery.root / "book" / "dough.ipynb"
    document = json.loads(path.read_text("utf-8"))
    document["cells"][1] |= {"source": "oven: int = 2  # ovens [1..9]",
                             "metadata": {"tags": ["parameters"]}}  # fmt: skip
    (bakery.root / "book" / "ovens.ipynb").write_text(json.dumps(document), "utf-8")
    path.write_bytes((Path(__file__).parents[1] / "tiny" / "book" / "dough.ipynb").read_bytes())
    with (bakery.root / "_toc.yml").open("a", encoding="utf-8") as file:
        file.write("  - file: book/ovens\n")
    said = bakery.run_apart("build", "-p", "oven=3")
    assert said.status == 0, said.err
