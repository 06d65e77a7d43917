"""The repository that a book lies in, if any: its commit, its tags, and the book's results then."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from borderbook import scratch
from borderbook.errors import UserError
from borderbook.inputs import InputError

if TYPE_CHECKING:
    from borderbook.results.extract import Results


class RevisionError(UserError, ValueError):
    """A revision that the repository does not have, or that has no book."""


class Release(NamedTuple):
    """A tag of the repository: its name, the commit that it names, and the day of it."""

    name: str
    commit: str
    day: str


def commit(root: Path) -> str | None:
    """Return the commit that the book in `root` is at; None where there is no repository.

    It ends with a plus where a file that the repository knows is not as committed.
    """
    head = _git(root, "rev-parse", "HEAD")
    if head is None or not _is_at_top(root):
        return None
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    return head.strip() + ("+" if changed else "")


def releases(root: Path) -> list[Release]:
    """Return the tags of commits that hold notebooks of the book, oldest first.

    There are none where there is no repository of the book.
    """
    if not _is_at_top(root):
        return []
    # Git takes the last order as the first one.
    order = ("--sort=version:refname", "--sort=creatordate")
    form = "%(refname:lstrip=2)%09%(creatordate:short)"
    listed = _git(root, "for-each-ref", *order, f"--format={form}", "refs/tags") or ""
    released = []
    for name, day in (line.split("\t") for line in listed.splitlines()):
        tagged = _commit_of(root, f"refs/tags/{name}")
        if tagged and _notebooks(root, tagged):
            released.append(Release(name, tagged, day))
    return released


def results(root: Path, revision: str) -> Results:
    """Return what the notebooks of the book showed as they were committed in a revision.

    Raises RevisionError if there is no such revision, or it has no notebooks that can be read.
    """
    from borderbook.results import states  # noqa: PLC0415  (slow to import, seldom needed)

    named = _commit_of(root, revision)
    if named is None:
        raise RevisionError(
            f"{revision!r}: neither a file nor a revision of this repository; name a commit, a tag "
            "or a claims.json"
        )
    names = _notebooks(root, named)
    if not names:
        raise RevisionError(f"{revision!r}: there are no notebooks in book/ at this revision")
    with scratch.temporary("revision") as folder:
        executed = {}
        for name in names:
            path = folder / Path(name).name
            path.write_text(_git(root, "show", f"{named}:./{name}") or "", "utf-8")
            executed[path.stem] = path
        try:
            return states.of_sections(executed)
        except InputError as error:
            reason = str(error).replace(f"{folder}/", "book/")
            raise RevisionError(
                f"{revision!r}: its notebooks cannot be read, name a later revision. {reason}"
            ) from None


def _commit_of(root: Path, revision: str) -> str | None:
    """Return the commit that a revision names; None if it names none."""
    named = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    return named and named.strip()


def _notebooks(root: Path, named: str) -> list[str]:
    """Return the notebooks of the book in a commit, by their places below the book's folder."""
    listed = _git(root, "ls-tree", "-z", "--name-only", named, "book/") or ""
    return [name for name in listed.split("\0") if name.endswith(".ipynb")]


def _is_at_top(root: Path) -> bool:
    """Return whether the repository is the book's, not one that it happens to lie in."""
    top = _git(root, "rev-parse", "--show-toplevel")
    return top is not None and Path(top.strip()).resolve() == root.resolve()


def _git(root: Path, *words: str) -> str | None:
    """Return what git says of a folder; None if it fails, or is not there."""
    try:
        ended = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, check=False, encoding="utf-8"
        )
    except OSError:
        return None
    return ended.stdout if ended.returncode == 0 else None
