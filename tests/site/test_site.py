"""The site: built once from the real notebooks, then read back as a reader's browser would."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import nbformat
import pytest

from borderbook import formatting
from borderbook import mime as mime_types
from borderbook.execution import runs
from borderbook.execution.runs import Run
from borderbook.publishing import build
from borderbook.publishing.build import Book
from borderbook.site import content_security, page_context, urls
from borderbook.site.content_security import ThemeError
from tests.real_book import ROOT, WRITTEN

PADDING = "\u2007\u2008"
SVG = "{http://www.w3.org/2000/svg}svg"


def parsed(html: str) -> Element:
    return html5lib.parse(html, namespaceHTMLElements=False)


def text(element: Element) -> str:
    return "".join(element.itertext())


def contents() -> list[str]:
    return WRITTEN


def written_pages(pages: dict[str, Element]) -> dict[str, Element]:
    """Return the pages that authors wrote, without search and index."""
    return {name: tree for name, tree in pages.items() if name.removesuffix(".html") in contents()}


def bundles(path: Path, mime: str) -> Iterator[Any]:
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield output["data"][mime]


def exhibits(executed: dict[str, Path], mime: str) -> Iterator[tuple[str, Any]]:
    for section, path in executed.items():
        for content in bundles(path, mime):
            yield section, content


def by_id(tree: Element, name: str) -> Element:
    found = [element for element in tree.iter() if element.get("id") == name]
    assert len(found) == 1, f"{len(found)} elements with id {name}"
    return found[0]


# Pages


def test_the_site_has_every_page_of_the_contents_and_a_front_door(
    pages: dict[str, Element],
) -> None:
    assert {f"{page}.html" for page in contents()} <= set(pages)
    assert "index.html" in pages
    assert len(written_pages(pages)) == len(contents())
    door = (ROOT / "book").name
    assert door in text(pages["index.html"]) or any(
        f"{door}/index.html" in (element.get("content", "") + element.get("href", ""))
        for element in pages["index.html"].iter()
    )


def test_every_page_says_its_language_and_title_once(pages: dict[str, Element]) -> None:
    for name, tree in written_pages(pages).items():
        assert tree.get("lang") == "en", name
        titles = [text(title).strip() for title in tree.findall("./head/title")]
        assert len(titles) == 1, name
        assert titles[0], name
        assert len(list(tree.iter("h1"))) == 1, name


def test_no_page_shows_a_role_or_directive_that_was_not_rendered(
    pages: dict[str, Element],
) -> None:
    for name, tree in written_pages(pages).items():
        body = tree.find("body")
        assert body is not None
        shown = text(body)
        for raw in ("{glue", "{cite", "{ref", "{exhibit", "{doc", "glue:text", "```", ":::"):
            assert raw not in shown, f"{name}: {raw}"
        assert "Traceback" not in shown, name
        assert not [e for e in tree.iter() if "problematic" in e.get("class", "").split()], name


def test_every_inline_value_is_in_the_prose_of_its_page(
    executed: dict[str, Path], pages: dict[str, Element]
) -> None:
    """As text of the page: what the notebook computed is what a reader reads."""
    seen = 0
    for section, path in executed.items():
        notebook = nbformat.read(path, as_version=4)
        values = {
            output.metadata["scrapbook"]["name"]: ast.literal_eval(next(iter(output.data.values())))
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "scrapbook" in output.metadata
        }
        shown = Counter(
            " ".join(text(element).split())
            for element in pages[f"book/{section}.html"].iter()
            if element.tag in ("p", "li", "td", "dd", "h1", "h2")
        )
        prose = " ".join(shown).replace("’", "'")  # quotes are set as type
        for cell in notebook.cells:
            if cell.cell_type != "markdown":
                continue
            for name in re.findall(r"\{glue:text\}`([^`:]+)`", cell.source):
                assert " ".join(values[name].split()).replace("’", "'") in prose, (
                    f"{section}: {name}"
                )
                seen += 1
    assert seen > 100


# Tables


def test_every_table_is_on_its_page_number_by_number(
    executed: dict[str, Path], pages: dict[str, Element]
) -> None:
    found = 0
    for section, resource in exhibits(executed, mime_types.TABLE):
        figure = by_id(pages[f"book/{section}.html"], resource["name"])
        fields = resource["schema"]["fields"]
        caption = figure.find(".//caption")
        assert caption is not None
        assert text(caption).replace("\n", "") == resource["title"] + resource["description"]
        rows = figure.findall(".//tbody/tr")
        assert len(rows) == len(resource["data"]), resource["name"]
        for row, record in zip(rows, resource["data"], strict=True):
            assert [cell.tag for cell in row] == ["th", *["td"] * (len(fields) - 1)]
            for cell, field in zip(row, fields, strict=True):
                value, place = (
                    record[field["name"]],
                    f"{section} {resource['name']} {field['name']}",
                )
                if field["type"] == "number":
                    expected = formatting.number(value, field["digits"], signed=field["signed"])
                else:
                    expected = formatting.MISSING if value in (None, "") else str(value)
                assert text(cell).strip(PADDING) == expected, place
                found += 1
        for unit in filter(None, (field["unit"] for field in fields)):
            assert unit in [text(span) for span in figure.findall(".//thead//span")]
        for note in resource["notes"]:
            assert note in [text(p) for p in figure.findall("./p")]
    assert found > 1000


def test_the_paper_s_table_2_stands_there_with_its_numbers(pages: dict[str, Element]) -> None:
    figure = by_id(pages["book/small-enterprises.html"], "table-2")
    rows = {text(row[0]): [text(cell) for cell in row] for row in figure.findall(".//tbody/tr")}

    assert rows["Number of enterprises, 2013"][1:4] == ["16.96", "16.96", "0.00"]
    assert rows["Employees, 2015"][1:4] == ["16.49", "16.51", "+0.02"]
    assert rows["Number of enterprises, 2014"][1:4] == ["17.17", "–", "–"]
    assert len(rows) == 28


# Charts


def test_every_chart_has_two_pictures_and_words(
    executed: dict[str, Path], pages: dict[str, Element]
) -> None:
    found = 0
    for section, spec in exhibits(executed, mime_types.CHART):
        meta = spec["usermeta"]
        tree = pages[f"book/{section}.html"]
        figure = by_id(tree, meta["name"])
        pictures = [e for e in figure.iter("div") if e.get("role") == "img"]
        assert [p.get("class") for p in pictures] == ["drawing wide", "drawing narrow"]
        for picture in pictures:
            assert [child.tag for child in picture] == [SVG]
            assert len(list(picture.iter())) > 20, "something is drawn"
            assert picture.get("aria-label") == meta["title"]
            described = by_id(tree, picture.get("aria-describedby", ""))
            assert text(described) == meta["description"]
        assert meta["title"] in text(figure.find("figcaption") or figure)
        for note in meta["notes"]:
            assert note in [text(p) for p in figure.findall("./p")]
        found += 1
    assert found >= 6


def test_every_exhibit_leads_to_its_code_and_sources(
    executed: dict[str, Path], pages: dict[str, Element]
) -> None:
    for mime in (mime_types.CHART, mime_types.TABLE):
        for section, content in exhibits(executed, mime):
            name = content["usermeta"]["name"] if mime == mime_types.CHART else content["name"]
            tree = pages[f"book/{section}.html"]
            links = {text(a): a.get("href", "") for a in by_id(tree, name).iter("a")}
            code = links["How it was computed"]
            assert code.startswith(f"{section}.html#code-")
            anchor = by_id(tree, code.partition("#")[2])
            folds = [e for e in tree.iter("details") if anchor in list(e.iter())]
            assert len(folds) == 1, "the code is folded away"
            assert list(folds[0].iter("pre")), "and is there"
            meta = content.get("usermeta", content)
            for source in meta["sources"]:
                assert links[source["title"]] == f"data.html#{source['resource']}"


# Claims


def test_every_claim_of_the_notebooks_has_an_anchor_on_its_page(
    executed: dict[str, Path], pages: dict[str, Element]
) -> None:
    found = 0
    for section, content in exhibits(executed, mime_types.CLAIM):
        tree = pages[f"book/{section}.html"]
        anchors = {e.get("id"): e for e in tree.iter() if e.get("id")}
        for record in content["data"]:
            kind = "ledger" if section == "claims" else "claim"
            assert f"{kind}-{record['id']}" in anchors, f"{section}: {record['id']}"
            card = text(anchors[f"{kind}-{record['id']}"])
            assert record["statement"] in card
            found += 1
    assert found > 50


# Links


def test_nothing_is_asked_of_another_host(built: Path, all_pages: dict[str, Element]) -> None:
    """Only what a reader clicks leads out; scripts, styles, fonts and pictures are of the site."""
    loads = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href",
             "video": "src", "audio": "src", "embed": "src", "object": "data", "use": "href",
             "image": "href", "form": "action", "input": "src", "track": "src"}  # fmt: skip
    outside = []
    for name, tree in all_pages.items():
        for element in tree.iter():
            tag = str(element.tag)
            if element.get("rel") == "canonical":
                continue  # named, not loaded
            addresses = [element.get(loads[tag], "")] if tag in loads else []
            addresses += re.findall(r"url\(([^)]+)\)", element.get("style", "") or "")
            addresses += [part.split()[0] for part in element.get("srcset", "").split(",") if part]
            if tag == "style":
                addresses += re.findall(r"url\(([^)]+)\)|@import\s+(\S+)", element.text or "")
            outside += [(name, tag, a) for a in addresses if _elsewhere(str(a))]
    for path in built.rglob("*.css"):
        style = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        addresses = re.findall(r"(?:url\(|@import\s+)['\"]?([^'\")\s;]+)", style)
        outside += [(path.name, "css", a) for a in addresses if _elsewhere(a)]
    assert outside == []


def test_no_script_on_a_page_names_another_host(all_pages: dict[str, Element]) -> None:
    named = [
        (name, address)
        for name, tree in all_pages.items()
        for script in tree.iter("script")
        if script.get("type") != "application/ld+json"  # names of a vocabulary: nothing is asked
        for address in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s'\"]*", text(script))
        if "w3.org" not in address
    ]
    assert named == []


def test_every_page_names_its_icon_so_that_no_browser_looks_for_one(
    all_pages: dict[str, Element],
) -> None:
    icons = {name: tree.findall(".//link[@rel='icon']") for name, tree in all_pages.items()}
    assert [name for name, found in icons.items() if len(found) != 1] == []


def test_no_id_is_on_a_page_twice(all_pages: dict[str, Element]) -> None:
    twice = {
        name: [i for i, count in _ids(tree).items() if count > 1]
        for name, tree in all_pages.items()
    }
    assert {name: ids for name, ids in twice.items() if ids} == {}


def test_every_link_within_the_site_leads_somewhere(
    built: Path, all_pages: dict[str, Element]
) -> None:
    broken = []
    for name, tree in all_pages.items():
        for element in tree.iter():
            for attribute in ("href", "src"):
                address = element.get(attribute)
                if (
                    address
                    and not _elsewhere(address)
                    and not _reached(built, all_pages, name, address)
                ):
                    broken.append((name, address))
    assert broken == []


def test_every_label_and_description_names_an_element_of_the_page(
    pages: dict[str, Element],
) -> None:
    for name, tree in written_pages(pages).items():
        ids = _ids(tree)
        for element in tree.iter():
            for attribute in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
                for target in (element.get(attribute) or "").split():
                    assert target in ids, f"{name}: {attribute}={target}"


def test_clip_paths_and_gradients_of_pictures_are_those_of_the_picture(
    pages: dict[str, Element],
) -> None:
    pictures = [
        (n, picture) for n, tree in written_pages(pages).items() for picture in tree.iter(SVG)
    ]
    assert pictures
    for name, picture in pictures:
        own = _ids(picture)
        for element in picture.iter():
            for value in element.attrib.values():
                for target in re.findall(r"url\(#([^)]+)\)", value):
                    assert target in own, f"{name}: {target}"


def test_references_are_cited_and_listed(pages: dict[str, Element]) -> None:
    listed = text(pages["book/references.html"])
    entries = (ROOT / "book" / "references.bib").read_text("utf-8").count("\n@") + (
        (ROOT / "book" / "references.bib").read_text("utf-8").startswith("@")
    )

    assert entries == 23
    for number in range(1, 24):
        assert f"[{number}]" in listed


# Building


def page(folder: Path, source: str) -> dict[str, Path]:
    cells = [nbformat.v4.new_markdown_cell(source, id="title")]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / "one.ipynb")
    return {"one": folder / "one.ipynb"}


def test_a_book_without_data_and_settings_of_its_own_builds(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No data package, no pyproject.toml, no page for data: their traces are absent."""
    monkeypatch.chdir(copied)
    (tmp_path / "other").mkdir()
    other = Book(page(tmp_path / "other", "# One\n\nOther."), "other", "The other one")
    output = tmp_path / "html"
    build.render(copied, page(tmp_path, "# One\n\nGood."), output, editions=[other])

    html = (output / "book" / "one.html").read_text("utf-8")
    terms = [text(each) for each in parsed(html).iter("dt")]
    assert terms == ["Reading time", "Edition", "Version"]
    assert "Edition: Default edition" in html
    assert not (output / "downloads").exists()


