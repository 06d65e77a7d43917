"""Editions: their list, their addresses and titles, what leads to them, what they say differs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import nbformat
import pytest
import yaml
from typer.testing import CliRunner

from borderbook import cli
from borderbook.claims import ledger
from borderbook.errors import UserError
from borderbook.execution import execute, recorder
from borderbook.publishing import assemble, build, contents, editions
from borderbook.publishing.build import Book, SiteError
from borderbook.publishing.editions import Edition, EditionError
from borderbook.publishing.sphinx_process import Order, Renderer
from borderbook.results import diff, diff_tables, extract
from helpers import regions
from helpers.gross_product import measures as gross_product
from helpers.regions import Group
from tests.real_book import ROOT, Claims

CHOSEN: dict[str, dict[str, Any]] = {"okrugs": {"with_okrugs": True}, "cn": {"neighbour": "CN"}}
TITLES = {"": "As in the paper", "okrugs": "Tyumen with its okrugs", "cn": "Border with China"}


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def classed(tree: Element, tag: str, name: str) -> list[Element]:
    return [e for e in tree.iter(tag) if name in e.get("class", "").split()]


def of_edition(all_pages: dict[str, Element], name: str) -> dict[str, Element]:
    """Return the pages that authors wrote, as they are in one edition, by their path in it."""
    start = f"editions/{name}/" if name else ""
    own = {p.removeprefix(start): tree for p, tree in all_pages.items() if p.startswith(start)}
    return {page: tree for page, tree in own.items() if page.startswith("book/")}


# The list


@pytest.fixture
def project(data_copy: Path) -> Path:
    """Return a copy of the book, which the test stands in."""
    return data_copy.parent


def listing(project: Path, listed: str) -> Path:
    (project / editions.FILE).write_text(listed, "utf-8")
    return project


def test_the_book_lists_every_other_border_the_okrugs_and_its_group_without_the_largest() -> None:
    found = {e.name: e.parameters["gross-product"] for e in editions.read(ROOT)}

    others = [chosen["neighbour"] for chosen in found.values() if "neighbour" in chosen]
    assert sorted(others) == [code for code in regions.neighbours() if code != "KZ"]
    assert found["okrugs"] == {"with_okrugs": True}
    products = gross_product.gross_regional_product()[list(Group("KZ").codes)]
    largest = str(products.dropna(how="all").iloc[-1].idxmax())
    assert [c["exclude"] for c in found.values() if "exclude" in c] == [[largest]]
    [title] = [e.title for e in editions.read(ROOT) if "exclude" in e.parameters["gross-product"]]
    assert regions.brief(largest) in title


def test_values_are_read_by_their_types_and_those_of_the_default_are_left_out(
    project: Path,
) -> None:
    listed = "- {name: no, title: Norway, parameters: {neighbour: NO, first_year: 2010}}"
    [found] = editions.read(listing(project, listed))

    assert found.parameters["introduction"] == {"neighbour": "NO"}
    assert found.parameters["gross-product"] == {"neighbour": "NO", "first_year": 2010}
    assert "first_year" not in found.parameters["small-enterprises"], "its default"
    assert "data" not in found.parameters, "has none of them"


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ("name: cn", "it holds no list"),
        ("- [", "line 1"),
        ("- cn", "edition 1 is no mapping"),
        ("- {name: cn, title: C, parameter: {}}", "(cn): unknown key 'parameter'"),
        ("- {name: cn, parameters: {neighbour: CN}}", "(cn) has no title"),
        ("- {name: CN, title: C, parameters: {neighbour: CN}}", "small letters"),
        ("- {name: ../cn, title: C, parameters: {neighbour: CN}}", "small letters"),
        ("- {name: cn, title: C, parameters: CN}", "parameters are a mapping"),
        ("- {name: cn, title: C, parameters: {neigbour: CN}}", "did you mean neighbour?"),
        ("- {name: cn, title: C, parameters: {neighbour: XX}}", "'XX'"),
        ("- {name: cn, title: C, parameters: {first_year: 2005}}", "small-enterprises"),
        ("- {name: kz, title: K, parameters: {neighbour: KZ}}", "those of the default book"),
        (
            "- {name: cn, title: C, parameters: {neighbour: CN}}\n"
            "- {name: cn, title: D, parameters: {neighbour: MN}}",
            "edition 2 (cn) has the name of edition cn",
        ),
        (
            "- {name: cn, title: C, parameters: {neighbour: CN}}\n"
            "- {name: ch, title: D, parameters: {neighbour: CN}}",
            "edition 2 (ch) has the parameters of edition cn",
        ),
    ],
)
def test_a_list_that_cannot_be_published_is_refused_with_its_fault(
    listed: str, told: str, project: Path
) -> None:
    with pytest.raises(UserError) as caught:
        editions.read(listing(project, listed))
    assert told in str(caught.value)
    assert editions.FILE in str(caught.value)


def test_a_list_that_was_checked_before_is_checked_again_when_it_changes(project: Path) -> None:
    root = listing(project, "- {name: cn, title: C, parameters: {neighbour: CN}}")
    assert editions.read(root) == editions.read(root)
    (root / editions.FILE).write_text("- {name: cn, title: D, parameters: {neighbour: MN}}")
    assert editions.read(root)[0].parameters["claims"] == {"neighbour": "MN"}
    (root / editions.FILE).unlink()
    assert editions.read(root) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["build", "--editions", "xx"], "'xx': no such edition; there are all, none, okrugs"),
        (["build", "-p", "neighbour=CN", "--editions", "cn"], "leave -p or --editions out"),
    ],
)
def test_editions_that_cannot_be_built_are_told_before_anything_runs(
    words: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("executed")

    monkeypatch.setattr(editions, "execute", never)
    ended = CliRunner().invoke(cli.app, words)
    assert isinstance(ended.exception, EditionError)
    assert told in str(ended.exception)


# The site


def in_all(all_pages: dict[str, Element]) -> list[str]:
    """Return the pages that every book has: those of the default but for the author's manual."""
    manual = {f"{page}.html" for page in contents.manual(ROOT)}
    assert "book/commands.html" in manual
    return [page for page in of_edition(all_pages, "") if page not in manual]


