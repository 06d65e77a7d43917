"""The build of the site: its books rendered from executed notebooks, then published as one.

What has not changed is not read again. The new site takes the old one's place in one step, and only
if no page of any book has an error; after an error, or when anything but pages changed, the next
build of that book is whole.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, cast

from borderbook import book as books
from borderbook import files, notebooks, outputs
from borderbook.datapackage import descriptor
from borderbook.execution.result_store import Store
from borderbook.publishing import assemble, contents, releases, repository, single_page
from borderbook.publishing.assemble import Part, SiteError
from borderbook.publishing.sphinx_process import Order, Renderer

__all__ = ["Book", "Renderer", "SiteError", "is_fresh", "render"]

_DEFAULT = "Default edition"
"""What the default book is called among the editions where the content has no word for it."""

_State = dict[str, Any]


@dataclass(frozen=True)
class Book:
    """Executed notebooks by section; a book beside the default has a name and a title."""

    executed: Mapping[str, Path]
    name: str = ""
    title: str = ""


def render(
    root: Path,
    executed: Mapping[str, Path],
    output: Path,
    renderer: Renderer | None = None,
    *,
    editions: Sequence[Book] = (),
    done: Callable[[int, int], None] = lambda ended, planned: None,
) -> bool:
    """Render the book with the executed notebooks into `output`; return whether anything changed.

    `editions` are published with it, under `editions/`. `done` is told how many books have been
    rendered, and of how many. Raises SiteError if a page has an error, and the old site stays.
    """
    site = _Site(root, executed, editions, output)
    with _alone(site.work):
        if site.is_fresh():
            return False
        site.render(renderer, done)
        return True


def is_fresh(
    root: Path, executed: Mapping[str, Path], output: Path, *, editions: Sequence[Book] = ()
) -> bool:
    """Return whether the site in `output` is the one that `render` would make."""
    return _Site(root, executed, editions, output).is_fresh()


@dataclass(frozen=True)
class _Prepared:
    """A book before publication: what it is to be made from, and the order if it is not there."""

    part: Part
    wanted: _State
    order: Order | None


class _Site:
    """A site as it is to be; each file that it is made from is hashed once.

    `published.json` in its folder says what the site in place was made from. Each book has a folder
    too, in which `made.json` says what was rendered there.
    """

    def __init__(
        self, root: Path, executed: Mapping[str, Path], editions: Sequence[Book], output: Path
    ) -> None:
        place = hashlib.sha256(str(output.resolve()).encode()).hexdigest()[:20]
        default = Book(executed, title=books.setting("default-edition", _DEFAULT))
        self.root, self.books, self.output = root, [default, *editions], output
        self.work = root / ".cache" / "sites" / place
        self._digest: Callable[[Path], str] = functools.cache(Store(root).digest)
        listed = sorted(path for path in (root / "book").iterdir() if path.is_file())
        self._texts = {f"book/{path.name}": path for path in listed if path.suffix == ".md"}
        self._texts |= releases.texts(root, self._texts, executed, self.work)
        self._frame = {name: root / name for name in ("_config.yml", "_toc.yml")}
        self._frame |= {f"book/{p.name}": p for p in listed if p.suffix in single_page.ASSETS}

    def is_fresh(self) -> bool:
        """Return whether the site in place is this one."""
        done = _read(self.work / "published.json")
        there = (self.output / "index.html").exists()
        return there and done == self._state(done, outputs.stamp_of(self.output))

    def render(self, renderer: Renderer | None, done: Callable[[int, int], None]) -> None:
        """Render the books that have changed, and publish the site."""
        prepared = [self._prepare(book) for book in self.books]
        if ordered := [each for each in prepared if each.order]:
            with renderer or Renderer() as process:
                self._make(ordered, process, done)
        data = descriptor.folder()
        date = descriptor.date(data) if descriptor.exists(data) else ""
        stamp = assemble.publish([each.part for each in prepared], self.output, date, self._commit)
        modules: dict[str, str] = {}
        for book in self.books:
            modules |= _read(self._folder(book) / "made.json")["modules"]
        state = {**self._state({}, stamp), "modules": modules}
        files.write(self.work / "published.json", json.dumps(state))

    def _make(
        self, prepared: Sequence[_Prepared], process: Renderer, done: Callable[[int, int], None]
    ) -> None:
        """Have the ordered books rendered; SiteError with the errors of all of them."""
        errors = []
        answers = process.answers([cast(Order, each.order) for each in prepared])
        for ended, (number, answer) in enumerate(answers, start=1):
            part, wanted = prepared[number].part, prepared[number].wanted
            done(ended, len(prepared))
            if answer.error:
                what = f"edition {part.name}" if part.name else "the site"
                errors.append(f"Jupyter Book did not render {what}:\n{answer.error}")
                _discard(part.html.parent)
            else:
                state = {**wanted, "modules": answer.modules}
                files.write(part.html.parent / "made.json", json.dumps(state))
        if errors:
            raise SiteError("\n\n".join(errors))

    def _prepare(self, book: Book) -> _Prepared:
        """Lay out what Jupyter Book reads of a book: what is new if it was rendered before."""
        folder, pages = self._folder(book), self._pages(book)
        made = _read(folder / "made.json")
        wanted = {"pages": self._digests(pages), **self._common(made)}
        wanted["package"] = self._package if not book.name else {}
        alike = [list(made.get("pages", ())) == list(wanted["pages"])]
        alike += [made.get(kind) == wanted[kind] for kind in ("frame", "modules")]
        if not all(alike):
            _discard(folder)
        differing = self._differing(book)
        wanted["settings"] = self._settings(book, differing)
        differences = {page: block or self._no_difference() for page, block in differing.items()}
        part = Part(folder / "html", book.name, book.title, differences)
        if made == wanted:
            return _Prepared(part, wanted, None)
        (folder / "made.json").unlink(missing_ok=True)
        for name, path in {**pages, **self._frame}.items():
            target = folder / "source" / name
            if not target.exists() or wanted["pages"].get(name) != made.get("pages", {}).get(name):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        if book.name:
            files.write(folder / "source" / books.CONTENTS, contents.without_manual(self.root))
        for style in (folder / "html" / "_static").glob("mystnb.*.css"):
            style.unlink()  # MyST-NB writes it late: pages name it in another way where it is there
        source, pictures = str(folder / "source"), str(self.root / ".cache" / "pictures")
        order = Order(source, str(folder), pictures, wanted["settings"])
        return _Prepared(part, wanted, order)

    def _differing(self, book: Book) -> dict[str, str]:
        """Return what differs from the default on each page of a section, as HTML; for editions."""
        if not book.name:
            return {}
        blocks = {}
        for section, after in sorted(book.executed.items()):
            before = self.books[0].executed[section]
            pair = self._digest(before), self._digest(after)
            file = self._folder(book) / "differing" / f"{pair[0][:20]}-{pair[1][:20]}.html"
            if pair[0] == pair[1]:
                blocks[f"book/{section}"] = ""
                continue
            if not file.exists():
                from borderbook.results import diff_tables  # noqa: PLC0415  (slow to import, seldom needed)

                files.write(file, diff_tables.block(before, after, self.books[0].title))
            blocks[f"book/{section}"] = file.read_text("utf-8")
        return blocks

    def _no_difference(self) -> str:
        title = escape(self.books[0].title)
        return f'<p class="differing">This page is the same in the edition “{title}”.</p>'

    def _settings(self, book: Book, differing: Mapping[str, str]) -> dict[str, Any]:
        """Return the settings of Sphinx for an edition: see `page_context.SETTINGS`."""
        if not book.name:
            return {}
        same = {page for page, block in differing.items() if not block}
        for name, path in self._texts_of_editions.items():
            shown = notebooks.shown_sections(path.read_text("utf-8"))
            quoted = {f"book/{section}" for section in shown}
            same |= {name.removesuffix(path.suffix)} if quoted <= same else set()
        return {
            "edition_name": book.name,
            "edition_title": book.title,
            "edition_same": sorted(same),
        }

    def _pages(self, book: Book) -> dict[str, Path]:
        executed = sorted(book.executed.items())
        texts = self._texts if not book.name else self._texts_of_editions
        return texts | {f"book/{section}.ipynb": path for section, path in executed}

    @functools.cached_property
    def _texts_of_editions(self) -> dict[str, Path]:
        manual = contents.manual(self.root)
        return {k: path for k, path in self._texts.items() if k.removesuffix(".md") not in manual}

    def _folder(self, book: Book) -> Path:
        return self.work / "editions" / book.name if book.name else self.work / "default"

    def _state(self, done: _State, stamp: outputs.Stamp) -> _State:
        """Return what the site is made from, by hashes, and its stamp; `done` has the modules.

        The stamp tells it from the site that another checkout may have put in its place.
        """
        books = [[b.name, b.title, self._digests(self._pages(b))] for b in self.books]
        common = {"package": self._package, "commit": self._commit, **self._common(done)}
        return {"books": books, "stamp": stamp, **common}

    @functools.cached_property
    def _commit(self) -> str | None:
        return repository.commit(self.root)

    @functools.cached_property
    def _package(self) -> dict[str, str]:
        """Return the files of the reproduction package that no page shows, by hashes."""
        return self._digests(books.package())

    def _common(self, done: _State) -> _State:
        """Return what every book is made from, by hashes: settings, figures, modules."""
        return {
            "frame": self._digests(self._frame),
            "foot": self._digest(descriptor.folder() / descriptor.FILE),
            "modules": {name: self._digest(Path(name)) for name in done.get("modules", ())},
        }

    def _digests(self, named: Mapping[str, Path]) -> dict[str, str]:
        return {name: self._digest(path) for name, path in named.items()}


def _discard(folder: Path) -> None:
    """Remove what was rendered; what says that it is whole goes first."""
    (folder / "made.json").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _read(file: Path) -> _State:
    """Return a state that was written; nothing if there is none, or it is damaged."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        state = json.loads(file.read_text("utf-8"))
        return state if isinstance(state, dict) else {}
    return {}


@contextlib.contextmanager
def _alone(work: Path) -> Iterator[None]:
    """Wait until no other build renders into the same place."""
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:  # not on this system: builds of one site are left to their author
        yield
        return
    work.parent.mkdir(parents=True, exist_ok=True)
    with work.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