@pytest.mark.parametrize(
    "changed",
    [
        lambda: content_security.without_inline_script("<body></body>", "theme.js"),
        lambda: page_context.named_asides('<aside class="another"></aside>'),
        lambda: urls.rooted("<p>No link</p>", "/"),
    ],
)
def test_a_theme_that_is_not_as_it_was_is_told(changed: Callable[[], str]) -> None:
    with pytest.raises(ThemeError, match=r"borderbook/site/\w+\.py"):
        changed()


def test_a_broken_page_stops_the_build_and_the_old_site_stays(copied: Path, tmp_path: Path) -> None:
    output = tmp_path / "html"
    assert build.render(copied, page(tmp_path, "# One\n\nGood."), output) is True
    old = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}

    wrong = "# One\n\n{cite}`nobody`\n\n```{exhibit} one.ipynb::none\n```"
    with pytest.raises(build.SiteError) as caught:
        build.render(copied, page(tmp_path, wrong), output)

    for told in ("one.ipynb", "nobody", "no table or chart named 'none'"):
        assert told in str(caught.value)
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == old
    assert build.render(copied, page(tmp_path, "# One\n\nGood."), output) is False


def test_a_page_of_the_contents_that_is_not_there_is_named(copied: Path, tmp_path: Path) -> None:
    with pytest.raises(build.SiteError, match="book/one"):
        build.render(copied, {}, tmp_path / "html")


