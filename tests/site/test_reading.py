"""What helps a reader: terms explained, pages found, a foot that says what they are, paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from borderbook.datapackage import resources
from tests.real_book import MANUAL, ROOT

BASE = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]["html_baseurl"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TERMED = "book/small-enterprises.html"


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def with_class(tree: Element, name: str) -> list[Element]:
    return [e for e in tree.iter() if name in e.get("class", "").split()]


def above(tree: Element) -> dict[Element, Element]:
    return {child: parent for parent in tree.iter() for child in parent}


def of_book(pages: dict[str, Element]) -> dict[str, Element]:
    return {name: tree for name, tree in pages.items() if name.startswith("book/")}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


# Terms


def entries(pages: dict[str, Element]) -> dict[str, str]:
    """Return the entries of the glossary: anchor -> definition."""
    [listed] = [
        e for e in pages["book/glossary.html"].iter("dl") if "glossary" in e.get("class", "")
    ]
    found: dict[str, str] = {}
    anchors: list[str] = []
    for child in listed:
        if child.tag == "dt":
            anchors.append(child.get("id", ""))
        else:
            found |= dict.fromkeys(anchors, text(child))
            anchors = []
    return found


def test_terms_lead_to_their_entries_and_say_what_they_mean(pages: dict[str, Element]) -> None:
    defined = entries(pages)
    marked = set()
    for name, tree in of_book(pages).items():
        anchors = []
        for mention in with_class(tree, "term"):
            link, meaning = mention
            address, _, anchor = link.get("href", "").partition("#")
            assert address == "glossary.html", name
            assert text(meaning) == defined[anchor], f"{name}: {anchor}"
            assert link.get("aria-describedby") == meaning.get("id")
            anchors.append(anchor)
            marked.add(text(link).lower().removesuffix("s"))
        assert len(anchors) == len(set(anchors)), f"{name}: only the first mention"
    assert {
        "autonomous okrug",
        "small enterprise",
        "location quotient",
        "gross regional product",
    } <= marked
    assert with_class(pages["book/glossary.html"], "term") == []


def test_terms_are_marked_in_prose_alone(pages: dict[str, Element]) -> None:
    for name, tree in of_book(pages).items():
        parents = above(tree)
        for mention in with_class(tree, "term"):
            around, element = [], mention
            while element in parents:
                element = parents[element]
                around.append(element.tag)
            assert "p" in around, name
            assert not {"a", "h1", "h2", "h3", "table", "pre", "code", "figure"} & set(around), name


def shown(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        ".meaning", "all => all.filter(e => e.checkVisibility()).map(e => e.id)"
    )


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_meaning_shows_by_pointer_and_keyboard_and_goes_with_escape(
    page: Page, address: str, size: dict[str, int]
) -> None:
    """For a reader who wants no motion: pages do not glide, so none moves off under the pointer."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}/{TERMED}")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert shown(page) == []
    for link in page.locator(".term > a").all():
        meaning = link.get_attribute("aria-describedby")
        link.focus()
        assert shown(page) == [meaning]
        box = page.locator(f"#{meaning}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], meaning
        page.keyboard.press("Escape")
        assert shown(page) == []
        link.blur()
        link.hover()
        assert shown(page) == [meaning]
        page.locator(f"#{meaning}").hover()
        assert shown(page) == [meaning], "it stays while the pointer is on it"
        page.mouse.move(0, 0)
        assert shown(page) == []


def test_axe_finds_no_violation_while_a_meaning_shows(page: Page, address: str) -> None:
    page.goto(f"{address}/{TERMED}")
    page.locator(".term > a").first.focus()
    told = Axe().run(page, options={"resultTypes": ["violations"]}).response
    assert told["violations"] == []


def test_a_meaning_shows_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{TERMED}")
    link = page.locator(".term > a").first
    meaning = page.locator(f"#{link.get_attribute('aria-describedby')}")
    assert not meaning.is_visible()
    link.hover()
    assert meaning.is_visible()
    context.close()


# Addresses


def test_the_sitemap_has_every_page_of_its_own_address_as_new_as_the_data(
    built: Path, pages: dict[str, Element], all_pages: dict[str, Element]
) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    listed = ElementTree.parse(built / "sitemap.xml").getroot()
    addresses = [url.findtext(f"{space}loc") for url in listed]
    own = {f"{BASE}{name}" for name in of_book(pages)}
    assert own <= set(addresses)
    assert addresses == sorted(set(addresses))
    beside = {str(address).removeprefix(BASE) for address in {*addresses} - own}
    assert {name.split("/")[1] for name in beside} == {"cn", "okrugs"}
    for name, tree in all_pages.items():
        if name.startswith("editions/") and "/book/" in name:
            [link] = [e.get("href") for e in tree.iter("link") if e.get("rel") == "canonical"]
            assert (link == BASE + name) == (name in beside), name
    dates = {url.findtext(f"{space}lastmod") for url in listed}
    assert dates == {str(resources.package()["created"])[:10]}
    assert f"Sitemap: {BASE}sitemap.xml" in (built / "robots.txt").read_text("utf-8")


def test_every_page_of_the_book_names_its_own_address(pages: dict[str, Element]) -> None:
    for name, tree in of_book(pages).items():
        links = [e.get("href") for e in tree.iter("link") if e.get("rel") == "canonical"]
        assert links == [BASE + name]


def test_a_page_that_is_not_there_leads_on_from_any_depth(
    page: Page, built: Path, pages: dict[str, Element]
) -> None:
    """A host that has the site, and shows 404.html for all that it does not have."""
    root = urlsplit(BASE).path
    refused: list[str] = []

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        file = built / path.removeprefix(root)
        if file.is_file():
            route.fulfill(path=file)
        else:
            refused.append(path)
            route.fulfill(path=built / "404.html", status=404)

    page.route("**/*", serve)
    wrong = f"{root}book/deep/below/nothing.html"
    page.goto(f"{BASE}{wrong.removeprefix(root)}")
    assert page.get_by_role("heading", level=1).inner_text() == "There is no such page"
    assert page.evaluate("getComputedStyle(document.body).fontFamily") != "Times New Roman"
    listed = page.locator("article a").evaluate_all("all => all.map(a => a.href)")
    below = {"book/index.html", *MANUAL} - {"book/for-authors.html"}
    assert {f"{BASE}{name}" for name in of_book(pages) if name not in below} <= set(listed)
    assert f"{BASE}search.html" in listed
    page.locator("article").get_by_role("link", name="Conclusion").click()
    page.wait_for_url(f"{BASE}book/conclusion.html")
    assert refused == [wrong]


# The foot


def test_the_foot_says_how_long_a_page_takes_to_read(pages: dict[str, Element]) -> None:
    told = {}
    for name, tree in of_book(pages).items():
        [foot] = with_class(tree, "edition")
        found = re.search(r"Reading time\s*about (\d+) minutes?", text(foot))
        assert found, name
        told[name] = int(found[1])
    assert min(told.values()) >= 1
    # Evidence that is folded, tables and code are looked up, not read.
    for name, tree in of_book(pages).items():
        [article] = list(tree.iter("article"))
        prose = [text(each) for kind in ("p", "li") for each in article.iter(kind)]
        assert told[name] <= 1 + sum(len(each.split()) for each in prose) / 150, name
    assert told["book/materials-and-methods.html"] > told["book/claims.html"]


# Paper


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_printed_page_is_made_for_paper(page: Page, address: str, scheme: str) -> None:
    page.goto(f"{address}/{TERMED}")
    page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
    for unwanted in (
        ".sidebar-drawer",
        ".toc-drawer",
        ".related-pages",
        "details.code",
        ".meaning",
    ):
        assert page.locator(unwanted).first.is_hidden(), unwanted
    seen = """e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor] }"""
    colour, ground = page.eval_on_selector("body", seen)
    assert (colour, ground) == ("rgb(22, 24, 28)", "rgba(0, 0, 0, 0)")
    [strong] = page.eval_on_selector_all(
        ".drawing.wide [stroke='#b4451f']",
        "all => [...new Set(all.map(e => getComputedStyle(e).stroke))]",
    )
    assert strong == "rgb(180, 69, 31)", "charts are in the colours for paper"
    assert page.locator(".drawing.wide").first.is_visible()
    assert page.locator(".drawing.narrow").first.is_hidden()
    claim = page.locator("#claim-number-2014")
    assert claim.locator("dt").first.is_visible(), "statements open"
    assert claim.locator("dt").last.is_hidden(), "in short form"


# Search


@pytest.mark.parametrize("place", ["disk", "server"])
def test_the_search_finds_words_of_tables_from_disk_and_from_a_server(
    page: Page, built: Path, address: str, place: str
) -> None:
    told: list[str] = []
    page.on("console", lambda said: told.append(said.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    base = built.as_uri() if place == "disk" else address
    page.goto(f"{base}/search.html?q=Kurgan")
    page.locator("#search-results li").first.wait_for()
    page.wait_for_load_state("networkidle")
    found = page.locator("#search-results li > a").evaluate_all("all => all.map(a => a.pathname)")
    assert any(path.endswith("book/gross-product.html") for path in found)
    assert told == []


def test_the_search_page_has_a_field_of_its_own_and_leads_to_other_editions(
    page: Page, address: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{address}/editions/cn/search.html")
    page.get_by_label("Words of the book").fill("Amur")
    page.get_by_role("button", name="Search", exact=True).click()
    page.locator("#search-results li").first.wait_for()
    assert page.get_by_label("Words of the book").input_value() == "Amur"
    page.locator("nav.editions summary").click()
    assert page.locator("nav.editions a[aria-current]").inner_text() == "Border with China"
    page.get_by_role("link", name="As in the paper").click()
    page.wait_for_url(f"{address}/search.html")


def test_the_search_knows_words_and_not_cells_run_together(built: Path) -> None:
    index = (built / "searchindex.js").read_text("utf-8")
    terms = json.loads(index.partition("(")[2].rpartition(")")[0])["terms"]
    assert [term for term in terms if "chelyabinsk" in term] == ["chelyabinsk"]
