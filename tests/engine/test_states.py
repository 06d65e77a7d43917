"""What changed between two states of a book: `borderbook diff`, and the page of its releases."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from borderbook.publishing import repository
from tests.bakery import Bakery

PAGE = "# What changed\n\n<!-- releases -->\n"


@pytest.fixture
def bakery(tmp_path: Path) -> Bakery:
    """Return a book in a repository of its own, with what changed among its pages."""
    bakery = Bakery(tmp_path / "bakery")
    (bakery.root / "book" / "changed.md").write_text(PAGE, "utf-8")
    toc = bakery.root / "_toc.yml"
    toc.write_text(f"{toc.read_text('utf-8')}  - file: book/changed\n", "utf-8")
    git(bakery.root, "init", "--quiet")
    (bakery.root / ".gitignore").write_text(".cache/\n_build/\n", "utf-8")
    return bakery


def git(root: Path, *words: str) -> None:
    who = ["-c", "user.name=Baker", "-c", "user.email=baker@example.org"]
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


def commit(bakery: Bakery, tag: str) -> None:
    assert bakery.run_apart("refresh").status == 0
    git(bakery.root, "add", "--all")
    git(bakery.root, "commit", "--quiet", "--message", tag)
    git(bakery.root, "tag", tag)


def bake_more(bakery: Bakery, old: str, new: str) -> None:
    bakery.replace("data/loaves.csv", old, new)
    assert bakery.run_apart("seal").status == 0


def test_a_tag_is_compared_with_now_and_releases_are_listed_newest_first(bakery: Bakery) -> None:
    commit(bakery, "v1")
    bake_more(bakery, "4,wheat,80", "4,wheat,90")
    commit(bakery, "v2")
    bake_more(bakery, "4,rye,52", "4,rye,51")

    against = bakery.run_apart("diff", "v1")
    assert against.status == 0, against.err
    assert "holds → differs: 1" in against.out
    assert "The oven gives 443 loaves in four days." in against.out
    page = bakery.read("_build/diff/index.html")
    assert "What changed since" in page
    assert ">443<" in page
    assert ">452<" in page

    assert bakery.run_apart("build", "--editions", "none").status == 0
    changed = bakery.read("_build/html/book/changed.html")
    first, second, third = (
        changed.index(words) for words in ("Not released yet", "<h2>v2 (", "is the first release.")
    )
    assert first < second < third
    assert ">453<" in changed[first:second], "what v2 said is what changed since"
    assert ">443<" in changed[second:third]
    assert ">452<" not in changed[second:third]


def test_a_published_ledger_is_compared_statement_by_statement(bakery: Bakery) -> None:
    ledger = bakery.root / "claims.json"
    record = {"id": "week", "statement": "The oven gives 443 loaves.", "verdict": "differs"}
    ledger.write_text(json.dumps([record | {"computed": 440}]), "utf-8")

    against = bakery.run_apart("diff", "claims.json")
    assert against.status == 0, against.err
    assert "differs → holds: 1" in against.out
    [row] = [
        line for line in against.out.splitlines() if line.startswith("week ") and "Computed" in line
    ]
    assert row.split()[1:] == ["Computed", "440", "443", "+3", "ledger"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "'state.json': neither a file nor a revision of this repository"),
        ("[{]", "state.json: it is no ledger"),
        ('{"a": 1}', "state.json: it is no ledger"),
    ],
)
def test_what_is_no_state_is_told(bakery: Bakery, content: str | None, message: str) -> None:
    if content:
        (bakery.root / "state.json").write_text(content, "utf-8")

    ended = bakery.run_apart("diff", "state.json")
    assert ended.status == 2
    assert message in ended.err


def test_without_releases_the_page_says_so(bakery: Bakery) -> None:
    assert bakery.run_apart("build", "--editions", "none").status == 0
    assert "No release is tagged" in bakery.read("_build/html/book/changed.html")


def test_the_commit_is_that_of_the_book_s_repository(bakery: Bakery, tmp_path: Path) -> None:
    assert repository.commit(bakery.root) is None, "nothing is committed yet"
    commit(bakery, "v1")
    named = repository.commit(bakery.root)
    assert named is not None
    assert len(named) == 40
    bakery.replace("book/changed.md", "# What", "# So")
    assert repository.commit(bakery.root) == f"{named}+"
    assert repository.commit(bakery.root / "book") is None, "a book lies in it, but is not its own"