def content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def differing(first: Path, second: Path) -> list[str]:
    """Return the files that are not the same in two sites; a search term of no page is none."""
    one, other = content(first), content(second)
    for found in (one, other):
        for name in [name for name in found if name.endswith("searchindex.js")]:
            index = json.loads(found[name].partition(b"(")[2].rpartition(b")")[0])
            index["terms"] = {term: pages for term, pages in index["terms"].items() if pages != []}
            found[name] = json.dumps(index).encode()
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


@pytest.fixture(scope="module")
def without_chelyabinsk() -> dict[str, Path]:
    """Return two sections for another group: one that other pages quote, one with a map."""
    chosen = {"exclude": ["RU-CHE"]}
    sections = [ROOT / "book" / f"{name}.ipynb" for name in ("small-enterprises", "introduction")]
    return runs.execute([Run(path, chosen) for path in sections], ROOT)


def test_a_page_rendered_anew_leaves_the_site_as_a_whole_build_would(
    executed: dict[str, Path], without_chelyabinsk: dict[str, Path], tmp_path: Path
) -> None:
    """Change, compare with a build from nothing, change back, compare with the first build."""
    output, first = tmp_path / "step-by-step", tmp_path / "first"
    build.render(ROOT, executed, output)
    shutil.copytree(output, first)
    changed = executed | without_chelyabinsk
    assert build.is_fresh(ROOT, executed, output)
    assert not build.is_fresh(ROOT, changed, output)
    assert build.render(ROOT, changed, output) is True
    build.render(ROOT, changed, tmp_path / "from-nothing")

    assert differing(output, tmp_path / "from-nothing") == []
    assert differing(output, first) != []
    assert build.render(ROOT, executed, output) is True
    assert differing(output, first) == []
    assert build.render(ROOT, executed, output) is False


