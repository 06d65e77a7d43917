"""Mutation testing of the measures and of printed arithmetic: see `tests/mutants.py`."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests import mutants
from tests.real_book import ROOT


@pytest.mark.soak
def test_tests_kill_the_mutants_of_measures_and_printed_arithmetic_but_those_listed() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.mutants"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_measure_and_all_printed_arithmetic_is_mutated() -> None:
    measures = {
        f"helpers.{path.parent.name}.measures" for path in ROOT.glob("helpers/*/measures.py")
    }

    assert set(mutants.modules()) == measures | {
        "helpers.indicators", "helpers.regions", "borderbook.formatting",
        "borderbook.claims.intervals", "borderbook.claims.checks",
    }  # fmt: skip


def test_a_mutant_that_is_listed_as_alive_exists_and_says_why() -> None:
    for module in mutants.modules().values():
        source = module.path.read_text("utf-8")
        there = {(mutant.where, mutant.change) for mutant in mutants.mutants(source)}
        assert module.survivors.keys() <= there, module.name
        assert all(len(why.split()) > 3 for why in module.survivors.values()), module.name


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("a < b", ["a <= b", "a > b"]),
        ("a in b", ["a not in b"]),
        ("2 * a / b", ["2 * a * b", "2 / a / b", "3 * a / b", "1 * a / b"]),
        ("a and b", ["a or b"]),
        ("a if b else c", ["a if not b else c"]),
        ("f(a, k=b)", ["f(a)"]),
        ("a[b:c]", ["a[:c]", "a[b:]"]),
        ("max(a)", ["min(a)"]),
        ("[a for a in b if c]", ["[a for a in b]"]),
        ("f'{a:x}b'", ["f'{a:xX}b'", "f'{a:x}bX'"]),
        ("lambda a=True: -a", ["lambda a=False: -a", "lambda a=True: a"]),
    ],
)
def test_what_is_computed_is_changed(source: str, changed: list[str]) -> None:
    found = [ast.unparse(mutant.tree) for mutant in mutants.mutants(f"x = {source}")]

    assert found == [f"x = {text}" for text in changed]


def test_annotations_docstrings_decorators_and_imports_are_left_alone() -> None:
    source = "import a.b\n\n@c(1)\ndef f(a: X | Y, b: 'Z') -> X | Y:\n    'text'\n    g()"

    assert [m.change for m in mutants.mutants(source)] == ["g() -> pass"]
    assert [m.where for m in mutants.mutants(source)] == ["f"]
