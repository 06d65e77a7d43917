"""The engine with another book than the paper's: two notebooks, one claim, no Python.

What a command leaves is looked at from outside: its exit status, what it says, files, pages.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell

from borderbook.execution import execute
from tests.bakery import TINY, Bakery, Said

Command = Callable[..., Said]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Bakery:
    """Return the book that the tests of this file share; none of them leaves it changed."""
    return Bakery(tmp_path_factory.mktemp("tiny") / "bakery")


@pytest.fixture
def command(kept: Bakery, capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *words: kept.run(*words, capsys=capsys)


@pytest.fixture
def built(kept: Bakery, command: Command) -> Path:
    """Return the folder of the built site."""
    said = command("build")
    assert said.status == 0, said.err
    return kept.root / "_build" / "html"


@pytest.fixture
def edited(kept: Bakery) -> Iterator[Bakery]:
    """Return the shared book for an edit, which is taken back."""
    yield kept
    for folder in ("book", "data"):
        shutil.rmtree(kept.root / folder)
        shutil.copytree(TINY / folder, kept.root / folder)
    shutil.copyfile(TINY / "_config.yml", kept.root / "_config.yml")


def bytes_of(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def counted(said: Said) -> tuple[int, int]:
    """Return how many sections were executed, and how many reused."""
    found = re.search(r"(\d+) sections? executed, (\d+) reused", said.err)
    assert found, said.err
    return int(found[1]), int(found[2])


def test_the_book_has_no_python_and_no_settings_of_ours() -> None:
    kept = {path.relative_to(TINY).as_posix() for path in TINY.rglob("*") if path.is_file()}
    assert {name for name in kept if not name.startswith((".", "_build"))} == {
        *("_config.yml", "_toc.yml", "book/editions.yml", "book/index.md", "book/dough.ipynb"),
        *("book/loaves.ipynb", "data/claims.csv", "data/datapackage.json", "data/loaves.csv"),
    }


# The site


def test_a_site_with_its_edition_is_built_and_says_what_the_book_says(built: Path) -> None:
    index, loaves, rye = (
        (built / name).read_text("utf-8")
        for name in ("book/index.html", "book/loaves.html", "editions/rye/book/loaves.html")
    )
    assert "443 loaves, and 545 grams of flour" in index
    assert 'id="loaves-by-day"' in index, "an exhibit of another page"
    assert "In 4 days the oven gave 443 loaves" in loaves
    assert "In 4 days the oven gave 174 loaves" in rye
    assert "bread = rye" in rye
    assert "Rye alone" in loaves, "what leads to the edition"
    assert "2026-05-01" in loaves, "the date of its own figures"
    for page in built.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]*\.(?:js|css)', text), page
        for word in ("kazakh", "russia", "rouble", "oblast"):
            assert word not in text.lower(), f"{page}: {word}"


def test_a_table_a_plain_frame_and_a_plain_chart_are_figures_with_files(built: Path) -> None:
    page = (built / "book" / "loaves.html").read_text("utf-8")
    for name, title in {
        "loaves-by-day": "132 loaves on the best day",
        "takings": "Takings by bread",
        "drawn": "Loaves, day by day",
    }.items():
        figure = re.search(rf'<figure[^>]*id="{name}".*?</figure>', page, re.DOTALL)
        assert figure, name
        assert title in figure[0]
        for kind in ("csv", "bib", "json"):
            assert (built / "downloads" / "loaves" / f"{name}.{kind}").exists(), (name, kind)
    assert (built / "downloads" / "loaves" / "drawn.svg").read_text("utf-8").startswith("<svg")
    with (built / "downloads" / "loaves" / "takings.csv").open(encoding="utf-8") as file:
        takings = {row["bread"]: float(row["takings"]) for row in csv.DictReader(file)}
    assert takings == pytest.approx({"rye": 614.2, "wheat": 680.5})
    assert "cdn" not in page.lower()


def test_the_statement_has_its_verdict_from_its_row_alone(built: Path) -> None:
    default, rye = (
        (built / start / "book" / "loaves.html").read_text("utf-8")
        for start in (".", "editions/rye")
    )
    for page, verdict in ((default, "holds"), (rye, "differs")):
        assert f'id="claim-week"><summary><span class="verdict verdict-{verdict}"' in page


def test_a_second_build_executes_and_renders_nothing(built: Path, command: Command) -> None:
    before = bytes_of(built)
    said = command("build")

    assert counted(said) == (0, 3), "dough is the same in the edition"
    assert "is up to date" in said.err
    assert bytes_of(built) == before


def test_a_book_executed_and_rendered_anew_is_the_same_bytes(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Bakery(tmp_path / "elsewhere")
    assert other.run("build", capsys=capsys).status == 0
    assert bytes_of(other.root / "_build" / "html") == bytes_of(built)


def test_another_process_finds_the_book_from_a_folder_within(built: Path, kept: Bakery) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "borderbook.cli", "build"],
        cwd=kept.root / "data",
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "0 sections executed, 3 reused" in done.stderr


# Reuse


@pytest.mark.parametrize(
    ("edit", "executed"),
    [
        (("data/loaves.csv", "4,wheat,80,2.6", "4,wheat,81,2.6"), 1),
        (("data/claims.csv", "443,,", "444,,"), 1),
        (("book/dough.ipynb", "# The dough", "# A dough"), 1),
        (("book/index.md", "A week", "Four days"), 0),
        (("book/editions.yml", "Rye alone", "Rye"), 0),
        (("_config.yml", "Loaves of the bakery", "Loaves"), 0),
        (("data/datapackage.json", "Loaves by day and bread", "Loaves"), 1),
        (("data/datapackage.json", '"name": "bakery"', '"name": "shop"'), 0),
    ],
)
def test_an_edit_executes_the_section_that_depends_on_it_and_no_other(
    edited: Bakery, command: Command, edit: tuple[str, str, str], executed: int
) -> None:
    assert command("refresh").status == 0
    edited.replace(*edit)
    command("seal")
    said = command("refresh")

    assert said.status == 0, said.err
    assert counted(said) == (executed, 2 - executed)


def test_an_edited_page_alone_is_rendered_again(
    edited: Bakery, built: Path, command: Command
) -> None:
    """Without references, too: no list of them is looked for."""
    before = bytes_of(built)
    edited.replace("book/index.md", "A week", "Four days")
    said = command("build")

    assert said.status == 0, said.err
    assert counted(said) == (0, 3)
    now = bytes_of(built)
    assert "Four days at the oven" in (built / "book" / "index.html").read_text("utf-8")
    changed = {name for name in now if now[name] != before.get(name)}
    assert "book/index.html" in changed
    assert not [name for name in changed if "loaves" in name or "dough" in name]


def test_why_names_the_file_and_the_section_that_reads_it(edited: Bakery, command: Command) -> None:
    assert command("refresh").status == 0
    edited.replace("data/loaves.csv", "4,wheat,80,2.6", "4,wheat,82,2.6")
    command("seal")

    assert "data/loaves.csv changed" in command("cache", "why", "loaves").out
    assert "is not executed again" in command("cache", "why", "dough").err


# Faults


def test_figures_that_break_their_schema_are_refused_and_the_site_stays(
    edited: Bakery, built: Path, command: Command
) -> None:
    before = bytes_of(built)
    edited.replace("data/loaves.csv", "4,wheat,80,2.6", "4,wheat,-80,2.6")
    said = command("build")

    assert said.status == 2
    assert "data/loaves.csv, row 9, field loaves" in said.err
    assert "borderbook seal" in said.err
    assert bytes_of(built) == before


def test_a_cell_that_fails_is_named_and_the_site_stays(
    edited: Bakery, built: Path, command: Command
) -> None:
    before = bytes_of(built)
    edited.replace("book/dough.ipynb", "round(p.dough / 2", "round(p.dough / 0")
    said = command("build")

    assert said.status == 2
    assert "book/dough.ipynb, cell 5" in said.err
    assert "ZeroDivisionError" in said.err
    assert bytes_of(built) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("build", "-p", "bread=barley"), "rye"),
        (("build", "-p", "last_day=5"), "allowed: 1 to 4"),
        (("run", "loaves", "-p", "dough=400"), "dough"),
        (("run", "cakes"), "dough"),
        (("build", "--editions", "barley"), "rye"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(
    command: Command, words: tuple[str, ...], told: str
) -> None:
    said = command(*words)
    assert said.status == 2
    assert told in said.err
    assert "Traceback" not in said.err


# Other commands


def test_refresh_writes_the_outputs_that_the_repository_holds(
    edited: Bakery, built: Path, command: Command
) -> None:
    """The committed notebooks are as executed; emptied ones are filled again, byte for byte."""
    assert "outputs written" not in command("refresh").err
    for section in ("loaves", "dough"):
        path = edited.root / "book" / f"{section}.ipynb"
        document = nbformat.read(path, as_version=4)
        for cell in document.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        path.write_text(execute.dumps(document), "utf-8")
    assert "book/loaves.ipynb: outputs written" in command("refresh").err

    for section in ("loaves", "dough"):
        assert edited.read(f"book/{section}.ipynb") == (
            TINY / "book" / f"{section}.ipynb"
        ).read_text("utf-8")


def test_papermill_alone_gives_the_same_outputs(kept: Bakery, tmp_path: Path) -> None:
    """Its own engine and an ordinary kernel, in the folder of the book."""
    notebook = kept.root / "book" / "loaves.ipynb"
    executed = papermill.execute_notebook(notebook, None, {}, cwd=kept.root, progress_bar=False)
    made = {
        cell.id: cell.outputs for cell in execute.canonical(executed).cells if "outputs" in cell
    }

    committed = nbformat.read(notebook, as_version=4)
    for cell in committed.cells:
        if cell.cell_type == "code":
            assert made[cell.id] == cell.outputs, cell.id
    assert committed.cells[7].outputs, "a plain frame"


@pytest.mark.parametrize("place", ["", "book"])
def test_a_cell_finds_a_file_alike_wherever_its_kernel_starts(edited: Bakery, place: str) -> None:
    """Runs start in the folder of the book, Jupyter and nbval in that of its notebooks."""
    path = edited.root / "book" / "dough.ipynb"
    document = nbformat.read(path, as_version=4)
    document.cells.append(new_code_cell("open('data/loaves.csv').readline()", id="head"))
    nbformat.write(document, path)
    executed = papermill.execute_notebook(
        path, None, {}, cwd=edited.root / place, progress_bar=False
    )

    head = edited.read("data/loaves.csv").splitlines()[0]
    assert head in executed.cells[-1].outputs[0]["data"]["text/plain"]


def test_run_writes_the_page_of_one_run_and_says_what_changes(
    kept: Bakery, command: Command
) -> None:
    said = command("run", "loaves", "-p", "bread=rye")
    folder = kept.root / "runs" / "loaves" / "bread-rye"

    assert said.status == 0, said.err
    assert "holds → differs: 1" in said.out
    assert str(folder / "index.html") in said.out
    assert "In 4 days the oven gave 174 loaves" in (folder / "index.html").read_text("utf-8")
    assert "1 verdict flipped" in (folder / "index.html").read_text("utf-8")
    [claim] = json.loads((folder / "claims.json").read_text("utf-8"))
    assert (claim["id"], claim["verdict"]) == ("week", "differs")
    assert {"tables", "charts", "citations"} <= {path.name for path in folder.iterdir()}


def test_params_says_what_the_notebook_s_cell_declares(command: Command) -> None:
    listed, one = command("params").out, command("params", "loaves").out
    assert re.search(r"loaves +last_day, bread", listed)
    assert listed.index("loaves") < listed.index("dough"), "in the order of the contents"
    assert re.search(
        r"last_day +whole number +4 +a whole number from 1 to 4 +last day counted", one
    )
    schema = json.loads(command("params", "loaves", "--json").out)
    assert schema["properties"]["bread"]["enum"] == ["all", "rye", "wheat"]


def test_sweep_runs_a_grid_and_says_what_depends_on_it(kept: Bakery, command: Command) -> None:
    said = command("sweep", "loaves", "--grid", "last_day=1..4", "--grid", "bread=all,rye")

    assert said.status == 0, said.err
    assert "8 of 8 runs done" in said.err
    assert "0 failed" in said.err
    [folder] = (kept.root / "sweeps" / "loaves").glob("*bread*")
    assert "more than one verdict in 8 runs" in said.err
    assert "last_day" in (folder / "index.html").read_text("utf-8")
    again = command("sweep", "loaves", "--grid", "last_day=1..4", "--grid", "bread=all,rye")
    assert "0 executed, 8 reused" in again.err


def test_the_book_is_printed_with_its_contents_and_figures(kept: Bakery, built: Path) -> None:
    said = kept.run_apart("pdf")
    assert said.status == 0, said.err
    printed = re.search(r"borderbook\.pdf written, (\d+) pages", said.err)
    assert printed
    assert 4 <= int(printed[1]) <= 8
    assert (kept.root / "_build" / "borderbook.pdf").read_bytes().startswith(b"%PDF")


def test_check_finds_a_number_typed_by_hand(edited: Bakery, command: Command) -> None:
    assert command("check").status == 0
    edited.replace("book/index.md", "A week at the oven", "A week at the oven and 17.5 per cent")
    said = command("check")
    assert said.status == 2
    assert "book/index.md" in said.out
    assert "17.5" in said.out