def test_a_build_that_was_cut_off_is_made_whole(
    executed: dict[str, Path], copied: Path, tmp_path: Path
) -> None:
    output = tmp_path / "html"
    build.render(copied, page(tmp_path, "# One\n\nGood."), output)
    [state] = (copied / ".cache" / "sites").glob("*/default/made.json")
    state.unlink()
    (state.parent / "html" / "book" / "index.html").write_text("cut off", "utf-8")
    build.render(copied, page(tmp_path, "# One\n\nBetter."), output)

    assert "cut off" not in (output / "book" / "index.html").read_text("utf-8")
    assert "Better" in (output / "book" / "one.html").read_text("utf-8")


def test_a_title_that_changes_changes_in_every_page(copied: Path, tmp_path: Path) -> None:
    output = tmp_path / "html"
    build.render(copied, page(tmp_path, "# First title"), output)
    build.render(copied, page(tmp_path, "# Second title"), output)

    for name in ("index", "one"):
        shown = (output / "book" / f"{name}.html").read_text("utf-8")
        assert "First title" not in shown
        assert "Second title" in shown


@pytest.mark.parametrize(("before", "after"), [("", "\n\n# More"), ("\n\n# More", "")])
def test_a_heading_beside_the_title_comes_and_goes_in_every_page(
    copied: Path, tmp_path: Path, before: str, after: str
) -> None:
    stepwise, whole = tmp_path / "html", tmp_path / "whole"
    (copied / "book" / "two.md").write_text("# Two\n", "utf-8")
    with (copied / "_toc.yml").open("a", encoding="utf-8") as contents:
        contents.write("  - file: book/two\n")
    build.render(copied, page(tmp_path, f"# Title{before}"), stepwise)
    build.render(copied, page(tmp_path, f"# Title{after}"), stepwise)
    build.render(copied, page(tmp_path, f"# Title{after}"), whole)

    for name in ("index", "one", "two"):
        shown, fresh = ((p / "book" / f"{name}.html").read_text("utf-8") for p in (stepwise, whole))
        assert shown == fresh, name


