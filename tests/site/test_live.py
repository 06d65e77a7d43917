"""Charts that answer, in a browser: Vega takes over from the picture without a jump."""

from __future__ import annotations

import gzip
import json
import re
import time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from playwright.sync_api import Page

from borderbook import formatting
from tests.looking import Quiet, axe_faults, served, watched

SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    window.shifts.push(...entry.sources.map(({ node }) => node?.outerHTML ?? node?.textContent));
  }
}).observe({ type: "layout-shift", buffered: true });
"""
SEEN = """() => [...document.querySelectorAll(".drawing")].filter((e) => e.offsetHeight).map(e => ({
  name: e.closest("figure").id,
  height: e.getBoundingClientRect().height,
  width: e.querySelector("svg").getBoundingClientRect().width,
  texts: [...e.querySelectorAll("text")].map((text) => text.textContent).sort(),
}))"""


def come_alive(page: Page) -> None:
    """Bring every chart that is shown before the reader, and wait until it answers."""
    page.mouse.move(200, 200)
    for drawing in page.locator(".drawing:visible").all():
        drawing.scroll_into_view_if_needed()
        page.wait_for_function("e => e.matches('.live')", arg=drawing.element_handle())


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("introduction", 1280),
        ("introduction", 390),
        ("gross-product", 390),
        ("small-enterprises", 1280),
    ],
)
def test_charts_take_over_without_a_jump(page: Page, address: str, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(SHIFTS)
    told, asked = watched(page)
    page.goto(f"{address}/book/{name}.html", wait_until="networkidle")
    before = page.evaluate(SEEN)
    assert before
    assert not [url for url in asked if url.endswith(("vega.js", ".vl.json"))], "unasked"

    page.evaluate("window.shifts = []")
    come_alive(page)
    after = page.evaluate(SEEN)
    assert len(after) == len(before)
    for old, new in zip(before, after, strict=True):
        assert new["height"] == pytest.approx(old["height"], abs=1)
        assert new["width"] == pytest.approx(old["width"], abs=1)
        assert new["texts"] == old["texts"], new["name"]
    assert page.evaluate("window.shifts") == []
    assert sum(url.endswith("vega.js") for url in asked) == 1
    assert told == []
    assert axe_faults(page, ".exhibit-chart") == []


class InPieces(Quiet):
    """Serves a page as a poor connection brings it: its icons one by one."""

    def do_GET(self) -> None:  # noqa: N802
        if not self.path.endswith(".html"):
            super().do_GET()
            return
        content = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        for part in re.split(rb"(?=<svg class=.theme-icon|<label class=.toc-)", content):
            self.wfile.write(part)
            time.sleep(0.1)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_head_of_a_page_stands_still_while_it_arrives(
    page: Page, built: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(SHIFTS)
    with served(built, InPieces) as address:
        page.goto(f"{address}/book/introduction.html", wait_until="networkidle")
        moved = page.evaluate("window.shifts")
    assert not [part for part in moved if re.match("<(div|header|button|label)", part or "")]


def spec(built: Path, section: str, name: str) -> dict[str, Any]:
    text = (built / "downloads" / section / f"{name}.vl.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def told_at(page: Page, mark: str) -> str:
    """Return what the pointer finds on the first mark of a kind."""
    page.locator(mark).first.hover()
    tooltip = page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    return tooltip.inner_text()


def test_a_pointer_finds_the_value_of_a_bar_and_of_a_point(
    page: Page, address: str, built: Path
) -> None:
    page.goto(f"{address}/book/gross-product.html")
    come_alive(page)
    bars = max(spec(built, "gross-product", "industry")["datasets"].values(), key=len)
    bar = told_at(page, "#industry .wide .mark-rect path[fill='#b4451f']")
    assert bars[0]["label"] in bar
    assert formatting.number(bars[0]["value"], 1) in bar
    assert "% of gross value added" in bar

    point = told_at(page, "#shares .wide .mark-symbol path:not([stroke])")
    rows = [r for d in spec(built, "gross-product", "shares")["datasets"].values() for r in d]
    assert any(
        row["series"] in point
        and str(row["year"]) in point
        and formatting.number(row["value"], 1) in point
        for row in rows
        if "segment" in row
    )
    ring = told_at(page, "#shares .wide .mark-symbol path[fill='transparent']")
    assert re.search(r"Printed in the paper\s+\d+$", ring), "no more digits than are printed"


def test_a_pointer_finds_the_name_of_a_region(page: Page, address: str) -> None:
    page.goto(f"{address}/book/introduction.html")
    come_alive(page)
    assert re.fullmatch(
        r"\w.* (Oblast|Krai|Republic)",
        told_at(page, "#border-map .wide .mark-shape path[fill='#b4451f']"),
    )


def test_a_chart_is_drawn_for_the_width_that_is_shown(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{address}/book/gross-product.html")
    come_alive(page)
    assert page.locator("#industry .narrow.live").count() == 1
    assert page.locator("#industry .wide.live").count() == 0
    page.set_viewport_size({"width": 1280, "height": 900})
    come_alive(page)
    assert page.locator("#industry .wide.live svg").is_visible()


def test_a_chart_that_answers_is_light_or_dark_as_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}/book/gross-product.html")
    come_alive(page)
    bar = page.locator("#industry .wide.live .mark-rect path[fill='#b4451f']").first
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        colours.append(bar.evaluate("e => getComputedStyle(e).fill"))
    assert colours == ["rgb(180, 69, 31)", "rgb(240, 133, 95)"]


def test_the_picture_stays_where_the_drawing_cannot_be_had(page: Page, address: str) -> None:
    page.route("**/*.vl.json", lambda route: route.fulfill(status=500))
    page.goto(f"{address}/book/gross-product.html")
    before = page.evaluate(SEEN)
    with page.expect_console_message(lambda said: "The picture stays" in said.text):
        page.mouse.move(200, 200)
        page.locator("#shares").scroll_into_view_if_needed()
    assert page.evaluate(SEEN) == before


def test_the_picture_stays_without_scripts(without_scripts: Page, address: str) -> None:
    page = without_scripts
    _, asked = watched(page)
    page.goto(f"{address}/book/gross-product.html")
    page.mouse.wheel(0, 3000)
    page.wait_for_timeout(200)
    assert page.locator("#shares .drawing.wide svg").is_visible()
    assert not [url for url in asked if "vega" in url or "live.js" in url]


def test_every_page_has_the_policy_first_and_no_script_of_its_own(
    built: Path, pages: dict[str, Element]
) -> None:
    for name, tree in pages.items():
        head = tree.find("head")
        assert head is not None
        assert head[0].get("http-equiv") == "Content-Security-Policy", name
        policy = head[0].get("content", "")
        rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
        assert rules["default-src"] == ["'self'"], name
        assert not {"'unsafe-inline'", "'unsafe-eval'"} & {*rules["script-src"]}, name
        for element in tree.iter():
            assert not [key for key in element.attrib if key.startswith("on")], name
            if element.tag == "script":
                assert element.get("src") or "json" in element.get("type", ""), name


def test_no_page_is_heavy(built: Path) -> None:
    """One page under 400 kB; what a page with charts needs first, under 100 KiB compressed."""
    for path in sorted(built.rglob("*.html")):
        html = path.read_text("utf-8")
        assert len(html.encode()) < 400_000, path.name
        needed = re.findall(r'(?:src|href)="([^"?#]*\.(?:js|css|svg))(?:\?[^"]*)?"', html)
        places = [built / name[1:] if name[0] == "/" else path.parent / name for name in needed]
        files = {place.resolve() for place in places if "downloads" not in place.parts}
        weight = sum(len(gzip.compress(file.read_bytes())) for file in [path, *files])
        assert weight <= 100 * 1024, f"{path.name}: {weight}"
