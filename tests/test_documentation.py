"""What is written about the project is as the project is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real_book import ROOT

MAP = (ROOT / "ARCHITECTURE.md").read_text("utf-8")


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    command = ["borderbook.cli", "utils", "docs", "--name", "borderbook", "--title", "Commands"]
    made = subprocess.run(
        [sys.executable, "-m", "typer", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    page = (ROOT / "book" / "commands.md").read_text("utf-8")
    assert made.stdout.strip() == page.strip(), "make commands"


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md"])
def test_what_a_newcomer_reads_first_is_short(name: str) -> None:
    assert len((ROOT / name).read_text("utf-8").splitlines()) <= 150


def test_every_sub_package_has_a_line_in_the_map() -> None:
    packages = {path.parent.name for path in (ROOT / "borderbook").glob("*/__init__.py")}
    modules = {path.stem for path in (ROOT / "borderbook").glob("[!_]*.py")}
    assert [name for name in packages if f"| `{name}/` |" not in MAP] == []
    assert [name for name in modules if f"`{name}`" not in MAP] == []


def test_every_path_of_the_map_and_the_recipes_is_there() -> None:
    for name in ("README.md", "ARCHITECTURE.md"):
        text = (ROOT / name).read_text("utf-8")
        for path in re.findall(r"`((?:borderbook|helpers|tests|data|book)/[\w./-]+)`", text):
            assert (ROOT / path).exists(), f"{name}: {path}"


def test_every_hook_and_setting_is_explained() -> None:
    """What the engine asks of a book is listed where its author looks."""
    asked = set()
    for path in Path(ROOT / "borderbook").rglob("*.py"):
        asked |= set(
            re.findall(r"book\w*\.(?:hook|setting)\(\s*\"([\w-]+)\"", path.read_text("utf-8"))
        )
    assert "parameters" in asked
    assert [name for name in sorted(asked) if f"`{name}`" not in MAP] == []
