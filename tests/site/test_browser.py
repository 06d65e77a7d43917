"""The site in a browser: without scripts, from disk, by keyboard alone, to take away."""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page

from borderbook.claims import ledger
from borderbook.figures import downloads, tables
from borderbook.figures.tables import Column, Table
from tests.looking import too_wide, watched
from tests.real_book import PAGES

LEDGER = "book/claims.html"
CLAIMS = len(ledger.claims())


# For every reader


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_code_is_as_light_or_dark_as_its_page(
    page: Page, address: str, scheme: str, dark: bool
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"{address}/book/index.html")
    ground = page.evaluate("getComputedStyle(document.querySelector('.highlight')).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", ground)[:3])) < 100) is dark, ground


@pytest.mark.parametrize("width", [390, 736])
def test_a_row_that_prose_names_fits_the_screen_with_all_its_cells(page: Page, width: int) -> None:
    words = {
        "text": "A passage of a document, quoted. " * 8,
        "meaning": "what it means in English, ",
    }
    rows = pd.DataFrame(
        [{**words, "kind": "of which kind it is, in words", "from": "document " * 6}]
    )
    table = Table("quoted", "Quoted", rows, [Column(name, name.title()) for name in rows])
    style = files("borderbook.site").joinpath("static/borderbook.css").read_text("utf-8")
    page.set_viewport_size({"width": width, "height": 900})
    page.set_content(f"<style>body {{margin: 0}} {style}</style>{tables.html(table.resource())}")

    least = page.evaluate("Math.min(...[...document.querySelectorAll('tbody *')].map("
                          "cell => cell.getBoundingClientRect().width))")  # fmt: skip
    box = page.evaluate("(({scrollWidth, clientWidth}) => [scrollWidth, clientWidth])("
                        "document.querySelector('.scroll'))")  # fmt: skip
    assert box[0] <= box[1] <= width
    assert least >= 100
    prose = page.locator("tbody th").bounding_box()
    assert prose is not None
    assert prose["width"] >= 260


def test_the_front_door_leads_to_the_landing_page(page: Page, address: str) -> None:
    told, _ = watched(page)
    page.goto(f"{address}/index.html")
    page.wait_for_url(f"{address}/book/index.html")
    assert page.get_by_role("heading", level=1).count() == 1
    assert told == []


def test_no_text_may_become_a_script(page: Page, address: str) -> None:
    page.goto(f"{address}/{LEDGER}")
    told, _ = watched(page)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img onerror=\"x = 1\" src=y>')")
    page.evaluate("void setTimeout('x = 1')")
    page.wait_for_timeout(100)
    assert sum("Content Security Policy" in said for said in told) == 2
    assert page.evaluate("window.x") is None


def test_a_page_opens_from_disk(page: Page, built: Path) -> None:
    told, _ = watched(page)
    page.goto(f"{(built / 'book' / 'gross-product.html').as_uri()}#shares")
    page.mouse.move(200, 200)
    page.wait_for_timeout(300)
    assert told == []
    assert page.locator("#shares .drawing.wide svg").is_visible()
    assert page.evaluate("document.body.dataset.theme") == "auto"
    assert page.evaluate("getComputedStyle(document.querySelector('.drawing.narrow')).display") == (
        "none"
    ), "styles are read"


# Without scripts


def test_every_page_fits_and_is_quiet_without_scripts(without_scripts: Page, address: str) -> None:
    page = without_scripts
    told, asked = watched(page)
    found = []
    for name in PAGES:
        page.goto(f"{address}/{name}")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{name}: {fault}" for fault in too_wide(page)]
    assert found == []
    assert told == []
    assert [url for url in asked if not url.startswith((f"{address}/", "data:"))] == []
    assert not [url for url in asked if url.endswith(".js")]