def test_the_manual_leads_to_no_edition(all_pages: dict[str, Element]) -> None:
    assert classed(all_pages["book/for-authors.html"], "nav", "editions") == []


def test_an_edition_has_the_pages_of_the_default_book_and_its_static_files(
    built: Path, all_pages: dict[str, Element]
) -> None:
    for name in CHOSEN:
        assert list(of_edition(all_pages, name)) == in_all(all_pages)
        folder = built / "editions" / name
        assert (folder / "searchindex.js").is_file()
        assert not (folder / "_static").exists()
        assert (folder / "downloads" / "small-enterprises" / "table-2.csv").is_file()


def test_every_title_of_an_edition_names_it_and_no_other_page_has_it(
    all_pages: dict[str, Element],
) -> None:
    titles = []
    for name, called in TITLES.items():
        for page, tree in of_edition(all_pages, name).items():
            [title] = [text(found) for found in tree.findall("./head/title")]
            assert title.endswith(f"({called})") is bool(name), page
            titles.append(title)
    assert len(set(titles)) == len(titles)


def test_an_edition_publishes_its_own_verdicts(built: Path) -> None:
    seen = []
    for name, chosen in CHOSEN.items():
        records = json.loads((built / "editions" / name / "claims.json").read_text("utf-8"))
        verdicts = [(r["id"], r["verdict"], r["statement"]) for r in records]
        found = ledger.evaluate(Claims(**chosen))
        assert verdicts == [(f.claim.id, f.verdict, f.statement) for f in found]
        seen.append(verdicts)
    seen.append(
        [
            (r["id"], r["verdict"], r["statement"])
            for r in json.loads((built / "claims.json").read_text("utf-8"))
        ]
    )
    assert seen[0] != seen[1]
    assert seen[0] != seen[2]


def told_by(foot: Element) -> tuple[list[str], list[str]]:
    """Return the names and the texts of a list of definitions."""
    names, texts = ([text(element) for element in foot.iter(kind)] for kind in ("dt", "dd"))
    return names, texts


def test_the_foot_tells_the_edition_and_its_parameters(all_pages: dict[str, Element]) -> None:
    told = {
        (name, page): dict(zip(*told_by(classed(tree, "dl", "edition")[0]), strict=True))["Edition"]
        for name in TITLES
        for page, tree in of_edition(all_pages, name).items()
    }
    assert told["cn", "book/claims.html"] == "Border with China: neighbour = CN"
    assert told["okrugs", "book/index.html"] == "Tyumen with its okrugs: with_okrugs = true"
    assert told["cn", "book/foreign-trade.html"] == "Border with China: as published"
    assert {text for (name, _), text in told.items() if not name} == {"as published"}


