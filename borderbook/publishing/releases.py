"""What each release changed, for a page of the book: releases are the tags of its repository."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from pathlib import Path

from borderbook import files
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
    """Return as HTML what each release changed against the one before, the newest first."""
    released = repository.releases(root)
    if not released:
        return _NONE
    digests = {section: files.digest(path) for section, path in executed.items()}
    blocks = [
        _changed(root, work, f"{after.name} ({after.day})", before, after.commit)
        for before, after in itertools.pairwise(released)
    ]
    now = hashlib.sha256(json.dumps(digests).encode()).hexdigest()
    blocks.append(_changed(root, work, "Not released yet", released[-1], now, executed=executed))
    first = f"<p>{escape(released[0].name)} ({released[0].day}) is the first release.</p>"
    return "\n".join([*reversed(blocks), first])


def _changed(
    root: Path,
    work: Path,
    title: str,
    before: repository.Release,
    after: str,
    *,
    executed: Mapping[str, Path] | None = None,
) -> str:
    """Return what changed against a release: until the commit `after`, or in `executed` notebooks.

    It is computed once: `after` names the state, and the file where the block is kept.
    """
    state = hashlib.sha256(f"{title} {before.name} {before.commit} {after}".encode()).hexdigest()
    file = work / "releases" / f"{state[:20]}.html"
    if not file.exists():
        from borderbook.figures import tables as figures  # noqa: PLC0415  (slow to import)
        from borderbook.results import diff, diff_tables, states  # noqa: PLC0415

        old = repository.results(root, before.commit)
        new = states.of_sections(executed) if executed else repository.results(root, after)
        changes = diff.between(old, new)
        shown = [
            diff_tables.folded(table, figures.html(replace(table, filters=()).resource()))
            for table in diff_tables.tables(changes, before.name, "Then")
        ]
        block = (
            f"<h2>{escape(title)}</h2><p>Against {escape(before.name)}: "
            f"{escape(changes.summary)}.</p>{''.join(shown)}"
        )
        files.keep(file, re.sub(r"\n\s*\n", "\n", _ANCHOR.sub(r"\1", block)))
    return file.read_text("utf-8")
