"""What commands make takes the place of nothing that they did not make.

Looked at from outside: a command is refused before it has done anything, with exit status 2, one
message and everything as it was.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from borderbook import files, outputs, scratch
from borderbook.execution.result_store import Store
from borderbook.outputs import MARKER, OutputError
from borderbook.publishing import pdf
from tests.bakery import Bakery, Said
from tests.processes import at_once

Command = Callable[..., Said]
TIMES = 40


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bakery:
    """Return a new bakery in a home of its own, with what an author may have beside it."""
    home = tmp_path / "home"
    shop = Bakery(home / "bakery")
    monkeypatch.setenv("HOME", str(home))
    for name in ("thesis/thesis.txt", "repository/.git/HEAD", "bakery/.git/HEAD", "file"):
        files.write(home / name, "years of work")
    files.write(home / "bakery" / "tests" / "test_oven.py", "")
    (home / "marked").mkdir()
    files.write(home / "marked" / MARKER, "ours")
    shutil.copytree(home / "repository", home / "marked" / "deep")
    for name, target in {
        "to-thesis": "thesis",
        "to-data": "bakery/data",
        "to-file": "file",
        "to-sources": "bakery",
    }.items():
        (home / name).symlink_to(home / target)
    return shop


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Bakery:
    """Return a bakery that has been built; its tests leave a site that stands."""
    shop = Bakery(tmp_path_factory.mktemp("built") / "bakery")
    assert shop.run_apart("build", "--editions", "none").status == 0
    return shop


def tree(folder: Path) -> dict[str, str]:
    """Return everything below a folder: contents of files, targets of links."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes().hex()
        if path.is_file()
        else ""
        for path in sorted(folder.rglob("*"))
    }


REFUSED = {
    "../thesis": "borderbook did not make it",
    "../repository": "borderbook did not make it",
    "../to-thesis": "which is",
    "../to-data": "a folder of the book's sources",
    "../to-data/new": "a folder of the book's sources",
    "../to-sources": "is the folder of the book",
    "../to-sources/": "is the folder of the book",
    "../file": "is a file",
    "../to-file": "is a file",
    "../file/html": "is a file",
    "../marked": "holds what git keeps, deep/.git",
    "book": "a folder of the book's sources",
    "data": "a folder of the book's sources",
    "data/": "a folder of the book's sources",
    "./data/../data": "a folder of the book's sources",
    "book/html": "a folder of the book's sources",
    "tests/html": "a folder of the book's sources",
    ".git": "a folder of the book's sources",
    ".git/html": "a folder of the book's sources",
    "../repository/.git/html": "lies in what git keeps",
    ".": "is the folder of the book",
    "..": "is your home folder",
    "../..": "holds your home folder",
    "/": "holds",
}


@pytest.mark.parametrize("place", REFUSED)
def test_a_build_into_what_is_not_ours_is_refused_before_any_work(
    shop: Bakery, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    before = tree(shop.root.parent)
    said = shop.run("build", "--output", place, capsys=capsys)

    assert said.status == 2, said
    assert REFUSED[place] in said.err
    assert len(said.err.strip().splitlines()) == 1, "one message"
    assert re.search(r": name a |, or move the files away$", said.err.strip()), "what to do"
    assert tree(shop.root.parent) == before, "nothing is executed, written or removed"


def test_a_folder_of_the_content_is_a_source(
    shop: Bakery, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop.root / "recipes").mkdir()
    (shop.root / "pyproject.toml").write_text('[tool.borderbook]\ncontent = "recipes"\n', "utf-8")

    said = shop.run("build", "--output", "recipes/html", capsys=capsys)

    assert (said.status, "recipes/, a folder of the book's sources" in said.err) == (2, True)


def test_files_that_git_tracks_are_not_replaced_even_in_a_folder_that_we_made(
    shop: Bakery, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = shop.root.parent / "pages" / "docs"
    files.write(docs / MARKER, "ours")
    files.write(docs / "index.html", "published")
    git = ["git", "-C", str(docs.parent)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "docs"], check=True)

    said = shop.run("build", "--output", str(docs), capsys=capsys)

    assert said.status == 2
    assert f"holds what git keeps, {MARKER}" in said.err
    assert (docs / "index.html").read_text("utf-8") == "published"


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("run", "loaves", "-p", "bread=rye"), "runs/loaves/bread-rye"),
        (("sweep", "loaves", "--grid", "last_day=1..2"), "sweeps/loaves/last_day-1..2"),
        (("build",), "_build/html"),
        (("pdf",), "_build/html"),
        (("serve", "--no-watch"), "_build/html"),
    ],
)
@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_every_command_that_makes_a_folder_refuses_one_that_is_not_ours(
    shop: Bakery, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], place: str, kind: str
) -> None:
    path = shop.root / place
    path.parent.mkdir(parents=True)
    if kind == "folder":
        files.write(path / "notes.txt", "mine")
    elif kind == "file":
        path.write_text("mine", "utf-8")
    else:
        path.symlink_to(shop.root / "book")
    before = tree(shop.root)

    said = shop.run(*words, capsys=capsys)

    assert said.status == 2, said
    assert tree(shop.root) == before


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("data/loaves.csv", "lies in data/"),
        ("book/loaves.ipynb", "lies in book/"),
        ("../file", "borderbook did not make it"),
        ("../thesis.pdf", "borderbook did not make it"),
        ("../thesis", "is a folder"),
        ("../to-data/loaves.csv", "lies in data/"),
    ],
)
def test_a_pdf_takes_the_place_of_nothing_else(
    shop: Bakery, capsys: pytest.CaptureFixture[str], output: str, told: str
) -> None:
    files.write(shop.root.parent / "thesis.pdf", b"%PDF-1.7 a thesis")
    before = tree(shop.root.parent)

    said = shop.run("pdf", "--output", output, capsys=capsys)

    assert said.status == 2, said
    assert told in said.err
    assert tree(shop.root.parent) == before


