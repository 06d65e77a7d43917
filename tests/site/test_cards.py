"""What a page says of itself where it is linked to."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import nbformat
import pandas as pd
import pytest
import yaml
from PIL import Image

from borderbook.execution import execute
from borderbook.figures import charts
from borderbook.figures.charts import Chart
from borderbook.publishing import build
from borderbook.site import social_cards
from tests.real_book import ROOT

BASE = "https://example.org/book-of-borders"


def told(tree: Element) -> dict[str, str]:
    """Return the properties that a page has of itself, by name."""
    found = [(e.get("property") or e.get("name"), e.get("content")) for e in tree.iter("meta")]
    return {str(name): str(content) for name, content in found if name and content}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book of two pages whose site has an address."""
    root = tmp_path_factory.mktemp("book")
    (root / "book").mkdir()
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    settings["sphinx"]["config"]["html_baseurl"] = f"{BASE}/"
    (root / "_config.yml").write_text(yaml.safe_dump(settings), "utf-8")
    (root / "book" / "references.bib").touch()
    shutil.copyfile(ROOT / "requirements.txt", root / "requirements.txt")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n  - file: book/one\n", "utf-8"
    )
    (root / "book" / "index.md").write_text("# Door\n\nThe *answer* is\n“7 & 8”.\n", "utf-8")
    return root


def rendered(book: Path, name: str, *, chart: bool) -> Path:
    """Render the book, its page *One* with a chart or without, into the folder of that name."""
    drawing = charts.bars(
        pd.DataFrame({"label": ["Omsk", "Altai"], "value": [1.0, 2.0], "colour": "#b4451f"}),
        unit="%",
    )
    bars = Chart("bars", "Altai leads", drawing, "Share, %")
    output = nbformat.v4.new_output("display_data", bars._repr_mimebundle_())
    cells = [
        nbformat.v4.new_markdown_cell("# One\n\nAltai has twice as much.", id="title"),
        nbformat.v4.new_code_cell("bars()", id="bars", outputs=[output] * chart),
    ]
    metadata = {"kernelspec": execute.KERNEL, "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, book / "one.ipynb")
    build.render(book, {"one": book / "one.ipynb"}, book / name)
    return book / name


@pytest.fixture(scope="module")
def site(book: Path) -> Path:
    return rendered(book, "site", chart=True)


def read(path: Path) -> Element:
    return html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)


def test_a_page_with_a_chart_has_a_card_of_it(site: Path) -> None:
    said = told(read(site / "book" / "one.html"))

    assert said["og:title"] == "One"
    assert said["description"] == said["og:description"] == "Altai has twice as much."
    assert said["og:url"] == f"{BASE}/book/one.html"
    assert said["og:image"] == f"{BASE}/cards/one.png"
    assert said["og:image:alt"] == "Altai leads. Share, %"
    assert said["twitter:card"] == "summary_large_image"
    with Image.open(site / "cards" / "one.png") as card:
        assert card.size == (social_cards.WIDTH, social_cards.HEIGHT)
        colours = card.convert("RGB").getcolors(256) or []
    assert max(count for count, colour in colours if colour == (0xB4, 0x45, 0x1F)) > 10_000
    text = (site / "downloads" / "one" / "bars.txt").read_text("utf-8")
    assert text.strip().endswith(f"{BASE}/book/one.html#bars")


def test_a_page_without_a_chart_has_that_of_the_landing_page(site: Path) -> None:
    for name in ("book/index", "search", "genindex"):
        said = told(read(site / f"{name}.html"))
        assert said["og:image"] == f"{BASE}/cards/index.png", name
        assert said["description"], name
    assert told(read(site / "book" / "index.html"))["description"] == "The answer is “7 & 8”."
    assert sorted(path.name for path in (site / "cards").iterdir()) == ["index.png", "one.png"]


def test_a_page_that_loses_its_chart_loses_card_and_downloads(book: Path, site: Path) -> None:
    """The last to use the site, which it leaves without the chart."""
    assert (site / "cards" / "one.png").exists()
    again = rendered(book, site.name, chart=False)

    assert told(read(again / "book" / "one.html"))["og:image"] == f"{BASE}/cards/index.png"
    assert [path.name for path in (again / "cards").iterdir()] == ["index.png"]
    assert not list((again / "downloads").glob("*/*"))


def test_every_page_of_the_book_says_what_it_is(built: Path, pages: dict[str, Element]) -> None:
    """Addresses are whole ones or left out; what they name is in the site."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    base = settings["sphinx"]["config"].get("html_baseurl", "").rstrip("/")
    seen = set()
    for name, tree in pages.items():
        if name == "index.html":
            continue  # the front door only leads on
        said = told(tree)
        assert said["og:title"], name
        assert said["og:site_name"] == settings["title"]
        assert 20 < len(said["description"]) < 400, name
        assert said["description"] == said["og:description"]
        assert ("og:image" in said) == bool(base), name
        if base:
            place = built / said["og:image"].removeprefix(f"{base}/")
            with Image.open(place) as card:
                assert card.size == (social_cards.WIDTH, social_cards.HEIGHT)
        seen.add(said["description"])
    assert len(seen) > 10, "each page says its own"


def test_a_headline_too_long_for_a_card_is_shortened() -> None:
    assert "…" in social_cards.drawn("word " * 60, "Book")
    assert "a &lt; b" in social_cards.drawn("a < b", "Book")
