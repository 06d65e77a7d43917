"""What tests in a browser share: the site served, what a page says and asks for, axe's faults."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def served(folder: Path, handler: type[Quiet] = Quiet) -> Iterator[str]:
    """Serve a folder on a free port of this machine, and yield its address."""
    handled = functools.partial(handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handled) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def watched(page: Page) -> tuple[list[str], list[str]]:
    """Return two lists that fill: what a page says to its console, and what it asks for."""
    told: list[str] = []
    page.on("console", lambda said: told.append(_said(page, said)))
    page.on("pageerror", lambda error: told.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda asked: told.append(f"{page.url}: no {asked.url}"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return told, asked


def _said(page: Page, said: ConsoleMessage) -> str:
    return f"{page.url}: {said.type}: {said.text} ({said.location.get('url')})"


COLOURS = ("color-contrast",)
"""What axe has to say of the same page in other colours."""
LAYOUT = (
    *("target-size", "scrollable-region-focusable", "meta-viewport", "css-orientation-lock"),
    *("aria-hidden-focus", "button-name", "link-name", "label", "select-name", "summary-name"),
    *("region", "skip-link", "svg-img-alt", "role-img-alt"),
)
"""What axe has to say of the same page in another width: of sizes, and of what comes and goes."""


def axe_faults(page: Page, part: str = "html", rules: Sequence[str] = ()) -> list[str]:
    """Return the violations that axe finds on a page as it is now, or on part of it.

    By all of its rules, or those named. Rows that wait for a reader to come near are laid out: axe
    passes over what is not.
    """
    rows = "document.querySelectorAll('#ledger tr')"
    page.evaluate(f"{rows}.forEach(row => row.style.contentVisibility = 'visible')")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    told = Axe().run(page, context=part, options=options).response
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in told["violations"]
        for node in fault["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """Return a fault if a reader would have to scroll a page sideways."""
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"{wide} px wide on {seen}"] if wide > seen else []


FAINT = """() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((p) => p <= 0.03928 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  const contrast = (text) => {
    const ink = light(getComputedStyle(text).fill);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  };
  return [...document.querySelectorAll("figure svg text")]
    .filter((text) => text.textContent.trim() && text.getClientRects().length)
    .filter((text) => contrast(text) < 4.5)
    .map((text) => `${contrast(text).toFixed(1)}:1 ${text.textContent}`);
}"""


def faint_words(page: Page) -> list[str]:
    """Return the words in charts that stand out from the page by less than 4.5 to 1."""
    return list(page.evaluate(FAINT))
