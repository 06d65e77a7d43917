"""Random edits: after each, what is reused is what a clean execution gives, and nothing runs twice.

The oracle is papermill's own engine in a copy of the project without a cache. What may have to run
is known from how the project is made: see READS.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from borderbook.datapackage import descriptor
from borderbook.execution import execute as kernels
from borderbook.execution import runs
from borderbook.execution.runs import Run
from borderbook.publishing import build
from tests.bakery import Bakery

READS = {
    "one": {"kitchen": ["unit", "noun"], "resources": ["loaves"], "documents": False},
    "two": {"kitchen": ["unit"], "resources": ["claims"], "documents": True},
    "three": {"kitchen": ["noun", "unit"], "resources": [], "documents": False},
}
"""What each notebook of the project depends on, beside its own cells."""

LOAD = "from borderbook.datapackage.resources import load\n"
CELLS = {
    "one": LOAD + "from kitchen import noun\nnoun.sentence(load('loaves')['loaves'].sum(), times)",
    "two": LOAD + "import os\nfrom kitchen import unit\n"
    "[len(load('claims')['printed'][0]) * times, sorted(os.listdir('data/documents')), unit.UNIT]",
    "three": "from kitchen import noun\nnoun.sentence(3, times)",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the tiny book with other sections, which use modules of its own."""
    root = Bakery(tmp_path / "project").root
    for path in (root / "book").iterdir():
        path.unlink()
    files = {
        "kitchen/unit.py": "UNIT = 'persons'\n",
        "kitchen/noun.py": "from kitchen.unit import UNIT\n\n"
        "def sentence(value, times):\n    return f'{value * times} {UNIT}'\n",
        "kitchen/unused.py": "UNIT = '%'\n",
        "requirements.txt": "pandas\n",
        "README.md": "A project.\n",
        "_toc.yml": "format: jb-book\nroot: book/index\nchapters:\n"
        "  - file: book/one\n  - file: book/two\n  - file: book/three\n",
        "book/index.md": "# Door\n\n[In](one.ipynb)\n",
        "data/documents/plan.txt": "border\n",
    }
    for name, content in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(content, "utf-8")
    for name, source in CELLS.items():
        cells = [
            nbformat.v4.new_markdown_cell(f"# {name}", id="title"),
            nbformat.v4.new_code_cell("times = 1", id="given", metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell(source, id="value"),
        ]
        document = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernels.KERNEL})
        nbformat.write(document, root / "book" / f"{name}.ipynb")
    return root


class Author:
    """Edits a project at random, and can take an edit back."""

    def __init__(self, project: Path, seed: int) -> None:
        self.project, self.chance = project, random.Random(seed)
        self.times = 1
        self.taken: list[tuple[Path, bytes]] = []

    def edit(self) -> str:
        kinds: list[Callable[[], str]] = [
            self.module, self.row, self.parameter, self.cell, self.unrelated, self.back,
            self.document,
        ]  # fmt: skip
        return self.chance.choice(kinds)()

    def module(self) -> str:
        name = self.chance.choice(["unit", "noun"])
        if name == "unit":
            unit = self.chance.choice(["persons", "kneader", "bakings"])  # of one length
            return self.write("kitchen/unit.py", f"UNIT = '{unit}'\n")
        return self.write(f"kitchen/{name}.py", self.read(f"kitchen/{name}.py") + "\n# more\n")

    def row(self) -> str:
        name, old = self.chance.choice([("loaves", r"(?m)^1,rye,\d+"), ("claims", r",44\d,,")])
        digit = self.chance.randint(1, 9)
        new = f"1,rye,4{digit}" if name == "loaves" else f",44{digit},,"
        edited = self.write(f"data/{name}.csv", re.sub(old, new, self.read(f"data/{name}.csv")))
        descriptor.seal(self.project / "data")
        return edited

    def parameter(self) -> str:
        self.times = self.chance.randint(1, 3)
        return f"times = {self.times}"

    def cell(self) -> str:
        name = self.chance.choice(list(CELLS))
        path = f"book/{name}.ipynb"
        document = json.loads(self.read(path))
        extra = self.chance.choice(["", "\n# said", "  # so"])
        kind = self.chance.choice(["title", "value"])
        for cell in document["cells"]:
            if cell["id"] == kind:
                cell["source"] = (CELLS[name] if kind == "value" else f"# {name}") + extra
        return self.write(path, json.dumps(document))

    def unrelated(self) -> str:
        names = [
            "README.md",
            "requirements.txt",
            "kitchen/unused.py",
            "kitchen/new.py",
            "data/new.csv",
            "tests/test.py",
        ]
        return self.write(self.chance.choice(names), f"# {self.chance.random()}\n")

    def document(self) -> str:
        return self.write(f"data/documents/{self.chance.randint(1, 3)}.txt", "border\n")

    def back(self) -> str:
        if not self.taken:
            return self.parameter()
        path, content = self.taken.pop()
        path.write_bytes(content)
        descriptor.seal(self.project / "data")
        return f"{path.name} taken back"

    def read(self, name: str) -> str:
        return (self.project / name).read_text("utf-8")

    def write(self, name: str, text: str) -> str:
        path = self.project / name
        path.parent.mkdir(exist_ok=True)
        if path.exists():
            self.taken.append((path, path.read_bytes()))
        path.write_text(text, "utf-8")
        return f"{name} written"


