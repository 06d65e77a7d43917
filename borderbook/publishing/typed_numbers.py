"""Numbers in prose: what a person typed where the book should say what it computed.

The rule. No digit is typed by hand in the prose of a notebook, of a page or of README, but for

- years used as names: 1900 to 2099, ranges of them, and decades (not "2016 %" or "2016 million");
- references to tables, sections and references; volume and pages of a publication;
- names that contain a digit, and versions: NAMES, and those that the setting `names` lists;
- what is no prose: roles that compute, cite, refer or show code; code, formulas, addresses,
  directive lines, comments, numbers of list items, and in README a number that opens a row of a
  table. A formula without a letter is prose.

A number word from two to ninety-nine states a result in three places: before "of the" and its like
("seven of the regions"), unless "the", "these" or "those" precedes it; after "of the" if a number
stands before that, typed or glued ("seven of the twelve"); and before "per cent" or "percentage
points". Elsewhere ("two ratios", "changed three times", "any of the seven years") it is wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from borderbook import book, notebooks

NAMES = (
    r"ISO \d+(?:-\d+)?",
    r"RFC \d+",
    r"UTF-\d+",
    r"SHA-\d+",
    r"CC BY(?:-[A-Z]+)* \d\.\d",
    r"(?:Python|Jupyter Book|Vega-Lite|[Vv]ersion) \d+(?:\.\d+)*",
)
"""Names that contain a digit, as patterns; those of a book's own are in its setting `names`."""

_QUOTING = re.compile(r"cite(:.*)?|ref|numref|eq|doc|download|term|math|code")
_SILENT = ("code", "code-block", "code-cell", "sourcecode", "math", "toctree", "bibliography")
"""Directives whose body is no prose."""

_COMPUTED, _OTHER = "\ufffc", "\ufffd"
"""What stands in the text for a glued number, and for anything else that is no prose."""

_NO_AMOUNT = (
    r"(?!\w|[.,–-]\d)(?!\s*(?:%|per\s?cent|percentage|thousand|million|billion|trillion|times))"
)
_YEAR = r"(?:19|20)\d\d"
_EXEMPT = (
    re.compile(
        r"\b(?:tables|sections|references)\s+\d+"
        rf"(?:(?:,\s\d+)*,?\s(?:and|or|to)\s\d+|\s?[–-]\s?\d+)?{_NO_AMOUNT}",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:table|section|reference)\s+\d+{_NO_AMOUNT}", re.IGNORECASE),
    re.compile(
        rf"\b(?:volume|pages?)\s+\d+(?:\s?[–-]\s?\d+)?{_NO_AMOUNT}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<![\w.,$€₽+−]){_YEAR}(?:\s?[–-]\s?{_YEAR}|s\b)?{_NO_AMOUNT}"),
)
_NUMBER = re.compile(r"[\d¼-¾⅐-⅞]+(?:[.,]\d+)*")
_UNITS = "two|three|four|five|six|seven|eight|nine"
_WORD = (
    rf"\b(?:{_UNITS}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    rf"(?:-(?:one|{_UNITS}))?)\b"
)
_OF = r"\s(?:out\s)?of\s"
_RESULTS = (
    re.compile(
        rf"(?<!\bthe\s)(?<!\bthese\s)(?<!\bthose\s)(?P<number>{_WORD})"
        rf"(?={_OF}(?:the|its|these|those|{_COMPUTED}|{_WORD}))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:[\d{_COMPUTED}]|{_WORD}){_OF}(?:(?:the|its|these|those|all)\s)?"
        rf"(?P<number>{_WORD})",
        re.IGNORECASE,
    ),
    re.compile(rf"(?P<number>{_WORD})(?=\s(?:%|per\s?cent|percentage\spoints?))", re.IGNORECASE),
)


@dataclass(frozen=True)
class TypedNumber:
    """A number typed by hand: where it stands (`cell` is None in a page), and its text."""

    path: Path
    cell: str | None
    line: int
    text: str

    @property
    def fix(self) -> str:
        """What to do about it."""
        if self.cell is not None:
            return "glue it: glue(name, text) in a code cell, {glue:text}`name` here"
        if self.path.name == "README.md":
            return "glue it on a page of the book, and say it here without the number"
        return "glue it in a notebook, and write {glue:text}`notebook.ipynb::name:s` here"

    def __str__(self) -> str:
        """Return all of it as one line."""
        place = str(self.path) if self.cell is None else f"{self.path}, cell {self.cell}"
        return f"{place}, line {self.line}: {self.text!r} is typed by hand; {self.fix}"


def pages(root: Path) -> list[Path]:
    """Return what the rule holds for: notebooks and pages of the book, and README if there is one.

    They are paths in the folder `root`. Pages that the setting `generated` names are left out: no
    person types what stands there.
    """
    folder = root / "book"
    listed = [*sorted(folder.glob("*.ipynb")), *sorted(folder.glob("*.md"))]
    generated = {root / name for name in book.setting("generated", [])}
    return [*(page for page in listed if page not in generated), *root.glob("README.md")]