def test_the_ledger_stands_whole_without_scripts(without_scripts: Page, address: str) -> None:
    page = without_scripts
    page.goto(f"{address}/{LEDGER}")
    rows = page.locator("#ledger tbody tr")
    assert rows.count() == CLAIMS
    assert rows.last.is_visible()
    assert page.locator("#ledger tbody tr[hidden]").count() == 0
    assert all(text.strip() for text in page.locator("#ledger tbody th").all_text_contents())
    for control in ("#ledger select", "#ledger button", "form.choose"):
        assert page.locator(control).count() == 0, control


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_to_a_row_of_the_ledger_leads_there(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/{LEDGER}")
    name = page.locator("#ledger tbody tr").nth(CLAIMS - 20).get_attribute("id")
    page.goto("about:blank")
    page.goto(f"{address}/{LEDGER}#{name}")
    for _ in range(2):  # and it stays there
        page.wait_for_timeout(500)
        box = page.locator(f"#{name}").bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= 900 - box["height"]


def test_a_claim_opens_without_scripts(without_scripts: Page, address: str) -> None:
    page = without_scripts
    page.goto(f"{address}/book/small-enterprises.html")
    claim = page.locator("#claim-number-2014")
    assert not claim.locator("dl").is_visible()
    claim.locator("> summary").click()
    assert claim.locator("dl").is_visible()


# By keyboard


def tab_to(page: Page, script: str, most: int = 400) -> None:
    """Press Tab until the element in focus, `e` in the script, is the one looked for."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(e => {script})(document.activeElement)"):
            return
    raise AssertionError(f"{most} times Tab reach nothing with {script}")


def shown(page: Page, column: int) -> list[str]:
    """Return the texts of a column in the rows of the ledger that are shown."""
    cells = page.locator(f"#ledger tbody tr:not([hidden]) > :nth-child({column})")
    return [text.strip() for text in cells.all_text_contents()]


def test_the_ledger_is_chosen_from_and_sorted_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{LEDGER}")
    heads = page.locator("#ledger thead th").all_text_contents()
    verdict, section = (heads.index(name) + 1 for name in ("Verdict", "Section"))

    tab_to(page, "e.matches('select') && e.parentElement.textContent.startsWith('Verdict')")
    page.keyboard.type("differs")
    assert set(shown(page, verdict)) == {"differs"}
    assert page.get_by_role("status").inner_text() == (
        f"{len(shown(page, verdict))} of {CLAIMS} rows shown"
    )
    tab_to(page, "e.matches('thead button') && e.textContent === 'Section'")
    page.keyboard.press("Enter")
    assert page.locator("#ledger th[aria-sort]").get_attribute("aria-sort") == "ascending"
    assert shown(page, section) == sorted(shown(page, section))
    page.keyboard.press("Space")
    assert page.locator("#ledger th[aria-sort]").get_attribute("aria-sort") == "descending"
    assert shown(page, section) == sorted(shown(page, section), reverse=True)
    assert set(shown(page, verdict)) == {"differs"}, "still chosen"


def test_a_row_of_the_ledger_leads_to_its_evidence_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{LEDGER}")
    tab_to(page, "e.matches('#ledger-region-count a')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/introduction.html#*")
    claim = page.locator("#claim-region-count")
    assert claim.locator("dl").is_visible(), "open without a further key"
    tab_to(page, "e.matches('#claim-region-count a')")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "data.html#regions"


def test_a_claim_opens_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/book/introduction.html")
    tab_to(page, "e.matches('#claim-region-list > summary')")
    evidence = page.locator("#claim-region-list dl")
    assert not evidence.is_visible()
    page.keyboard.press("Enter")
    assert evidence.is_visible()


def test_the_skip_link_comes_first(page: Page, address: str) -> None:
    page.goto(f"{address}/{LEDGER}")
    tab_to(page, "e.matches('.skip-to-content')", most=3)
    page.keyboard.press("Enter")
    assert page.url.endswith("#furo-main-content")


# To take away


def taken(page: Page, address: str, name: str) -> Locator:
    """Open the fold of an exhibit of *Small enterprises* from which a reader takes it away."""
    page.goto(f"{address}/book/small-enterprises.html")
    fold = page.locator(f"#{name} .take details")
    fold.locator("summary").click()
    return fold


def test_a_table_is_copied_for_a_spreadsheet_by_keyboard(
    page: Page, address: str, built: Path
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    fold = taken(page, address, "table-2")
    tab_to(page, "e.matches('#table-2 .take button')")
    page.keyboard.press("Enter")
    fold.get_by_role("status").filter(has_text="copied").wait_for()
    copied = [line.split("\t") for line in page.evaluate(CLIPBOARD).split("\n")]

    with (built / "downloads/small-enterprises/table-2.csv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    assert copied[0] == ["Indicator and year", "Printed, %", "Computed, %", "Difference, points",
                         "Instrument, or what is missing"]  # fmt: skip
    assert len(copied) == 29
    for own, row in zip(copied[1:], rows, strict=True):
        assert [own[0], own[1], own[4]] == [row[0], row[1], row[4]]
        assert [value and float(value) for value in own[2:4]] == [
            value and float(value) for value in row[2:4]
        ]


CLIPBOARD = "navigator.clipboard.readText()"


def test_what_cannot_be_copied_is_said(page: Page, address: str) -> None:
    page.route("**/table-2.json", lambda route: route.abort())
    fold = taken(page, address, "table-2")
    fold.get_by_role("button").click()
    fold.get_by_role("status").filter(has_text="not copied").wait_for()


def test_without_a_clipboard_no_button_is_offered(page: Page, address: str) -> None:
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })"
    )
    fold = taken(page, address, "table-2")
    assert fold.get_by_role("button").count() == 0
    assert fold.get_by_role("link").first.is_visible()


def test_files_are_offered_without_scripts(without_scripts: Page, address: str) -> None:
    fold = taken(without_scripts, address, "shares")
    names = fold.get_by_role("link").all_inner_texts()
    assert names == list(downloads.KINDS.values())
    assert fold.locator(".cite").is_visible()