def truth(project: Path, section: str, times: int) -> str:
    """Return a hash of all that the section depends on, by how the project is made."""
    reads = READS[section]
    document = json.loads((project / "book" / f"{section}.ipynb").read_text("utf-8"))
    package = json.loads((project / "data" / "datapackage.json").read_text("utf-8"))
    held: list[Any] = [times]
    held.append(["".join(cell["source"]) for cell in document["cells"]])  # a text, or its lines
    held += [(project / "kitchen" / f"{name}.py").read_text("utf-8") for name in reads["kitchen"]]
    held += [(project / "data" / f"{name}.csv").read_text("utf-8") for name in reads["resources"]]
    held += [each for each in package["resources"] if each["name"] in reads["resources"]]
    if reads["documents"]:
        held.append(sorted(path.name for path in (project / "data" / "documents").iterdir()))
    return hashlib.sha256(json.dumps(held).encode()).hexdigest()


def clean(project: Path, folder: Path, section: str, times: int) -> str:
    """Return the section executed by papermill's own engine, in a copy without a cache."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".cache", "__pycache__"))
    executed = papermill.execute_notebook(
        copy / "book" / f"{section}.ipynb", None, {"times": times}, cwd=copy, progress_bar=False
    )
    return kernels.dumps(kernels.canonical(executed))


def follow(project: Path, folder: Path, edits: int, seed: int, *, thorough: bool) -> int:
    """Edit, build and compare; return how many runs there were.

    Compared are the sections that an edit bears on; if `thorough`, all of them after each edit.
    """
    author, seen, ran = Author(project, seed), set(), 0
    output = folder / "site"
    for number in range(edits):
        edit = author.edit()
        expected = {s for s in READS if (s, truth(project, s, author.times)) not in seen}
        seen |= {(section, truth(project, section, author.times)) for section in READS}
        planned = [Run(path, {"times": author.times}) for path in runs.sections(project)]
        found, executed = execute(planned, project)
        told = f"edit {number}: {edit}"
        assert executed == expected, told
        ran += len(executed)
        for section in READS if thorough else expected:
            fresh = clean(project, folder, section, author.times)
            assert found[section].read_text("utf-8") == fresh, f"{told}: {section} is stale"
        if number % 20 == 19:
            whole = folder / f"whole-{number}"
            build.render(project, found, output)
            build.render(project, found, whole)
            for page in [*READS, "index"]:
                stepwise, fresh = (
                    (p / "book" / f"{page}.html").read_text() for p in (output, whole)
                )
                assert stepwise == fresh, f"{told}: page {page} is stale"
    return ran


def execute(planned: list[Run], project: Path) -> tuple[dict[str, Path], set[str]]:
    """Return the executed notebooks, and the sections that were not reused."""
    fresh: set[str] = set()

    def done(run: Run, reused: bool) -> None:
        if not reused:
            fresh.add(run.section)

    return runs.execute(planned, project, done), fresh


def test_after_random_edits_nothing_is_stale_and_nothing_runs_without_need(
    project: Path, tmp_path: Path
) -> None:
    assert follow(project, tmp_path, edits=4, seed=1, thorough=False) > 3


@pytest.mark.soak
def test_after_two_hundred_random_edits_nothing_is_stale(project: Path, tmp_path: Path) -> None:
    ran = follow(project, tmp_path, edits=200, seed=2, thorough=True)
    assert ran > 100, "edits that ask for runs"
