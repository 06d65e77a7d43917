"""What tests in a browser share: faults that axe finds, and what a page says and asks for."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def watched(page: Page) -> tuple[list[str], list[str]]:
    """Return two lists that fill: what a page says to its console, and what it asks for."""
    told: list[str] = []
    page.on("console", lambda said: told.append(f"{page.url}: {said.type}: {said.text}"))
    page.on("pageerror", lambda error: told.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda asked: told.append(f"{page.url}: no {asked.url}"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return told, asked


def axe_faults(page: Page, part: str = "html") -> list[str]:
    """Return the violations that axe finds on a page as it is now, or on part of it."""
    told = Axe().run(page, context=part, options={"resultTypes": ["violations"]}).response
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in told["violations"]
        for node in fault["nodes"]
    ]