def test_a_pdf_of_ours_is_replaced_and_so_is_one_from_before_there_were_signs(
    shop: Bakery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop.root)
    ours, old = shop.root.parent / "ours.pdf", shop.root / "_build" / "borderbook.pdf"
    files.write(ours, pdf.BEGINNING + b"-1.7 " + pdf.SIGN)
    files.write(old, pdf.BEGINNING + b"-1.7")
    for path in (ours, old, shop.root / "new.pdf"):
        assert outputs.check_file(path, pdf.BEGINNING, pdf.SIGN) == path


def test_a_cleared_cache_loses_results_and_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path)
    result = store.folder / "loaves" / "key" / f"{'a' * 64}.ipynb"
    mine = store.folder / "loaves" / "key" / "notes.txt"
    for path in (result, mine):
        files.write(path, "")
    store.clear()
    assert mine.exists()
    assert not result.exists()
    mine.unlink()
    store.clear()
    assert not store.folder.exists()


# What is ours


def test_a_site_carries_a_marker_that_is_no_page_of_it(built: Bakery) -> None:
    site = built.root / "_build" / "html"
    text = (site / MARKER).read_text("utf-8")

    assert "keep nothing of yours in it" in text
    assert str(built.root) not in text
    for path in site.rglob("*.*"):
        if path.suffix in (".html", ".xml", ".txt"):
            assert MARKER not in path.read_text("utf-8"), path


def test_a_site_from_before_there_were_markers_is_replaced_where_it_is_made_by_default(
    built: Bakery, capsys: pytest.CaptureFixture[str]
) -> None:
    site, elsewhere = built.root / "_build" / "html", built.root.parent / "site"
    (site / MARKER).unlink()
    shutil.copytree(site, elsewhere)
    words = ("build", "--editions", "none")

    assert built.run(*words, "--output", str(elsewhere), capsys=capsys).status == 2
    said = built.run(*words, capsys=capsys)

    assert said.status == 0, said.err
    assert "written" in said.err
    assert (site / MARKER).exists()


def test_a_link_and_an_empty_folder_are_taken_and_the_link_stays(
    built: Bakery, capsys: pytest.CaptureFixture[str]
) -> None:
    place, link = built.root.parent / "www", built.root.parent / "link"
    place.mkdir()
    link.symlink_to(place)
    words = ("build", "--editions", "none", "--output", str(link))

    for end in ("written", "is up to date"):
        said = built.run(*words, capsys=capsys)
        assert (said.status, end in said.err) == (0, True), said.err
    assert link.is_symlink()
    assert (place / "index.html").exists()


