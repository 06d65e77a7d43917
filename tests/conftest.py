"""The real book, executed and rendered once for all tests of its site, and a browser to see it."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from playwright.sync_api import Browser, sync_playwright

from helpers import rendering, runs
from helpers.cli import ROOT
from helpers.runs import Run

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def executed() -> dict[str, Path]:
    """Return the executed notebooks of the book; what has not changed is not executed again."""
    return runs.execute([Run(path) for path in runs.sections(ROOT)], ROOT)


@pytest.fixture(scope="session")
def built(executed: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the rendered site."""
    output = tmp_path_factory.mktemp("site") / "html"
    assert rendering.render(ROOT, executed, output) is True
    return output


@pytest.fixture(scope="session")
def pages(built: Path) -> dict[str, Element]:
    """Return every page as a tree, by its path in the site."""
    found = {path.relative_to(built).as_posix(): path for path in built.rglob("*.html")}
    return {
        name: html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)
        for name, path in sorted(found.items())
    }


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium; a machine without it fails these tests."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.fail(
            "No Chromium on this machine, so the site was not looked at in a browser. "
            "Install it: apt-get update && apt-get install chromium",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield started
        started.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="session")
def address(built: Path) -> Iterator[str]:
    """Return where the site is served, on a free port of this machine."""
    handler = functools.partial(_Quiet, directory=str(built))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        served = threading.Thread(target=server.serve_forever)
        served.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        served.join()
