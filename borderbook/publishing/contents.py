"""The table of contents, `_toc.yml`: its pages, and those of the author's manual.

The setting `manual` names the first page of the manual; the pages below it in the contents belong
to it. It is about the book's tools, not about its subject: it is part of the site's default book,
and neither of its editions nor of its PDF.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from borderbook import book, inputs


def pages(contents: Any) -> Iterator[str]:
    """Return the pages that a part of the table of contents names, at any depth."""
    if isinstance(contents, Mapping):
        yield from (str(contents[key]) for key in ("root", "file") if key in contents)
        contents = list(contents.values())
    if isinstance(contents, list):
        for part in contents:
            yield from pages(part)


def read(root: Path) -> Any:
    """Return the table of contents of the book in `root`."""
    return inputs.read_yaml(root / book.CONTENTS)


def manual(root: Path) -> frozenset[str]:
    """Return the pages of the author's manual, as the contents name them; none if there is none."""
    whole = read(root)
    return frozenset(pages(whole)) - frozenset(pages(_without(whole, book.setting("manual"))))


def without_manual(root: Path) -> str:
    """Return the text of the table of contents without the author's manual."""
    import yaml  # noqa: PLC0415

    cut = _without(read(root), book.setting("manual"))
    return yaml.safe_dump(cut, sort_keys=False)


def _without(contents: Any, page: str | None) -> Any:
    """Return a part of the contents without a page and those below it."""
    if isinstance(contents, Mapping):
        return {key: _without(value, page) for key, value in contents.items()}
    if isinstance(contents, list):
        retained = [part for part in contents if not (page and dict(part).get("file") == page)]
        return [_without(part, page) for part in retained]
    return contents
