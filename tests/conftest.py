"""The real book with two editions, executed and rendered once, and a browser to see its site.

The processes of one run share the site: one makes it, the others wait for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from borderbook.execution import runs
from borderbook.execution.runs import Run
from borderbook.publishing import build, editions, pdf
from borderbook.publishing.build import Book
from tests.looking import served
from tests.real_book import ROOT

SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this run have."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def _one_at_a_time(common: Path) -> Iterator[None]:
    with (common / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def executed(common: Path) -> dict[str, Path]:
    """Return the executed notebooks of the book; what has not changed is not executed again."""
    with _one_at_a_time(common):
        return runs.execute([Run(path) for path in runs.sections(ROOT)], ROOT)


@pytest.fixture(scope="session")
def beside(common: Path) -> list[Book]:
    """Return two editions of the book, executed: one of another border, one of another group."""
    with _one_at_a_time(common):
        return editions.execute(editions.choose(editions.read(ROOT), "okrugs,cn"), ROOT)


@pytest.fixture(scope="session")
def built(executed: dict[str, Path], beside: list[Book], common: Path) -> Path:
    """Return the folder of the rendered site."""
    output = common / "site" / "html"
    with _one_at_a_time(common):
        fresh = not output.exists()
        assert build.render(ROOT, executed, output, editions=beside) is fresh
    return output


@pytest.fixture(scope="session")
def all_pages(built: Path) -> dict[str, Element]:
    """Return every page as a tree, those of editions too, by its path in the site."""
    found = {path.relative_to(built).as_posix(): path for path in built.rglob("*.html")}
    return {
        name: html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)
        for name, path in sorted(found.items())
    }


@pytest.fixture(scope="session")
def pages(all_pages: Mapping[str, Element]) -> dict[str, Element]:
    """Return the pages of the default book."""
    return {name: tree for name, tree in all_pages.items() if not name.startswith("editions/")}


@pytest.fixture
def data_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the data package of a copy of the book, which the test stands in and may break.

    The texts of documents are links to the real ones, and what was counted in them is shared: it is
    kept by content.
    """
    for name in ("_toc.yml", "pyproject.toml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    texts = shutil.ignore_patterns("RU-*.txt")
    for name in ("data", "book"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=texts)
    for path in (ROOT / "data" / "documents").glob("RU-*.txt"):
        (tmp_path / "data" / "documents" / path.name).symlink_to(path)
    counts = ROOT / ".cache" / "documents"
    counts.mkdir(parents=True, exist_ok=True)
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "documents").symlink_to(counts)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a small book: two pages and the settings of the real one."""
    root = tmp_path / "root"
    (root / "book").mkdir(parents=True)
    shutil.copytree(
        ROOT / "helpers", root / "helpers", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("_config.yml", "requirements.txt"):
        shutil.copyfile(ROOT / name, root / name)
    shutil.copyfile(ROOT / "book" / "references.bib", root / "book" / "references.bib")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n  - file: book/one\n", "utf-8"
    )
    (root / "book" / "index.md").write_text("# Door\n\n[In](one.ipynb)\n", "utf-8")
    return root


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@contextmanager
def _chromium(playwright: Playwright, *switches: str) -> Iterator[Browser]:
    """Start Chromium; a machine without it fails the test."""
    try:
        found = pdf.chromium(playwright)
    except pdf.PdfError as error:
        pytest.fail(f"the site was not looked at in a browser: {error}", pytrace=False)
    started = playwright.chromium.launch(executable_path=found, args=[*SWITCHES, *switches])
    yield started
    started.close()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with _chromium(playwright) as started:
        yield started


@pytest.fixture
def with_reader(playwright: Playwright) -> Iterator[Page]:
    """Return a page of a browser that a screen reader uses."""
    with _chromium(playwright, "--force-renderer-accessibility") as started:
        yield started.new_page()


@pytest.fixture(scope="session")
def address(built: Path) -> Iterator[str]:
    """Return where the site is served, on a free port of this machine."""
    with served(built) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()
