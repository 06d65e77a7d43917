"""What is installed: a lock for the book and one for the tests, quick imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from helpers import runs
from helpers.cli import ROOT

GRAMMARS = """
import sys
import altair, jsonschema, jupyter_events, nbformat
print([name for name in ("lark", "rfc3987_syntax") if name in sys.modules])
"""


def pinned(name: str) -> dict[str, set[str]]:
    """Return the versions that a lock pins for each package."""
    found: dict[str, set[str]] = {}
    text = (ROOT / name).read_text("utf-8")
    for package, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


def wanted(name: str) -> set[str]:
    lines = [line.split("#")[0] for line in (ROOT / name).read_text("utf-8").splitlines()]
    found = (re.match(r"[\w.-]+", line) for line in lines if not line.startswith("-"))
    return {match[0].lower() for match in found if match}


def imported(path: Path) -> Iterator[str]:
    """Return the top names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_importing_altair_builds_no_grammars() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", GRAMMARS], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_each_lock_holds_what_is_wanted_and_both_agree() -> None:
    book, tests = pinned("requirements.txt"), pinned("requirements-test.txt")
    assert wanted("requirements.in") <= book.keys()
    assert wanted("requirements-test.in") <= tests.keys()
    assert not wanted("requirements-test.in") & book.keys()
    assert [name for name in book.keys() & tests.keys() if not tests[name] <= book[name]] == []


def test_the_book_needs_nothing_from_the_lock_of_the_tests() -> None:
    packages, locked = packages_distributions(), pinned("requirements.txt")
    files = list((ROOT / "helpers").rglob("*.py"))
    own = {"helpers", *(path.stem for path in files)}
    asked = {name for path in files for name in imported(path)} - own - sys.stdlib_module_names
    assert "altair" in asked
    unlocked = [
        name
        for name in sorted(asked)
        if not {re.sub(r"[-_.]+", "-", found).lower() for found in packages.get(name, ())}
        & locked.keys()
    ]
    assert unlocked == []


def test_runs_do_not_depend_on_what_only_tests_need() -> None:
    names = {name.rpartition("-")[0] for name in runs.packages()}
    assert {"altair", "ipykernel", "numpy"} <= names
    assert not {"pytest", "pytest_xdist", "types_pyyaml", "borderbook", "pip"} & names
