"""Formulas in documents and data go through a whole build of the book: each stays a text."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.test_recipes import copy  # noqa: F401

TITLES = (
    '=HYPERLINK("https://evil.example","x")',
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+2",
    "\r=1+3",
    "\uff1d1+4",
    "-12.5",
)
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
STATEMENT = "=1+1 is what a statement says."


def borderbook(root: Path, *words: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "borderbook.cli", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr


@pytest.mark.soak
def test_a_formula_in_a_document_or_the_data_is_text_in_every_download_and_numbers_stay_numbers(
    copy: Path,  # noqa: F811
) -> None:
    documents = copy / "data" / "documents"
    with (documents / "index.csv").open("a", encoding="utf-8", newline="") as file:
        for number, title in enumerate(TITLES):
            name = f"{number}.txt"
            (documents / name).write_text(f"{title} The border is long. {title}", "utf-8")
            address = f"https://books.example/{title}".replace("\t", "").replace("\r", "")
            csv.writer(file).writerow(
                [name, "RU-ORE", "en", title, "2016", address.split()[0], title]
            )
    claims = copy / "data" / "claims.csv"
    text = claims.read_text("utf-8")
    assert "The study covers twelve regions that border Kazakhstan." in text
    claims.write_text(
        text.replace("The study covers twelve regions that border Kazakhstan.", STATEMENT), "utf-8"
    )
    borderbook(copy, "seal")
    borderbook(copy, "build", "--editions", "none")

    site = copy / "_build" / "html"
    files = [*site.glob("downloads/*/*.csv"), site / "claims.csv"]
    seen: Counter[str] = Counter()
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file)
        content = json.loads(path.with_suffix(".json").read_text("utf-8"))
        described = content if isinstance(content, list) else content["data"]
        for row, record in zip(rows, described, strict=True):
            for name, cell in zip(names, row, strict=True):
                value = record.get(name)
                if isinstance(value, int | float) and not isinstance(value, bool):
                    assert float(cell) == value, (path.name, name)
                    seen["numbers below 0"] += value < 0
                elif cell.startswith(BEGINNINGS):
                    float("0" if cell in "+-" else cell)
                elif cell.startswith("'"):
                    seen[cell] += 1
    for title in TITLES[:-1]:
        assert seen[f"'{title.strip()}"], (title, seen)
    assert seen[f"'{STATEMENT}"]
    assert seen["numbers below 0"], "a negative number is one in a spreadsheet too"
