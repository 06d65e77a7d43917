"""`borderbook verify`: what differs from one execution to the next is named, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bakery import Bakery, add_cell

SAME = "import warnings\nwarnings.warn('careful')\nsorted({'rye', 'oats', 'wheat'})"
DIFFERING = {
    "process": "import os\nos.getpid()",
    "temporary": "import tempfile\ntempfile.gettempdir()",
    "home": "from pathlib import Path\nstr(Path.home())",
    "zone": "import time\ntime.localtime(0).tm_hour",
    "seed": "hash('rye')",
    "order": "list({'rye', 'oats', 'wheat', 'barley', 'spelt'})",
    "chance": "import random\nrandom.random()",
    "clock": "import time\ntime.time()",
    "object": "object()",
    "user": "import getpass\ngetpass.getuser()",
}


@pytest.fixture
def bakery(tmp_path: Path) -> Bakery:
    return Bakery(tmp_path / "bakery")


def add(bakery: Bakery, cells: dict[str, str]) -> None:
    for name, source in cells.items():
        add_cell(bakery.root / "book" / "dough.ipynb", name, source)


def test_a_book_that_shows_the_same_everywhere_passes(
    bakery: Bakery, capsys: pytest.CaptureFixture[str]
) -> None:
    add(bakery, {"same": SAME, "today": "from datetime import date\ndate.today().year > 0"})
    said = bakery.run("verify", capsys=capsys)
    assert said.status == 0, said.out
    assert said.out.startswith("book/dough.ipynb: code cell ")
    assert said.out.count("\n") == 1
    assert "read the clock (time.time); what it shows may differ another time" in said.out
    assert "sections executed twice: 2; differences: 0" in said.err
    assert not (bakery.root / ".cache" / "runs").exists(), "nothing is stored"


def test_each_cell_whose_output_differs_is_named_with_the_difference(
    bakery: Bakery, capsys: pytest.CaptureFixture[str]
) -> None:
    add(
        bakery,
        {
            "same": SAME,
            **DIFFERING,
            "fails": "import os\nassert os.environ.get('USER') != 'somebody'",
        },
    )
    said = bakery.run("verify", "dough", capsys=capsys)
    assert said.status == 2
    assert "it fails only under other circumstances: " in said.out
    assert "AssertionError" in said.out

    bakery.replace("book/dough.ipynb", "assert os.environ.get('USER') != 'somebody'", "None")
    said = bakery.run("verify", "dough", capsys=capsys)
    assert said.status == 2
    named = [line for line in said.out.splitlines() if line.endswith("its output differs")]
    assert named == [f"book/dough.ipynb, cell {name}: its output differs" for name in DIFFERING]
    assert any(line.startswith("    +") and "somebody" in line for line in said.out.splitlines())
    assert f"sections executed twice: 1; differences: {len(DIFFERING)}" in said.err


def test_a_section_that_is_not_there_is_told(
    bakery: Bakery, capsys: pytest.CaptureFixture[str]
) -> None:
    said = bakery.run("verify", "cake", capsys=capsys)
    assert said.status == 2
    assert "cake: no such section; there are dough, loaves" in said.err
