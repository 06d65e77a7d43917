"""What each release changed, for a page of the book: releases are the tags of its repository."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import Path

from borderbook import book, files, notebooks
from borderbook.publishing import repository

MARK = "<!-- releases -->"
"""Where a page of the book leaves room for what changed from release to release."""
_NONE = "<p>No release is tagged in the repository that this copy was built from.</p>"
_ANCHOR = re.compile(r'<a href="#[^"]*">(.*?)</a>', re.DOTALL)


def texts(
    root: Path, pages: Mapping[str, Path], executed: Mapping[str, Path], work: Path
) -> dict[str, Path]:
    """Return the pages with MARK, each with what every release changed in the mark's place.

    `pages` are the book's texts, `executed` its notebooks as they are now; `work` is the folder
    where the pages go.
    """
    written = {}
    for name, path in pages.items():
        text = path.read_text("utf-8")
        if MARK in text:
            written[name] = work / "releases" / Path(name).name
            files.keep(written[name], text.replace(MARK, _block(root, executed, work)))
    return written


def _block(root: Path, executed: Mapping[str, Path], work: Path) -> str:
    """Return as HTML what each release changed against the one before, the newest first.

    What is not released yet is left out of a book with other parameters than those of a release.
    """
    released = repository.releases(root)
    if not released:
        return _NONE
    sources = b"".join(path.read_bytes() for path in sorted(book.ENGINE.rglob("*.py")))
    engine = hashlib.sha256(sources).hexdigest()
    blocks = [
        _changed(root, work, f"{after.name} ({after.day})", before, after.commit, engine=engine)
        for before, after in itertools.pairwise(released)
    ]
    if not any(map(notebooks.injected, executed.values())):
        digests = {section: files.digest(path) for section, path in executed.items()}
        now = json.dumps(digests, sort_keys=True)
        title = "Not released yet"
        blocks.append(
            _changed(root, work, title, released[-1], now, engine=engine, executed=executed)
        )
    first = f"<p>{escape(released[0].name)} ({released[0].day}) is the first release.</p>"
    return "\n".join([*reversed(blocks), first])


def _changed(
    root: Path,
    work: Path,
    title: str,
    before: repository.Release,
    after: str,
    *,
    engine: str,
    executed: Mapping[str, Path] | None = None,
) -> str:
    """Return what changed against a release: until the commit `after`, or in `executed` notebooks.

    It is computed once: `after` names the state, `engine` the sources of what computes. One block
    against each release is kept; its first line says what it was made from.
    """
    made_from = json.dumps([engine, title, before, after])
    sign = f"<!-- {hashlib.sha256(made_from.encode()).hexdigest()} -->\n"
    name = hashlib.sha256(before.name.encode()).hexdigest()[:20]
    file = work / "releases" / f"{name}.html"
    with contextlib.suppress(OSError):
        text = file.read_text("utf-8")
        if text.startswith(sign):
            return text.removeprefix(sign)
    from borderbook.figures import tables as figures  # noqa: PLC0415  (slow to import)
    from borderbook.results import diff, diff_tables, states  # noqa: PLC0415

    heading, against = f"<h2>{escape(title)}</h2>", f"Against {escape(before.name)}"
    try:
        old = repository.results(root, before.commit)
        new = states.of_sections(executed) if executed else repository.results(root, after)
    except repository.RevisionError:
        return f"{heading}<p>{against}: the notebooks of one of the two cannot be read.</p>"
    changes = diff.between(old, new)
    named = [
        replace(table, name=f"since-{before.name}-{table.name}", filters=())
        for table in diff_tables.tables(changes, before.name, "Then")
    ]
    shown = [diff_tables.folded(table, figures.html(table.resource())) for table in named]
    block = f"{heading}<p>{against}: {escape(changes.summary)}.</p>{''.join(shown)}"
    block = re.sub(r"\n\s*\n", "\n", _ANCHOR.sub(r"\1", block))
    files.keep(file, sign + block)
    return block
