"""What changed between two states of a book: `borderbook diff`, and the page of its releases."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from borderbook.publishing import releases, repository
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


def git(root: Path, *words: str, day: str = "2026-01-31") -> str:
    who = ["-c", "user.name=Baker", "-c", "user.email=baker@example.org"]
    when = dict.fromkeys(("GIT_COMMITTER_DATE", "GIT_AUTHOR_DATE"), f"{day}T12:00:00Z")
    return subprocess.run(
        ["git", "-C", str(root), *who, *words],
        env=os.environ | when, check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip


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
    repeated = {
        name: n for name, n in Counter(re.findall(r'\bid="(.*?)"', changed)).items() if n > 1
    }
    assert not repeated, "each block has identifiers of its own"
    assert "statements compared, those whose verdict flipped" in changed, "not those of one section"
    first, second, third = (
        changed.index(words) for words in ("Not released yet", "<h2>v2 (", "is the first release.")
    )
    assert first < second < third
    assert ">453<" in changed[first:second], "what v2 said is what changed since"
    assert ">443<" in changed[second:third]
    assert ">452<" not in changed[second:third]

    assert bakery.run_apart("build", "-p", "last_day=3").status == 0
    changed = bakery.read("_build/html/book/changed.html")
    assert "Not released yet" not in changed, "another choice is no change of the book"
    assert "<h2>v2 (" in changed


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


def test_releases_are_tags_of_commits_with_notebooks_oldest_first_whatever_they_are_called(
    bakery: Bakery,
) -> None:
    (bakery.root / "book" / "dough.ipynb").rename(bakery.root / "book" / "Teig-für-Brötchen.ipynb")
    for number, (name, day) in enumerate((("b", "2026-02-01"), ("a", "2026-03-01")), start=1):
        (bakery.root / "day.txt").write_text(day, "utf-8")
        git(bakery.root, "add", "--all")
        git(bakery.root, "commit", "--quiet", "--message", name, day=day)
        git(bakery.root, "tag", *(["--annotate", "-m", name] if number > 1 else []), name, day=day)
    commit = git(bakery.root, "rev-parse", "HEAD")
    blob = git(bakery.root, "hash-object", "-w", "day.txt")
    git(bakery.root, "tag", "a-file", blob)
    git(bakery.root, "tag", "a-folder", "HEAD^{tree}")
    git(bakery.root, "rm", "--quiet", "-r", "--cached", "book")
    git(bakery.root, "commit", "--quiet", "--message", "Not yet a book")
    git(bakery.root, "tag", "before-the-book")

    released = repository.releases(bakery.root)
    assert [(each.name, each.day) for each in released] == [
        ("b", "2026-02-01"),
        ("a", "2026-03-01"),
    ]
    assert released[1].commit == commit
    values = repository.results(bakery.root, "a").values
    assert any(name.startswith("Teig-für-Brötchen: ") for name in values)


def test_a_release_whose_notebooks_cannot_be_read_leaves_the_page_to_the_others(
    bakery: Bakery, tmp_path: Path
) -> None:
    path = bakery.root / "book" / "dough.ipynb"
    readable = path.read_text("utf-8")
    document = json.loads(readable)
    del document["cells"][0]["id"]
    for tag, text in (("v1", json.dumps(document)), ("v2", readable), ("v3", readable)):
        path.write_text(text, "utf-8")
        git(bakery.root, "add", "--all")
        git(bakery.root, "commit", "--quiet", "--allow-empty", "--message", tag)
        git(bakery.root, "tag", tag)

    executed = {each.stem: each for each in (bakery.root / "book").glob("*.ipynb")}
    page = {"changed": bakery.root / "book" / "changed.md"}
    text = releases.texts(bakery.root, page, executed, tmp_path)["changed"].read_text("utf-8")
    assert "<p>Against v1: the notebooks of one of the two cannot be read.</p>" in text
    assert "<p>Against v2: no value" in text
    with pytest.raises(
        repository.RevisionError, match=r"'v1': .*book/dough\.ipynb: cell 1 has no id"
    ):
        repository.results(bakery.root, "v1")


def test_a_kept_block_is_made_again_by_another_engine(
    bakery: Bakery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tag in ("v1", "v2"):
        git(bakery.root, "add", "--all")
        git(bakery.root, "commit", "--quiet", "--allow-empty", "--message", tag)
        git(bakery.root, "tag", tag)
    executed = {path.stem: path for path in (bakery.root / "book").glob("*.ipynb")}
    page = {"book/changed.md": bakery.root / "book" / "changed.md"}

    def block() -> str:
        return releases.texts(bakery.root, page, executed, tmp_path / "site")[
            "book/changed.md"
        ].read_text("utf-8")

    once = block()
    held = sorted((tmp_path / "site").rglob("*.html"))
    for path in held:
        path.write_text(path.read_text("utf-8").replace("no value", "no crumb"), "utf-8")
    assert block() == once.replace("no value", "no crumb"), "it is computed once"
    engine = tmp_path / "engine"
    engine.mkdir()
    (engine / "new.py").write_text("", "utf-8")
    monkeypatch.setattr("borderbook.book.ENGINE", engine)
    assert block() == once
    assert sorted((tmp_path / "site").rglob("*.html")) == held, "what is kept does not pile up"


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
