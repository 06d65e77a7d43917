"""Jupyter Book in a process that is ready early, and that renders several books at once.

Where it can fork, the libraries are loaded once, and each book is rendered by a child of its own.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from borderbook import book, errors, files, modules
from borderbook.execution import forkserver
from borderbook.publishing.assemble import SiteError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# What Sphinx writes where it would write the time of the build: the same in every build.
_EPOCH = "1767225600"
_ENDED = "its process ended"


@dataclass(frozen=True)
class Order:
    """A book to render: from `source` into `work/html`, drawings kept in `pictures`.

    `settings` are Sphinx's, beside those of _config.yml.
    """

    source: str
    work: str
    pictures: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What became of an order: an error, or the modules that did it, with their hashes."""

    error: str | None
    modules: Mapping[str, str] = field(default_factory=dict)


class Renderer:
    """A process that renders books, once; it loads its libraries while this one goes on.

    A context manager: the process ends with it, and its children too.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "borderbook.publishing.sphinx_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=book.root(),
            env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH, "PYTHONHASHSEED": "0"},
            start_new_session=True,
        )

    def __enter__(self) -> Renderer:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.communicate()

    def render(self, source: Path, work: Path, pictures: Path) -> dict[str, str]:
        """Render `source` into `work/html`; return the modules that did it, with their hashes.

        Raises SiteError if any page has a error.
        """
        [(_, answer)] = self.answers([Order(str(source), str(work), str(pictures))])
        if answer.error:
            raise SiteError(f"Jupyter Book did not render the site:\n{answer.error}")
        return dict(answer.modules)

    def answers(self, orders: Sequence[Order]) -> Iterator[tuple[int, Answer]]:
        """Return the number of each order and what became of it, as it ends."""
        stdin, stdout = (cast(IO[bytes], s) for s in (self._process.stdin, self._process.stdout))
        left = dict.fromkeys(range(len(orders)))
        with contextlib.suppress(BrokenPipeError):
            stdin.write(f"{json.dumps([asdict(order) for order in orders])}\n".encode())
            stdin.flush()
        for line in stdout:
            number, answer = json.loads(line)
            del left[number]
            yield number, Answer(**answer)
        yield from ((number, Answer(_ENDED)) for number in left)


def _serve() -> None:
    """Load the libraries, take orders from standard input, render, answer."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    forkserver.end_with_parent()
    _load()
    orders = [Order(**order) for order in json.loads(sys.stdin.readline() or "[]")]
    cores = os.cpu_count() or 1
    one_by_one = len(orders) == 1
    for number, answer in (
        [(0, _rendered(orders[0], cores))] if one_by_one else _at_once(orders, cores)
    ):
        print(json.dumps([number, asdict(answer)]), file=answers, flush=True)


def _load() -> None:
    from jupyter_book.sphinx import build_sphinx  # noqa: F401, PLC0415
    from sphinx.util.console import nocolor  # noqa: PLC0415

    from borderbook.results import diff_tables  # noqa: F401, PLC0415  (what pages are made with)
    from borderbook.site import extension  # noqa: F401, PLC0415  (what pages are made with)

    nocolor()


def _at_once(orders: Sequence[Order], most: int) -> Iterator[tuple[int, Answer]]:
    """Render each order in a child of its own, `most` of them at once."""
    import multiprocessing  # noqa: PLC0415
    from multiprocessing import connection  # noqa: PLC0415

    context: Any = multiprocessing.get_context("fork" if forkserver.can_fork() else "spawn")
    waiting, jobs = list(enumerate(orders)), max(1, most // max(1, len(orders)))
    at_work: dict[Connection, tuple[int, Any]] = {}
    gc.collect()
    gc.freeze()
    while waiting or at_work:
        while waiting and len(at_work) < most:
            number, order = waiting.pop(0)
            reader, writer = context.Pipe(duplex=False)
            child = context.Process(target=_child, args=(order, jobs, writer))
            child.start()
            writer.close()
            at_work[reader] = number, child
        for ready in connection.wait(list(at_work)):
            reader = cast(connection.Connection, ready)
            number, child = at_work.pop(reader)
            try:
                answer = reader.recv()
            except EOFError:
                answer = Answer(_ENDED)
            child.join()
            yield number, answer


def _child(order: Order, jobs: int, answer: Connection) -> None:
    _load()
    answer.send(_rendered(order, jobs))


def _rendered(order: Order, jobs: int) -> Answer:
    """Render one book with `jobs` processes."""
    from jupyter_book.sphinx import REDIRECT_TEXT, build_sphinx  # noqa: PLC0415

    work, source = Path(order.work), Path(order.source)
    log = io.StringIO()
    settings = {**order.settings, "pictures": order.pictures, "latex_individualpages": False}
    with contextlib.redirect_stderr(log), contextlib.redirect_stdout(log):
        status = build_sphinx(
            str(source),
            str(work / "html"),
            path_config=str(source / "_config.yml"),
            noconfig=True,
            confoverrides=settings,
            doctreedir=str(work / "doctrees"),
            quiet=True,
            warningiserror=True,
            keep_going=True,
            jobs=jobs,
        )
    first = re.search(r"(?m)^root: *(\S+)", (source / "_toc.yml").read_text("utf-8"))
    page = f"{first[1] if first else 'index'}.html"
    if not status and not (work / "html" / page).exists():
        log.write(f"ERROR: {page} was not written")
    if status or "ERROR" in log.getvalue():
        return Answer(_tail(log.getvalue()))
    if page != "index.html":
        redirect = REDIRECT_TEXT.format(first_page=page)
        (work / "html" / "index.html").write_text(redirect, "utf-8")
    return Answer(None, _modules())


def _modules() -> dict[str, str]:
    """Return what a book is rendered with, with hashes: modules, static files, settings, lock."""
    site = book.ENGINE / "site"
    folders = (site / "static", site / "templates")
    static = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    static += [book.root() / name for name in ("requirements.txt", "pyproject.toml")]
    digests = modules.loaded(book.root()) | {str(path): files.digest(path) for path in static}
    return dict(sorted(digests.items()))


def _tail(text: str) -> str:
    if problem := errors.of_disk(text):
        for log in re.findall(r"\S+sphinx-err-\w+\.log", text):
            Path(log).unlink(missing_ok=True)
        return problem
    lines = [line for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "WARNING" in line or "ERROR" in line or "rror:" in line]
    return "\n".join(dict.fromkeys(telling) or lines[-5:])


if __name__ == "__main__":
    _serve()
