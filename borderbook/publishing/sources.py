"""What the book is made from, looked at before anything is executed: contents, settings, pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from borderbook import book, inputs, parts
from borderbook.errors import UserError
from borderbook.publishing import contents

CONFIG = "_config.yml"
"""The settings of the book, for Jupyter Book."""

_KINDS = (".md", ".ipynb")
# Names of pages and sections: they stand in addresses and in names of folders.
_NAME = re.compile(r"[\w][\w.-]*(/[\w][\w.-]*)*")


class SourceError(UserError, ValueError):
    """The book cannot be built from what is there: the message has a line for each reason."""


def check(root: Path) -> None:
    """Raise SourceError or InputError for what would fail once the notebooks are executed.

    That is a table of contents or a setting that cannot be read, a page of the contents that is not
    there, a notebook that the contents do not name, and a notebook or page that cannot be read.
    """
    book.check_settings()
    whole = contents.read(root)
    inputs.read_yaml(root / CONFIG)
    if not (root / "book").is_dir():
        raise SourceError(f"{inputs.place(root / 'book')}: there is no such folder; restore it")
    problems = list(_contents(root, whole))
    for path in sorted((root / "book").iterdir()):
        if path.suffix == ".ipynb":
            inputs.check_notebook(path, parts.parsed(path))
        elif path.suffix == ".md" and (
            conflict := inputs.conflicts(inputs.read_text(path), inputs.CONFLICT_IN_PROSE)
        ):
            problems.append(f"{inputs.place(path)}, {conflict}")
    if problems:
        raise SourceError("\n".join(problems))


def _contents(root: Path, whole: Any) -> Iterator[str]:
    """Return what is wrong with a table of contents, one line each."""
    from sphinx_external_toc import parsing  # noqa: PLC0415  (slow to import)

    place = inputs.place(root / book.CONTENTS)
    try:
        parsing.parse_toc_data(whole)
    except (parsing.MalformedError, TypeError, AttributeError) as error:
        yield f"{place}: {error}; correct it there"
        return
    named = list(contents.pages(whole))
    for page in dict.fromkeys(named):
        if not _NAME.fullmatch(page) or ".." in page:
            yield f"{place}: {page!r} is no name of a page; write it from here, as in book/index"
        elif not any((root / f"{page}{kind}").is_file() for kind in _KINDS):
            ending = next((kind for kind in _KINDS if page.endswith(kind)), "")
            fix = f"write it without {ending}" if ending else "write that page or take the line out"
            yield f"{place} names {page}, but there is no such page; {fix}"
        elif named.count(page) > 1:
            yield f"{place} names {page} twice; take one of the lines out"
    for path in sorted((root / "book").glob("*.ipynb")):
        if f"book/{path.stem}" not in named:
            yield (
                f"{inputs.place(path)}: {place} does not name this notebook; name it there as "
                f"file: book/{path.stem}, or move it out of book/"
            )