@pytest.mark.soak
def test_two_clean_builds_are_identical(
    built: Path, executed: dict[str, Path], beside: list[build.Book], tmp_path: Path
) -> None:
    output = tmp_path / "elsewhere" / "site"
    build.render(ROOT, executed, output, editions=beside)

    assert differing(built, output) == []


def _ids(tree: Element) -> Counter[str]:
    return Counter(e.get("id", "") for e in tree.iter() if e.get("id"))


def _elsewhere(address: str) -> bool:
    parts = urlsplit(address.strip("'\""))
    return bool(parts.netloc) or parts.scheme in ("http", "https", "mailto")


def _reached(built: Path, pages: dict[str, Element], name: str, address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme in ("data", "javascript"):
        return True
    folder = built if parts.path.startswith("/") else (built / name).parent
    target = folder / unquote(parts.path).lstrip("/") if parts.path else built / name
    target = target.resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_file() or not target.is_relative_to(built.resolve()):
        return False
    found = target.relative_to(built.resolve()).as_posix()
    if not parts.fragment or found not in pages:
        return True
    return unquote(parts.fragment) in _anchors(built, found) or parts.fragment == "top"


@lru_cache(maxsize=64)
def _anchors(built: Path, name: str) -> frozenset[str]:
    tree = parsed((built / name).read_text("utf-8"))
    return frozenset(e.get(k, "") for e in tree.iter() for k in ("id", "name"))
