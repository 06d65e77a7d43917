"""No number of the book is typed by hand: what the check lets stand, and what it finds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from borderbook import cli
from borderbook.inputs import InputError
from borderbook.publishing import typed_numbers as prose
from borderbook.publishing.typed_numbers import typed_numbers
from tests.real_book import ROOT

LEFT_ALONE = {
    "no number": "The share of the group fell.",
    "year": "The series ends in 2017, and (2018) is open; before 2014-based prices.",
    "years, dash": "From 2016–2018 trade fell.",
    "years, hyphen": "From 2016-2017 trade fell.",
    "decade": "Trade grew in the 2010s.",
    "citation": "As others found {cite}`abramov2016investment,popkova2018`, {cite:t}`vance2012`.",
    "table": "Table 1 adds up; the paper's Table 2 does not.",
    "tables": "Tables 1 and 2 differ, as do tables 3, 4 and 5 and Tables 6–7.",
    "table over two lines": "See Table\n1 for more.",
    "section": "See Section 2 and sections 3 to 5.",
    "reference": "Reference 13 is not cited; references 3, 4 and 5 are.",
    "publication": "It stands in *Advances*, volume 364, pages 204–207.",
    "code span": "Run `papermill in.ipynb -p last 16` and ``a 5``.",
    "code over two lines": "Run `a 5\n b 6` now.",
    "fence": "Then:\n\n```\nborderbook build -p first_year=12\n```\n",
    "tilde fence": "~~~python\nx = 12\n~~~",
    "indented code": "Then:\n\n    x = 12\n",
    "glued": "{glue:text}`share-12` %, {glue:}`n2` of {glue:text}`b.ipynb::n3:.1f`; {eval}`x + 1`.",
    "reference role": "See {ref}`the table <table-12>` and {doc}`page-3`.",
    "address": "See [the page](https://example.org/12/x?y=34) or <https://example.org/56>.",
    "address below": "See [the page][1].\n\n[1]: https://example.org/12",
    "picture": "![A page](page-12.png)",
    "directive line": "```{exhibit} page.ipynb::table-12\n```",
    "directive options": "```{figure} map-12.png\n:width: 80%\n:name: map-3\nThe border\n```",
    "directive options as YAML": "```{note}\n---\nwidth: 80\n---\nThe border\n```",
    "colon directive line": ":::{admonition} note-3\n:class: c12\nThe border\n:::",
    "math directive": "```{math}\ns = 100 x\n```",
    "code directive": "```{code-block} python\nx = 12\n```",
    "target": "(section-2)=\n## Shares",
    "comment": "% 12 of the 13\n\n<!-- 14 -->\n\nThe border",
    "formula": "The ratio $x_1 / 100$ and\n\n$$s = 100 \\cdot x$$\n",
    "names": "ISO 3166-2, ISO 3166-2:RU, CC BY 4.0, UTF-8.",
    "names of the content": "OKVED2, OKVED 2, NACE Rev. 2.",
    "version": "With Python 3.11 or later and Jupyter Book 1.",
    "list numbers": "1. first\n2. second\n",
    "footnote": "The border[^1].\n\n[^1]: By land.",
    "a word of wording": "Two ratios do not grow. It changed three times. All four fell.",
    "a word that names": "The three of the border regions are not.",
    "a word after of": "It cannot be computed for any of the seven years.",
    "a word after glue and noun": "{glue:text}`n` printed cells of the two tables.",
    "one": "One of the regions stands out.",
}

FOUND = {
    "digit": ("The group has 12 regions.", [(1, "12")]),
    "decimal": ("It held 12.5 % and 1,234 firms.", [(1, "12.5"), (1, "1,234")]),
    "later line": ("# Shares\n\nFirst\nthen 7 more.", [(4, "7")]),
    "heading": ("## The 12 regions", [(1, "12")]),
    "emphasis": ("It is **12** and *1*3.", [(1, "12"), (1, "13")]),
    "list item": ("- 12 regions", [(1, "12")]),
    "quotation": ("> some\n> 12 regions", [(2, "12")]),
    "table cell": ("| a | b |\n|---|---|\n| 5 | x |\n| y | 6 |", [(3, "5"), (4, "6")]),
    "link text": ("See [the 12 regions](a.ipynb).", [(1, "12")]),
    "link title": ('See [this](a.ipynb "12 regions").', [(1, "12")]),
    "text of a picture": ("![12 regions](a.png)", [(1, "12")]),
    "footnote text": ("A[^1].\n\n[^1]: With 12 regions.", [(3, "12")]),
    "definition": ("Group\n: 12 regions", [(2, "12")]),
    "directive text": ("```{note}\n:class: c1\n\nIt has\n12 regions\n```", [(5, "12")]),
    "colon directive text": (":::{note}\nIt has\n12 regions\n:::", [(3, "12")]),
    "HTML": ("<p>a\n12 regions</p>", [(2, "12")]),
    "inline HTML": ("It has <b>12</b> regions.", [(1, "12")]),
    "other role": ("About {sub}`12`.", [(1, "12")]),
    "formula of a number": ("It is $12.5$ %.\n\n$$42$$", [(1, "12.5"), (3, "42")]),
    "after code over two lines": ("Run `a\nb` for\n12 regions.", [(3, "12")]),
    "amount like a year": (
        "2016 million, 1,950, 1950 %, 2017 percentage points, 2018km",
        [(1, "2016"), (1, "1,950"), (1, "1950"), (1, "2017"), (1, "2018")],
    ),
    "year out of range": ("In 1812 and 2100.", [(1, "1812"), (1, "2100")]),
    "short range": ("In 2016-17.", [(1, "2016"), (1, "17")]),
    "after a table": ("In Table 1, 3 of many; Tables 1 and 2, 4.", [(1, "3"), (1, "4")]),
    "table as an amount": ("in the table 12 %", [(1, "12")]),
    "name as a prefix": ("ISO 3166-2 has 89; OKVED2 has 21.", [(1, "89"), (1, "21")]),
    "longer than the name": ("OKVED 23", [(1, "23")]),
    "fraction": ("It is ½ of it.", [(1, "½")]),
    "word before": ("Seven of the regions grew.", [(1, "Seven")]),
    "words": ("It is\nseven of the twelve.", [(2, "seven"), (2, "twelve")]),
    "words, out of": ("eleven out of twenty-one", [(1, "eleven"), (1, "twenty-one")]),
    "words, its": ("twenty of its regions, five of these.", [(1, "twenty"), (1, "five")]),
    "word, emphasis": ("**Seven** of the regions", [(1, "Seven")]),
    "word after glue": ("{glue:text}`n` of the twelve", [(1, "twelve")]),
    "word before glue": ("seven of {glue:text}`n`", [(1, "seven")]),
    "word per cent": ("ten per cent, two percentage points", [(1, "ten"), (1, "two")]),
}


def notebook(path: Path, *cells: tuple[str, str]) -> Path:
    written = [{"cell_type": "markdown", "id": name, "source": text} for name, text in cells]
    path.write_text(json.dumps({"cells": written}), "utf-8")
    return path


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_is_no_typed_number_is_left_alone(text: str, tmp_path: Path) -> None:
    assert typed_numbers(notebook(tmp_path / "a.ipynb", ("only", text))) == []


@pytest.mark.parametrize(("text", "expected"), FOUND.values(), ids=FOUND)
def test_a_typed_number_is_found_with_its_line(
    text: str, expected: list[tuple[int, str]], tmp_path: Path
) -> None:
    faults = typed_numbers(notebook(tmp_path / "a.ipynb", ("only", text)))
    assert [(fault.line, fault.text) for fault in faults] == expected


def test_a_book_lists_names_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "a.md"
    page.write_text("Since Apollo 11 and OKVED2.", "utf-8")
    (tmp_path / "_toc.yml").touch()
    (tmp_path / "pyproject.toml").write_text("[tool.borderbook]\nnames = ['Apollo \\d+']\n")
    monkeypatch.chdir(tmp_path)

    assert [number.text for number in typed_numbers(page)] == ["2"]


def test_code_cells_and_outputs_are_no_prose(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "id": "a", "source": "x = 12"}]}))
    assert typed_numbers(path) == []


def test_a_cell_stored_as_lines_is_named_by_its_id(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(
        json.dumps({"cells": [{"cell_type": "markdown", "id": "one", "source": ["a\n", "12"]}]})
    )
    (fault,) = typed_numbers(path)
    assert (fault.cell, fault.line) == ("one", 2)


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"cells": [{}]}'])
def test_a_broken_notebook_is_told(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(broken)
    with pytest.raises(InputError, match=r"a\.ipynb"):
        typed_numbers(path)


def test_a_page_is_checked_without_its_front_matter(tmp_path: Path) -> None:
    page = tmp_path / "index.md"
    page.write_text("---\nlevel: 12\n---\n# The border\n\nOf 12 regions\n")
    (fault,) = typed_numbers(page)
    assert (fault.cell, fault.line, fault.text) == (None, 6, "12")
    assert "::name:s" in fault.fix


def test_readme_may_number_the_rows_of_a_table_but_not_state_a_result(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(
        "| floor | has |\n|---|---|\n| 5 door | `cli` |\n| 4 | 3 modules |\n\n$5$ a\n"
    )
    faults = typed_numbers(readme)
    assert [(fault.line, fault.text) for fault in faults] == [(4, "3"), (6, "5")]
    assert all("without the number" in fault.fix for fault in faults)


@pytest.mark.parametrize("page", prose.pages(ROOT), ids=lambda page: page.name)
def test_the_book_itself_has_no_typed_number(page: Path) -> None:
    assert [str(fault) for fault in typed_numbers(page)] == []


def test_every_notebook_and_page_is_looked_at() -> None:
    names = {page.name for page in prose.pages(ROOT)}
    assert {"index.md", "README.md", "small-enterprises.ipynb", "conclusion.ipynb"} <= names


@pytest.mark.parametrize(
    "page", sorted((ROOT / "book").glob("*.ipynb")), ids=lambda page: page.stem
)
def test_a_digit_added_to_any_cell_of_a_notebook_names_the_cell(page: Path, tmp_path: Path) -> None:
    book = json.loads(page.read_text("utf-8"))
    copy = tmp_path / page.name
    for cell in book["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        before = "".join(cell["source"])
        cell["source"] = f"{before}\n\nA share of 38.2 %."
        copy.write_text(json.dumps(book), "utf-8")
        cell["source"] = before
        (fault,) = typed_numbers(copy)
        assert (fault.cell, fault.text) == (cell["id"], "38.2")
        assert fault.line == len(before.splitlines()) + 2


def test_the_command_tells_each_fault_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "book").mkdir()
    shutil.copyfile(ROOT / "README.md", tmp_path / "README.md")
    notebook(tmp_path / "book" / "a.ipynb", ("one", "It grew."), ("two", "By\n12 % or 13."))
    (tmp_path / "_toc.yml").touch()
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli.app, ["check"])
    assert done.exit_code == 2
    assert done.stdout.splitlines() == [
        f"book/a.ipynb, cell two, line 2: '{number}' is typed by hand; "
        "glue it: glue(name, text) in a code cell, {glue:text}`name` here"
        for number in ("12", "13")
    ]


def test_the_command_passes_a_book_without_typed_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "README.md").write_text("# The border\n")
    (tmp_path / "pyproject.toml").write_text('[tool.borderbook]\ngenerated = ["book/made.md"]\n')
    (tmp_path / "book" / "made.md").write_text("At most 12 of them.\n")
    notebook(tmp_path / "book" / "a.ipynb", ("one", "It grew."))
    (tmp_path / "_toc.yml").touch()
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli.app, ["check"])
    assert (done.exit_code, done.stdout) == (0, "")