def test_the_site_of_another_checkout_in_the_same_place_is_not_up_to_date(
    built: Bakery, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, other = tmp_path / "www", Bakery(tmp_path / "bakery")
    other.replace("book/index.md", "A week", "Four days")
    words = ("build", "--editions", "none", "--output", str(place))
    index = place / "book" / "index.html"

    assert built.run(*words, capsys=capsys).status == 0
    assert other.run(*words, capsys=capsys).status == 0
    assert "Four days" in index.read_text("utf-8")
    said = built.run(*words, capsys=capsys)

    assert "written" in said.err
    assert "Four days" not in index.read_text("utf-8")


# In one step


def _swap_often(place: Path, letter: str) -> None:
    for _ in range(TIMES):
        with scratch.folder(place) as work:
            made = work / "made"
            for name in "ab":
                files.write(made / name, letter)
            outputs.swap(made, place)


def _swap_often_in_two_steps(place: Path, letter: str) -> None:
    outputs._exchanged = lambda one, other: False  # type: ignore[assignment]
    _swap_often(place, letter)


@pytest.mark.parametrize("swap_often", [_swap_often, _swap_often_in_two_steps])
def test_a_folder_that_many_processes_swap_is_one_of_theirs_and_nothing_is_left(
    tmp_path: Path, swap_often: Callable[[Path, str], None]
) -> None:
    place = tmp_path / "site"

    at_once(swap_often, place, lambda: None)

    assert [each.name for each in tmp_path.iterdir()] == ["site"]
    assert len({(place / name).read_text("utf-8") for name in "ab"}) == 1
    assert sorted(path.name for path in place.iterdir()) == [MARKER, "a", "b"]


@pytest.mark.skipif(sys.platform != "linux", reason="two renames where folders cannot be exchanged")
def test_at_every_moment_a_whole_folder_stands_in_the_place(tmp_path: Path) -> None:
    place, seen = tmp_path / "site", []
    files.write(place / MARKER, "")
    files.write(place / "a", "old")

    def look() -> None:
        seen.append((place / "a").read_text("utf-8"))

    at_once(_swap_often, place, look)

    assert len(set(seen)) > 2, "looked at while several wrote"


def test_a_folder_that_cannot_be_put_there_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, made, rename = tmp_path / "site", tmp_path / "made", Path.rename
    files.write(place / MARKER, "")
    files.write(place / "a", "old")
    files.write(made / "a", "new")

    def full(self: Path, target: Path) -> Path:
        if self == made and not target.exists():
            raise OSError(errno.ENOSPC, "no room")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    monkeypatch.setattr(outputs, "_exchanged", lambda one, other: False)
    with pytest.raises(OSError, match="no room"):
        outputs.swap(made, place)

    assert (place / "a").read_text("utf-8") == "old"


def test_what_was_put_there_while_the_folder_was_made_stays(tmp_path: Path) -> None:
    place = tmp_path / "site"
    with scratch.folder(place) as work:
        files.write(work / "made" / "a", "new")
        files.write(place / "thesis.txt", "years of work")
        with pytest.raises(OutputError, match="borderbook did not make it"):
            outputs.swap(work / "made", place)

    assert {path.name for path in tmp_path.rglob("*")} == {"site", "thesis.txt"}


# Scratch


def test_scratch_of_a_process_that_is_gone_is_removed_and_no_other(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from borderbook import scratch\n"
        "place = Path(sys.argv[1]) / 'site'\n"
        "with scratch.folder(place), scratch.file(place): os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)
    left = [path.name for path in tmp_path.iterdir()]
    assert len(left) == 2
    foreign = {".site-abc", ".site.borderbook-thesis", "site.borderbook-0123abcd"}
    for name in foreign:
        files.write(tmp_path / name / "thesis.txt", "")

    with scratch.folder(tmp_path / "site") as folder, scratch.file(tmp_path / "b") as file:
        scratch.remove_left(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {*foreign, folder.name, file.name}

    assert {path.name for path in tmp_path.iterdir()} == foreign


def test_scratch_that_another_process_takes_for_left_behind_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir, taken = Path.mkdir, []

    def overtaken(self: Path, *args: object, **kwargs: object) -> None:
        mkdir(self, *args, **kwargs)  # type: ignore[arg-type]
        if ".borderbook-" in self.name and not taken:
            taken.append(self)
            scratch.remove_left(tmp_path)

    monkeypatch.setattr(Path, "mkdir", overtaken)
    with scratch.folder(tmp_path / "site") as folder:
        assert folder.is_dir()
        assert folder != taken[0]
