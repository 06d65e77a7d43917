"""Terms in the prose: the first mention of each on a page leads to its entry in the glossary.

What a term means shows where a pointer or the keyboard rests on it, without scripts, and is its
description for a reader of screens. Headings, tables, code, links and quoted works stay as they
are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

_PROSE = (nodes.paragraph, nodes.emphasis, nodes.strong)
"""What may stand around a term, up to its paragraph."""
_NO_PROSE = (nodes.table, nodes.citation, nodes.footnote, nodes.Admonition)


@dataclass(frozen=True)
class Entry:
    """An entry of a glossary: its page, its anchor there, and what the term means."""

    page: str
    anchor: str
    meaning: str


class mention(nodes.Inline, nodes.TextElement):  # type: ignore[misc]  # noqa: N801
    """A mention of a term: its text, with the address of its entry and its meaning."""


def entries(env: BuildEnvironment) -> dict[str, Entry]:
    """Return what the glossaries of the book define: term -> entry, synonyms with the same one."""
    objects = env.get_domain("std").objects  # type: ignore[attr-defined]
    pages = sorted({page for (kind, _), (page, _) in objects.items() if kind == "term"})
    defined: dict[str, Entry] = {}
    for page in pages:
        for glossary in env.get_doctree(page).findall(addnodes.glossary):
            for item in glossary.findall(nodes.definition_list_item):
                terms = [child for child in item.children if isinstance(child, nodes.term)]
                meaning = next(item.findall(nodes.paragraph)).astext()
                entry = Entry(page, terms[0]["ids"][0], meaning)
                defined |= {child.astext(): entry for child in terms}
    return defined


def pattern(terms: Mapping[str, object]) -> re.Pattern[str]:
    """Return what matches a mention of any term, its plural too, the longest term first.

    >>> pattern({"gauge": 0, "rain gauge": 0}).findall("Gauges, a rain gauge")
    ['Gauge', 'rain gauge']
    """
    written = [
        f"[{name[0].upper()}{name[0].lower()}]{re.escape(name[1:])}"
        for name in sorted(terms, key=len, reverse=True)
    ]
    return re.compile(rf"(?<![\w-])({'|'.join(written)})(?=(?:s|es)?(?![\w-]))")


def _mark(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Make the first mention of each term of the glossary a link to its entry."""
    known = entries(app.env)
    if not known or any(entry.page == page for entry in known.values()):
        return
    mentions = pattern(known)
    lowered = {name.lower(): entry for name, entry in known.items()}
    seen: set[Entry] = set()
    for text in [text for text in doctree.findall(nodes.Text) if _is_prose(text)]:
        parts: list[nodes.Node] = []
        rest = 0
        for match in mentions.finditer(text):
            entry = lowered[match[1].lower()]
            if entry in seen:
                continue
            seen.add(entry)
            end = _end(text, match.end())
            address = f"{app.builder.get_relative_uri(page, entry.page)}#{entry.anchor}"
            marked = mention("", text[match.start() : end], address=address, meaning=entry.meaning)
            marked["name"] = f"meaning-{entry.anchor}"
            parts += [nodes.Text(text[rest : match.start()]), marked]
            rest = end
        if parts:
            _paragraph(text)["classes"] = ["with-terms"]
            text.parent.replace(text, [*parts, nodes.Text(text[rest:])])


def _end(text: str, end: int) -> int:
    """Return where a word ends that a term of the plural began."""
    while end < len(text) and text[end].isalpha():
        end += 1
    return end


def _is_prose(text: nodes.Text) -> bool:
    above = text.parent
    while isinstance(above, _PROSE) and not isinstance(above, nodes.paragraph):
        above = above.parent
    if not isinstance(above, nodes.paragraph):
        return False
    while above is not None:
        if isinstance(above, _NO_PROSE):
            return False
        above = above.parent
    return True


def _paragraph(text: nodes.Node) -> nodes.Element:
    above = text.parent
    while not isinstance(above, nodes.paragraph):
        above = above.parent
    return above


def _follow(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages to write again because the glossary changed: all of them."""
    now = entries(env)
    known, env.terms_shown = getattr(env, "terms_shown", None), now  # type: ignore[attr-defined]
    return list(env.found_docs) if now != known else []


def _add_script(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    if 'class="term"' in context.get("body", ""):
        app.add_js_file("terms.js", defer="defer")


def _open(translator: Any, node: mention) -> None:
    translator.body.append(
        f'<span class="term"><a href="{escape(node["address"])}" aria-describedby="{node["name"]}">'
    )


def _close(translator: Any, node: mention) -> None:
    translator.body.append(
        f'</a><span class="meaning" role="tooltip" id="{node["name"]}">'
        f"{escape(node['meaning'])}</span></span>"
    )


EVENTS = (
    ("env-updated", _follow),
    ("doctree-resolved", _mark),
    ("html-page-context", _add_script, 400),  # before the list of scripts is closed
)
NODES = {mention: (_open, _close)}