def typed_numbers(path: Path) -> list[TypedNumber]:
    """Return the numbers typed by hand in a notebook's Markdown cells, or in a Markdown page.

    Lines count from 1 within the cell or page. Raises InputError if a notebook cannot be read.
    """
    texts: Iterable[tuple[str | None, str]] = (
        notebooks.prose(path) if path.suffix == ".ipynb" else [(None, path.read_text("utf-8"))]
    )
    readme = path.name == "README.md"
    return [
        TypedNumber(path, cell, line, number)
        for cell, text in texts
        for line, number in _typed(text, readme=readme)
    ]


def _typed(text: str, *, readme: bool = False) -> list[tuple[int, str]]:
    """Return line and text of each number typed by hand, in order.

    >>> _typed("In 2016 Table 2 had 12.5 % in\\nseven of the regions.")
    [(1, '12.5'), (2, 'seven')]
    """
    lines = text.splitlines()
    typed: list[tuple[int, str]] = []
    for start, end, prose in _prose(text, readme=readme):
        for position, number in _numbers(prose):
            likely = start + prose.count("\n", 0, position)
            # Code and formulas over two lines have lost their line break: look on from there.
            line = next((i for i in range(likely, end) if number in lines[i]), likely)
            typed.append((line + 1, number))
    return sorted(typed, key=lambda number: number[0])


def _numbers(prose: str) -> list[tuple[int, str]]:
    """Return place and text of each number in a prose without markup, in order."""
    rest = prose
    for pattern in (*_names(), *_EXEMPT):
        rest = pattern.sub(lambda match: re.sub(r"\S", _OTHER, match[0]), rest)
    numbers = {match.start(): match[0] for match in _NUMBER.finditer(rest)}
    for pattern in _RESULTS:
        numbers |= {match.start("number"): match["number"] for match in pattern.finditer(rest)}
    return sorted(numbers.items())


def _names() -> tuple[re.Pattern[str], ...]:
    """Return what matches names that contain a digit."""
    return _compiled((*NAMES, *book.setting("names", [])))


@lru_cache
def _compiled(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w){name}(?![\w.]?\d)") for name in names)


def _prose(text: str, first: int = 0, *, readme: bool = False) -> Iterator[tuple[int, int, str]]:
    """Yield each stretch of prose: its first line, the line after its last, its text."""
    tokens = _parser(readme=readme).parse(text)
    for at, token in enumerate(tokens):
        start, end = (first + line for line in token.map or (0, 0))
        if token.type in ("fence", "colon_fence"):
            skipped, body = _body(token)
            yield from _prose(body, start + 1 + skipped, readme=readme)
        elif token.type == "inline":
            plain = _plain(token.children or [])
            opens_row = [before.type for before in tokens[:at][-2:]] == ["tr_open", "td_open"]
            yield start, end, re.sub(r"^\d+\b", "", plain) if readme and opens_row else plain
        elif token.type == "html_block":
            yield start, end, BeautifulSoup(token.content, "html.parser").get_text()
        elif token.type.startswith("math_block"):
            yield start, end, _formula(token.content)


def _parser(*, readme: bool) -> MarkdownIt:
    """Return a parser that reads as the site does; README is read as plain Markdown."""
    if readme:
        return MarkdownIt("commonmark").enable("table")
    extensions = {"dollarmath", "colon_fence", "deflist"}
    return create_md_parser(MdParserConfig(enable_extensions=extensions), RendererHTML)


def _body(fence: Token) -> tuple[int, str]:
    """Return the prose in a directive, and the number of lines of options before it."""
    directive = re.match(r"\{([^}]+)\}", fence.info.strip())
    if not directive or directive[1] in _SILENT:
        return 0, ""
    options = re.match(r"---\n(?:.*\n)*?---(?:\n|$)|(?::\S.*(?:\n|$))*", fence.content)
    head = options[0] if options else ""
    return head.count("\n"), fence.content[len(head) :]


def _plain(tokens: Iterable[Token]) -> str:
    """Return the text of inline markup, with a mark for each thing that is no prose."""
    parts: list[str] = []
    address = False
    for token in tokens:
        if token.type in ("link_open", "link_close"):
            address = token.type == "link_open" and token.info == "auto"
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "text":
            parts.append(_OTHER if address else token.content)
        elif token.type == "image":
            parts.append(_plain(token.children or []))
        elif token.type == "myst_role":
            parts.append(_role(token))
        elif token.type.startswith("math_inline"):
            parts.append(_formula(token.content))
        elif token.content and token.type != "html_inline":
            parts.append(_OTHER)
        if title := token.attrGet("title"):
            parts.append(f" {title} ")
    return "".join(parts)


def _role(token: Token) -> str:
    """Return the text of a role, or a mark if it computes, cites, refers or shows code."""
    name = token.meta["name"]
    if name.partition(":")[0] in ("glue", "eval"):
        return _COMPUTED
    return _OTHER if _QUOTING.fullmatch(name) else token.content


def _formula(content: str) -> str:
    """Return a mark for a formula; one without a letter is a number in disguise."""
    return _OTHER if re.search(r"[^\W\d_]", content) else content