def test_a_list_on_every_page_leads_to_the_same_page_of_each_edition(
    built: Path, all_pages: dict[str, Element]
) -> None:
    for name, called in TITLES.items():
        pages = of_edition(all_pages, name)
        for page, tree in ((page, pages[page]) for page in in_all(all_pages)):
            [switcher] = classed(tree, "nav", "editions")
            links = {text(a): a for a in switcher.iter("a")}
            assert list(links) == list(TITLES.values())
            here = built / (f"editions/{name}/{page}" if name else page)
            for other, title in TITLES.items():
                target = (here.parent / links[title].get("href", "")).resolve()
                expected = built / (f"editions/{other}/{page}" if other else page)
                assert target == expected.resolve()
                assert target.is_file()
            current = [title for title, a in links.items() if a.get("aria-current")]
            assert current == [called]
            assert text(next(switcher.iter("summary"))) == f"Edition: {called}"


def test_what_differs_is_what_the_two_runs_differ_in(
    executed: dict[str, Path], beside: list[Book], all_pages: dict[str, Element]
) -> None:
    same = 0
    for book in beside:
        for section, path in book.executed.items():
            tree = of_edition(all_pages, book.name)[f"book/{section}.html"]
            found = diff.between(extract.read(executed[section]), extract.read(path))
            if not found:
                [told] = classed(tree, "p", "differing")
                assert text(told).endswith("the same in the edition “As in the paper”.")
                same += 1
                continue
            [block] = classed(tree, "details", "differing")
            summary = block.find("./summary")
            assert summary is not None
            assert text(summary) == f"What differs from “As in the paper”: {found.summary}"
            tables = {figure.get("id"): figure for figure in block.iter("figure")}
            for table in diff_tables.tables(found, "As in the paper", "This edition"):
                rows = tables.pop(table.name).findall(".//tbody/tr")
                assert [text(row[0]) for row in rows] == [
                    " ".join(str(first).split()) for first in table.rows[table.columns[0].name]
                ]
            assert not tables
    assert same == 6, "foreign trade, robustness and data, twice"


def test_the_default_book_and_pages_without_a_notebook_say_nothing_of_differences(
    all_pages: dict[str, Element],
) -> None:
    silent = list(of_edition(all_pages, "").values())
    silent += [of_edition(all_pages, "cn")[f"book/{page}.html"] for page in ("index", "references")]
    assert [e for tree in silent for e in tree.iter() if "differing" in e.get("class", "")] == []


def test_a_flipped_verdict_leads_to_its_statement(all_pages: dict[str, Element]) -> None:
    for page, start in (("small-enterprises", "#claim-"), ("claims", "#ledger-")):
        tree = of_edition(all_pages, "cn")[f"book/{page}.html"]
        [figure] = [f for f in tree.iter("figure") if f.get("id") == "changes-verdicts"]
        links = [a.get("href", "") for a in figure.iter("a")]
        assert len(links) == len(figure.findall(".//tbody/tr"))
        assert all(link.startswith(start) for link in links)


# Building


def small(folder: Path, source: str) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    cells = [nbformat.v4.new_markdown_cell(source, id="title")]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / "one.ipynb")
    return {"one": folder / "one.ipynb"}


