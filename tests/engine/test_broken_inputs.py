"""Each kind of input, broken in each way: one message that names it, and no traceback.

The real command runs as a process on the tiny book. It ends with 2 for what an author can correct.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from borderbook import book
from tests.bakery import TINY, Bakery
from tests.engine.ingest.test_other_book import book as rain  # noqa: F401
from tests.engine.test_interrupted import obeying_permissions

Break = Callable[[Path], None]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Bakery:
    bakery = Bakery(tmp_path_factory.mktemp("broken") / "bakery")
    (bakery.root / "pyproject.toml").write_text("[tool.borderbook]\n", "utf-8")
    (bakery.root / "parameters.yml").write_text("bread: rye\n", "utf-8")
    return bakery


@pytest.fixture
def bakery(kept: Bakery) -> Iterator[Bakery]:
    """Return the shared book, to be broken; it is mended afterwards."""
    shutil.rmtree(kept.root / ".cache" / "runs", ignore_errors=True)
    yield kept
    for name in ("book", "data", "_config.yml", "_toc.yml", "pyproject.toml", "parameters.yml"):
        path = kept.root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        if (TINY / name).is_dir():
            shutil.copytree(TINY / name, path)
        elif (TINY / name).is_file():
            shutil.copyfile(TINY / name, path)
    (kept.root / "pyproject.toml").write_text("[tool.borderbook]\n", "utf-8")
    (kept.root / "parameters.yml").write_text("bread: rye\n", "utf-8")


def told(bakery: Bakery, *words: str, name: str, status: int = 2, **options: Any) -> str:
    """Return what a command says of a broken file, which it must name."""
    said = bakery.run_apart(*words, **options)
    assert said.status == status, said.err
    assert "Traceback" not in said.err
    assert name in said.err
    assert len(said.err.splitlines()) < 25, "one message"
    return said.err


def text(content: str) -> Break:
    return lambda path: (path.write_text(content, "utf-8"), None)[1]


def content(data: bytes) -> Break:
    return lambda path: (path.write_bytes(data), None)[1]


def missing(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def unreadable(path: Path) -> None:
    """Let nobody read a file, the superuser neither: it is a link to itself."""
    path.unlink()
    path.symlink_to(path.name)


def doubled(path: Path) -> None:
    """Let the cell of parameters say its source twice, as a merge by hand may."""
    document = path.read_text("utf-8")
    assert '"id": "parameters"' in document
    once = '"id": "parameters"'
    path.write_text(document.replace(once, f'{once}, "source": "bread = 1"'), "utf-8")


def truncated(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def conflicting(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    middle = len(lines) // 2
    ours, theirs = ["<<<<<<< HEAD", lines[middle], "======="], [lines[middle], ">>>>>>> other"]
    path.write_text("\n".join([*lines[:middle], *ours, *theirs, *lines[middle + 1 :]]), "utf-8")


EMPTY, BINARY = content(b""), content(bytes(range(256)) * 8)
ENCODED = content("заголовок: хлеб\n".encode("cp1251"))
DEEP = "[" * 100_000
HUGE_YAML = "a: &a [1, 1]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(12)
)
ALL: dict[str, Break] = {
    "empty": EMPTY,
    "binary": BINARY,
    "encoded": ENCODED,
    "truncated": truncated,
    "missing": missing,
    "folder": folder,
    "unreadable": unreadable,
    "conflict": conflicting,
}
CASES: list[tuple[str, str, Break, tuple[str, ...]]] = [
    *(
        (name, kind, how, ("build",))
        for name in (
            *("_toc.yml", "_config.yml", "book/dough.ipynb", "data/datapackage.json"),
            *("data/loaves.csv", "book/editions.yml", "pyproject.toml"),
        )
        for kind, how in ALL.items()
        if (name, kind)
        not in {
            ("_toc.yml", "missing"),  # then it is no book
            ("_toc.yml", "folder"),
            ("_toc.yml", "unreadable"),
            ("pyproject.toml", "empty"),  # all that may be
            ("pyproject.toml", "missing"),
            ("pyproject.toml", "truncated"),
            ("book/editions.yml", "empty"),
            ("book/editions.yml", "missing"),
            ("book/editions.yml", "truncated"),
            ("_config.yml", "truncated"),  # half of the settings are settings
            ("_toc.yml", "truncated"),
            ("data/datapackage.json", "missing"),  # a book may have no data
        }
    ),
    *(
        ("parameters.yml", kind, how, ("run", "loaves", "-f", "parameters.yml"))
        for kind, how in ALL.items()
        if kind != "truncated"
    ),
    ("_toc.yml", "deep", text(DEEP), ("build",)),
    ("_toc.yml", "type", text("- a\n- b\n"), ("build",)),
    ("_toc.yml", "key", text("format: jb-book\nroot: book/index\nroot: book/b\n"), ("build",)),
    ("_toc.yml", "itself", text("format: jb-book\nroot: book/index\nx: &a [*a]\n"), ("build",)),
    ("_toc.yml", "bomb", text(f"format: jb-book\nroot: book/index\n{HUGE_YAML}"), ("build",)),
    ("_toc.yml", "huge", text("# " + "a" * 2_000_000), ("build",)),
    ("_toc.yml", "object", text("root: !!python/object/apply:os.system [true]\n"), ("build",)),
    ("_toc.yml", "place", text("format: jb-book\nroot: ../../etc/passwd\n"), ("build",)),
    ("_toc.yml", "chapters", text("format: jb-book\nroot: book/index\nchapters: 3\n"), ("build",)),
    ("_toc.yml", "format", text("format: other\nroot: book/index\n"), ("build",)),
    ("_config.yml", "deep", text(DEEP), ("build",)),
    ("_config.yml", "type", text("- a\n"), ("build",)),
    ("_config.yml", "date", text("title: 2026-99-99\n"), ("build",)),
    ("book/dough.ipynb", "deep", text(DEEP), ("build",)),
    ("book/dough.ipynb", "key", doubled, ("build",)),
    ("book/dough.ipynb", "type", text("[]"), ("build",)),
    ("book/dough.ipynb", "cells", text('{"cells": [3]}'), ("build",)),
    ("book/dough.ipynb", "old", text('{"nbformat": 3, "worksheets": []}'), ("build",)),
    ("book/dough.ipynb", "none", text('{"cells": []}'), ("build",)),
    ("data/datapackage.json", "deep", text(DEEP), ("build",)),
    ("data/datapackage.json", "type", text("[]"), ("build",)),
    ("data/datapackage.json", "key", text('{"created": "2026-01-01", "created": 3}'), ("build",)),
    ("data/datapackage.json", "none", text("{}"), ("build",)),
    (
        "data/datapackage.json",
        "place",
        text('{"created": "2026-01-01", "resources": [{"name": "a", "path": "../../etc/passwd"}]}'),
        ("build",),
    ),
    ("book/editions.yml", "deep", text(DEEP), ("build",)),
    ("book/editions.yml", "type", text("name: a"), ("build",)),
    (
        "book/editions.yml",
        "key",
        text("- {name: rye, name: ../x, title: R, parameters: {bread: rye}}"),
        ("build",),
    ),
    (
        "book/editions.yml",
        "reserved",
        text("- {name: nul, title: R, parameters: {bread: rye}}"),
        ("build",),
    ),
    ("pyproject.toml", "toml", text("[tool.borderbook\n"), ("build",)),
    ("pyproject.toml", "key", text("[tool.borderbook]\nlabel = 'a'\nlabel = 'b'\n"), ("build",)),
    ("pyproject.toml", "hook", text("[tool.borderbook]\nparameters = 'none'\n"), ("build",)),
    ("pyproject.toml", "module", text("[tool.borderbook]\nparameters = 'no.ne:X'\n"), ("build",)),
    ("pyproject.toml", "number", text("[tool.borderbook]\nparameters = 3\n"), ("build",)),
    ("pyproject.toml", "table", text("[tool]\nborderbook = 3\n"), ("build",)),
    *(
        ("data/loaves.csv", kind, text(f"day,bread,loaves,price\n{row}\n"), ("build",))
        for kind, row in {
            "type": "one,rye,40,3.5",
            "key": "1,rye,40,3.5\n1,rye,41,3.5",
            "columns": "1,rye,40",
            "quote": '1,"rye,40,3.5',
            "huge": f"{'9' * 5000},rye,40,3.5",
            "many": "x,rye,40,3.5\n" * 2000,
        }.items()
    ),
    ("parameters.yml", "type", text("- a"), ("run", "loaves", "-f", "parameters.yml")),
    ("parameters.yml", "deep", text(DEEP), ("run", "loaves", "-f", "parameters.yml")),
    (
        "parameters.yml",
        "key",
        text("bread: a\nbread: b"),
        ("run", "loaves", "-f", "parameters.yml"),
    ),
]


@pytest.mark.parametrize(
    ("name", "how", "words"),
    [pytest.param(name, how, words, id=f"{name}-{kind}") for name, kind, how, words in CASES],
)
def test_a_broken_file_is_one_message_that_names_it(
    name: str, how: Break, words: tuple[str, ...], bakery: Bakery
) -> None:
    how(bakery.root / name)
    told(bakery, *words, name=name.removesuffix(".ipynb"))
    assert not (bakery.root / ".cache" / "runs").exists(), "told before anything is executed"


@pytest.mark.skipif(sys.platform == "win32", reason="other permissions")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((name, ("build",)) for name in ("_toc.yml", "_config.yml", "pyproject.toml")),
        *((f"book/{name}", ("build",)) for name in ("dough.ipynb", "editions.yml", "index.md")),
        *((f"data/{name}", ("build",)) for name in ("datapackage.json", "loaves.csv")),
        ("data/loaves.csv", ("seal",)),
        ("book/dough.ipynb", ("refresh",)),
        ("parameters.yml", ("run", "loaves", "-f", "parameters.yml")),
        ("book", ("build",)),
        ("data", ("build",)),
    ],
)
def test_a_file_that_nobody_may_read_is_told_with_its_name(
    name: str, words: tuple[str, ...], bakery: Bakery
) -> None:
    path = bakery.root / name
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        told(bakery, *words, name=name, preexec_fn=obeying_permissions)
    finally:
        path.chmod(mode)


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("bread = [", "line 1"),
        ("bread: int = 'rye'", "bread"),
        ("bread = open('x')", "no constant"),
        ("import os", "declares no parameter"),
        ("bread: dict = {}", "cannot be dict"),
        ("days: int = 9  # days [1..4]", "days"),
        ("bread: str = 'a'\nbread: str = 'b'", "bread"),
        (f"bread = {'(' * 500}1{')' * 500}", "line 1"),
        (f"bread = {'-' * 20_000}1", "nested"),
        ("bread = '\0'", "null bytes"),
        (f"bread = {'9' * 5000}", "line 1"),
    ],
)
def test_a_broken_cell_of_parameters_is_named(cell: str, what: str, bakery: Bakery) -> None:
    path = bakery.root / "book" / "dough.ipynb"
    document = json.loads(path.read_text("utf-8"))
    [parameters] = [each for each in document["cells"] if each["id"] == "parameters"]
    parameters["source"] = cell
    path.write_text(json.dumps(document), "utf-8")
    for words in (("params", "dough"), ("run", "dough", "-p", "bread=rye")):
        assert what in told(bakery, *words, name="book/dough.ipynb")


@pytest.mark.parametrize(
    "value",
    ["", "=", "..", "../x", "`x`", "\U0001f35e", "'", "-1", "1e999", "9" * 5000, "[" * 5000],
)
def test_a_value_of_a_parameter_that_is_not_allowed_is_told(value: str, bakery: Bakery) -> None:
    for name in ("bread", "first_day"):
        told(bakery, "run", "loaves", "-p", f"{name}={value}", name=name)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("run", "../dough"), "no such section"),
        (("run", ""), "no such section"),
        (("run", "/etc/passwd"), "no such section"),
        (("params", "no"), "no such section"),
        (("build", "--editions", "../x"), "no such edition"),
        (("build", "-p", "bread"), "name=value"),
        (("build", "--jobs", "0"), "--jobs"),
        (("build", "--jobs", "-1"), "--jobs"),
        (("build", "--jobs", "many"), "--jobs"),
        (("build", "--timeout", "0"), "--timeout"),
        (("serve", "--port", "70000"), "--port"),
        (("sweep", "loaves", "--grid", "first_day=1..99999999999"), "first_day"),
        (("sweep", "loaves", "--grid", "nothing"), "nothing"),
        (("cache", "prune", "much"), "much"),
        (("cache", "why", "no"), "no"),
        (("run", "loaves", "-f", "none.yml"), "none.yml"),
        (("data", "add", "no", "data/loaves.csv"), "no"),
        (("nothing",), "nothing"),
    ],
)
def test_a_command_that_cannot_be_is_told(
    words: tuple[str, ...], what: str, bakery: Bakery
) -> None:
    told(bakery, *words, name=what)


@pytest.mark.parametrize(
    ("ending", "how"),
    [
        (ending, how)
        for ending in (".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".doc")
        for how in ("empty", "binary", "encoded", "folder", "missing", "unreadable")
        if (ending, how) not in {(".csv", "encoded"), (".tsv", "encoded")}
    ],
)
def test_a_broken_spreadsheet_is_named(
    ending: str,
    how: str,
    rain: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    kept: Bakery,
) -> None:
    path = rain / f"new{ending}"
    path.write_bytes(b"x")
    ALL[how](path)
    monkeypatch.setattr(kept, "root", rain.parent)
    told(kept, "data", "add", "rain", str(path), "--source", "gauge", name=f"new{ending}")


def test_a_damaged_store_is_made_anew(kept: Bakery) -> None:
    assert kept.run_apart("build").status == 0
    site = kept.root / "_build" / "html" / "book" / "loaves.html"
    before = site.read_bytes()
    for damaged in (bytes(range(256)), b"[" * 100_000):
        for path in (kept.root / ".cache").rglob("*"):
            if path.is_file() and "doctrees" not in path.parts and "html" not in path.parts:
                path.write_bytes(damaged)
        kept.replace("book/index.md", "# Loaves of the bakery", "# Loaves of the  bakery")
        said = kept.run_apart("build")
        assert (said.status, "Traceback" in said.err) == (0, False), said.err
        assert site.read_bytes() == before
        kept.replace("book/index.md", "# Loaves of the  bakery", "# Loaves of the bakery")
    shutil.rmtree(kept.root / ".cache")


def test_a_mistake_of_the_program_is_told_as_one_and_debug_shows_it(bakery: Bakery) -> None:
    code = "from borderbook import cli; cli.build.check_sources = lambda: {}['x']; cli.main()"
    for words, shown in (
        (["build"], False),
        (["build", "--debug"], True),
        (["--debug", "build"], True),
    ):
        ended = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=bakery.root,
            env={**os.environ, "PYTHONPATH": str(book.ENGINE.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 1
        assert ("Traceback" in ended.stderr) is shown
        assert "KeyError: 'x'" in ended.stderr
        assert ("this is a mistake of the program" in ended.stderr) is not shown


def test_a_mistake_in_the_book_s_own_python_is_told_with_its_line(bakery: Bakery) -> None:
    module = bakery.root / "ours.py"
    (bakery.root / "pyproject.toml").write_text(
        "[tool.borderbook]\nparameters = 'ours:MODELS'\n", "utf-8"
    )
    for source, what in (("MODELS = (\n", "SyntaxError"), ("\nMODELS = 1 / 0\n", "ZeroDivision")):
        module.write_text(source, "utf-8")
        assert what in told(bakery, "params", "loaves", name="ours.py, line")
    module.unlink()
