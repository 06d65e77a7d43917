"""The site for readers of screens: axe on every page, and the tree that such readers are given."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

from borderbook.claims import ledger
from tests.looking import COLOURS, LAYOUT, axe_faults, faint_words, too_wide, watched
from tests.real_book import MANUAL, PAGES

LEDGER = "book/claims.html"
EDITIONS = [
    f"editions/{name}/{page}" for name in ("okrugs", "cn") for page in PAGES if page not in MANUAL
]
CLAIMS = len(ledger.claims())
VIEWS: tuple[tuple[int, Literal["light", "dark"], tuple[str, ...]], ...] = (
    (1280, "light", ()),
    (390, "dark", (*LAYOUT, *COLOURS)),
)


@pytest.mark.parametrize(
    "name", [*PAGES, *(pytest.param(name, marks=pytest.mark.soak) for name in EDITIONS)]
)
def test_a_page_is_sound_wide_or_narrow_light_or_dark(page: Page, address: str, name: str) -> None:
    """By axe, contrast included; it fits the screen, is quiet and asks its own site only.

    By all rules once, and by those that another width and other colours bear on.
    """
    told, asked = watched(page)
    page.goto(f"{address}/{name}")
    found = []
    for width, scheme, rules in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [f"{width} px, {scheme}: {fault}" for fault in axe_faults(page, rules=rules)]
        found += too_wide(page)
        found += [f"{scheme}: {words}" for words in faint_words(page)]
    assert found == []
    assert told == []
    assert asked
    assert [url for url in asked if not url.startswith((f"{address}/", "data:"))] == []


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        ("cn/book/discussion", 390, "dark"),
        ("cn/book/claims", 1280, "light"),
        ("okrugs/book/small-enterprises", 390, "light"),
        ("okrugs/book/gross-product", 1280, "dark"),
    ],
)
def test_a_page_of_an_edition_is_sound_with_all_that_differs_unfolded(
    page: Page, address: str, name: str, width: int, scheme: str
) -> None:
    told, asked = watched(page)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"{address}/editions/{name}.html")
    folds = page.locator(".differing, .differing details, .editions details")
    folds.evaluate_all("folds => folds.forEach((fold) => fold.open = true)")
    assert page.locator(".differing .changes").count() > 0
    assert axe_faults(page) == []
    assert too_wide(page) == []
    assert told == []
    assert [url for url in asked if not url.startswith((f"{address}/", "data:"))] == []


def test_axe_sees_a_fault_if_there_is_one(page: Page) -> None:
    page.set_content("<html lang='en'><title>x</title><main><h1>x</h1><img src='x'></main></html>")
    assert [fault["id"] for fault in Axe().run(page).response["violations"]] == ["image-alt"]


@pytest.mark.parametrize(("width", "scheme", "rules"), [(1280, "dark", ()), (390, "light", LAYOUT)])
def test_axe_finds_no_violation_in_what_stands_there_without_scripts(
    page: Page, address: str, width: int, scheme: str, rules: tuple[str, ...]
) -> None:
    """Axe is a script itself, so the pages come without theirs and with what replaces them."""

    def bare(route: Route) -> None:
        answer = route.fetch()
        html = re.sub(r"<script\b.*?</script>|</?noscript>", "", answer.text(), flags=re.DOTALL)
        route.fulfill(response=answer, body=html)

    page.route("**/*.html", bare)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = []
    for name in PAGES:
        page.goto(f"{address}/{name}")
        assert page.evaluate("document.documentElement.className") == "no-js"
        found += [f"{name}: {fault}" for fault in axe_faults(page, rules=rules)]
    assert found == []


def test_a_screen_reader_has_every_cell_of_the_ledger(with_reader: Page, address: str) -> None:
    """Also of rows that are not laid out since they are far from what is on the screen."""
    page = with_reader
    page.goto(f"{address}/{LEDGER}")
    columns = page.locator("#ledger thead th").count()
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")

    def roles() -> Counter[str]:
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        place = {node["nodeId"]: node for node in nodes}
        rows = [node for node in nodes if node["role"]["value"] == "row"]
        inside = [place[cell]["role"]["value"] for row in rows for cell in row["childIds"]]
        return Counter(inside)

    for _ in range(50):  # the tree comes some time after the page
        found = roles()
        if found["rowheader"] >= CLAIMS:
            break
        page.wait_for_timeout(100)
    assert found["rowheader"] >= CLAIMS
    assert found["cell"] >= CLAIMS * (columns - 1)
    assert found["columnheader"] >= columns