def content(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    digest = recorder.file_digest
    return {path.relative_to(folder).as_posix(): digest(str(path)) for path in files}


@pytest.fixture
def ordered(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Return what was ordered of each process, by the names of the folders."""
    told: list[list[str]] = []
    answers = Renderer.answers

    def spied(self: Renderer, orders: Sequence[Order]) -> Any:
        told.append([Path(order.work).name for order in orders])
        return answers(self, orders)

    monkeypatch.setattr(Renderer, "answers", spied)
    return told


def test_only_what_has_changed_is_rendered_and_a_fault_leaves_the_whole_site(
    copied: Path, tmp_path: Path, ordered: list[list[str]]
) -> None:
    output = tmp_path / "html"
    settings = yaml.safe_load((copied / "_config.yml").read_text("utf-8"))
    settings["sphinx"]["config"]["html_baseurl"] = "https://a.example/"
    (copied / "_config.yml").write_text(yaml.safe_dump(settings), "utf-8")
    default = small(tmp_path / "default", "# One\n\nGood.")
    a = Book(small(tmp_path / "a", "# One\n\nOther."), "a", "Edition A")
    b = Book(default, "b", "Edition B")

    def render(*beside: Book) -> bool:
        return build.render(copied, default, output, editions=beside)

    assert render(a) is True
    assert ordered == [["default", "a"]]
    assert render(a) is False
    alone = content(output)

    assert render(a, b) is True
    assert ordered[1:] == [["b"]], "a new edition has no other book rendered"
    site = content(output)
    listed = (output / "editions" / "a" / "book" / "one.html").read_text("utf-8")
    assert "Edition B" in listed
    assert "Against “As in the paper” no value, table, chart or verdict changed." in listed
    in_b = (output / "editions" / "b" / "book" / "one.html").read_text("utf-8")
    assert "This page is the same" in in_b
    canonical = '<link rel="canonical" href="https://a.example/{}">'
    assert canonical.format("editions/a/book/one.html") in listed
    assert canonical.format("book/one.html") in in_b, "it is the same page"
    door = (output / "editions" / "a" / "book" / "index.html").read_text("utf-8")
    assert canonical.format("book/index.html") in door

    broken = Book(small(tmp_path / "broken", "# One\n\n{cite}`nobody`"), "a", "Edition A")
    with pytest.raises(SiteError, match=r"(?s)did not render edition a:.*nobody"):
        render(broken, b)
    assert content(output) == site
    assert render(a, b) is False, "the site in place is this one"

    assert render(a) is True
    assert ordered[2:] == [["a"], ["a"]], "after a fault a book is rendered anew, whole"
    assert content(output) == alone
    assert build.render(copied, default, output) is True
    assert ordered[4:] == [], "to publish fewer books none is rendered"
    assert not (output / "editions").exists()


def test_a_book_rendered_beside_others_is_the_one_rendered_alone(
    copied: Path, tmp_path: Path
) -> None:
    default = small(tmp_path / "default", "# One\n\nGood $x$.")
    a = Book(small(tmp_path / "a", "# One\n\nOther $y$."), "a", "Edition A")
    at_once, in_turn = tmp_path / "at-once", tmp_path / "in-turn"
    build.render(copied, default, at_once, editions=[a])
    build.render(copied, default, in_turn)
    build.render(copied, default, in_turn, editions=[a])

    assert content(at_once) == content(in_turn)


def test_an_edition_with_other_static_files_is_not_published(tmp_path: Path) -> None:
    for name, style in (("", "a"), ("cn", "b")):
        (tmp_path / f"html{name}" / "_static").mkdir(parents=True)
        (tmp_path / f"html{name}" / "_static" / "style.css").write_text(style, "utf-8")
    parts = [assemble.Part(tmp_path / f"html{name}", name, "", {}) for name in ("", "cn")]
    with pytest.raises(SiteError, match=r"edition cn has another _static/style\.css"):
        assemble.publish(parts, tmp_path / "out", "2026-01-31")
    assert not (tmp_path / "out").exists()


def test_a_run_that_fails_says_in_which_edition(copied: Path) -> None:
    cells = [
        nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["parameters"]}, id="parameters"),
        nbformat.v4.new_code_cell("assert x < 2, 'x is too large'", id="check"),
    ]
    metadata = {"kernelspec": execute.KERNEL, "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, copied / "book" / "one.ipynb")
    listed = [Edition("", "", {}), Edition("two", "Two", {"one": {"x": 2}})]
    with pytest.raises(editions.RunError, match=r"^edition two: .*x is too large"):
        editions.execute(listed, copied)


# All of them


@pytest.mark.soak
def test_the_site_with_all_editions_is_whole_and_small(
    executed: dict[str, Path], tmp_path: Path
) -> None:
    output = tmp_path / "html"
    books = editions.execute(editions.read(ROOT), ROOT)
    assert build.render(ROOT, executed, output, editions=books) is True

    files = [path for path in output.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 60_000_000
    pages = [path for path in files if path.suffix == ".html"]
    assert max(path.stat().st_size for path in pages) < 400_000
    for page in pages:
        for address in re.findall(r'(?:href|src)="([^"#?]+)', page.read_text("utf-8")):
            if not re.match(r"\w+:", address):
                rooted = address.startswith("/")  # in 404.html, which is shown anywhere
                target = output / address[1:] if rooted else page.parent / address
                assert target.exists(), f"{page.relative_to(output)}: {address}"
    default = sorted(path.name for path in (output / "book").iterdir())
    for book in books:
        folder = output / "editions" / book.name / "book"
        assert sorted(path.name for path in folder.iterdir()) == default
