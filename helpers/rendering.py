"""The build of the site: Jupyter Book over executed notebooks, in a process that is ready early.

What has not changed is not read again. The new site takes the old one's place in one step, and only
if no page has a fault; after a fault, or when anything but pages changed, the next build is whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from helpers import addresses, descriptor, recorder
from helpers.faults import UserError

_EPOCH = "1767225600"
# What Sphinx writes where it would write the time of the build: the same in every build.
_PAGES = (".md", ".ipynb")
_DATA = Path(__file__).parent.parent / "data"


class SiteError(UserError, RuntimeError):
    """The site could not be rendered; the message ends with what Jupyter Book said."""


class Renderer:
    """A process that renders sites; it loads its libraries while this one goes on.

    A context manager: the process ends with it.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "helpers.rendering"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH, "PYTHONHASHSEED": "0"},
        )

    def __enter__(self) -> Renderer:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def render(self, source: Path, work: Path, pictures: Path) -> dict[str, str]:
        """Render `source` into `work/html`; return the modules that did it, with their hashes.

        Raises SiteError if any page has a fault.
        """
        order = {"source": str(source), "work": str(work), "pictures": str(pictures)}
        answer, _ = self._process.communicate(f"{json.dumps(order)}\n".encode())
        try:
            told = json.loads(answer)
        except json.JSONDecodeError:
            raise SiteError("Jupyter Book did not render the site: its process ended") from None
        if told["fault"]:
            raise SiteError(f"Jupyter Book did not render the site:\n{told['fault']}")
        return cast(dict[str, str], told["modules"])


def render(
    root: Path, executed: Mapping[str, Path], output: Path, renderer: Renderer | None = None
) -> bool:
    """Render the book with the executed notebooks into `output`; return whether anything changed.

    Raises SiteError if a page has a fault, and the old site stays.
    """
    place = hashlib.sha256(str(output.resolve()).encode()).hexdigest()[:20]
    work = root / ".cache" / "sites" / place
    with _alone(work):
        return _render(root, executed, output, work, renderer)


def is_fresh(root: Path, executed: Mapping[str, Path], output: Path) -> bool:
    """Return whether the site in `output` is the one that `render` would make."""
    place = hashlib.sha256(str(output.resolve()).encode()).hexdigest()[:20]
    work = root / ".cache" / "sites" / place
    pages, frame = _sources(root, executed)
    done = _marker(work)
    return (output / "index.html").exists() and done == {
        "pages": _digests(pages),
        "frame": _digests(frame),
        "foot": _foot(),
        "modules": _unchanged(done),
    }


def _render(
    root: Path,
    executed: Mapping[str, Path],
    output: Path,
    work: Path,
    renderer: Renderer | None,
) -> bool:
    if is_fresh(root, executed, output):
        return False
    pages, frame = _sources(root, executed)
    _check_contents(root, pages)
    done, now, unfinished = _marker(work), _digests(pages), work / "unfinished"
    whole = (
        not work.exists()
        or unfinished.exists()
        or done.get("frame") != _digests(frame)
        or done.get("modules") != _unchanged(done)
        or list(done["pages"]) != list(now)
    )
    if whole:
        shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    source = work / "source"
    for name, path in {**pages, **frame}.items():
        target = source / name
        if whole or (name in now and now[name] != done["pages"][name]):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    for style in (work / "html" / "_static").glob("mystnb.*.css"):
        style.unlink()  # MyST-NB writes it late: pages name it in another way where it is there
    try:
        with renderer or Renderer() as process:
            modules = process.render(source, work, root / ".cache" / "pictures")
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    _publish(work / "html", output)
    state = {"pages": now, "frame": _digests(frame), "foot": _foot(), "modules": modules}
    _place_of_marker(work).write_text(json.dumps(state), "utf-8")
    unfinished.unlink()
    return True


def _publish(html: Path, output: Path) -> None:
    """Put a copy of the site in the old one's place."""
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = (output.with_name(f".{output.name}.{kind}") for kind in ("fresh", "old"))
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(html, fresh, ignore=shutil.ignore_patterns(".buildinfo", "*.bak"))
    addresses.write(fresh, descriptor.date(_DATA))
    if output.exists():
        output.rename(old)
    fresh.rename(output)
    shutil.rmtree(old, ignore_errors=True)


def _sources(root: Path, executed: Mapping[str, Path]) -> tuple[dict[str, Path], dict[str, Path]]:
    """Return what Jupyter Book reads, by its place: the pages, and what frames all of them."""
    files = sorted(path for path in (root / "book").iterdir() if path.is_file())
    pages = {f"book/{path.name}": path for path in files if path.suffix == ".md"}
    pages |= {f"book/{section}.ipynb": path for section, path in sorted(executed.items())}
    frame = {name: root / name for name in ("_config.yml", "_toc.yml")}
    frame |= {f"book/{p.name}": p for p in files if p.suffix in (".bib", ".png", ".svg")}
    return pages, frame


def _check_contents(root: Path, pages: Mapping[str, Path]) -> None:
    import yaml  # noqa: PLC0415

    listed = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    for page in re.findall(r"'(?:file|root)': '([^']+)'", str(listed)):
        if not any(f"{page}{kind}" in pages for kind in _PAGES):
            raise SiteError(f"_toc.yml names {page}, but there is no such page")


def _digests(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: recorder.file_digest(str(path)) for name, path in files.items()}


def _foot() -> str:
    """Return a hash of what the foot of every page tells of the figures."""
    return recorder.file_digest(str(Path(__file__).parent.parent / "data" / "datapackage.json"))


def _unchanged(done: Mapping[str, Any]) -> dict[str, str]:
    """Return the modules that rendered the site, with their hashes as they are now."""
    return {name: recorder.file_digest(name) for name in done.get("modules", ())}


def _place_of_marker(work: Path) -> Path:
    return work.with_suffix(".json")


def _marker(work: Path) -> dict[str, Any]:
    """Return what the site in place was made from."""
    try:
        return cast(dict[str, Any], json.loads(_place_of_marker(work).read_text("utf-8")))
    except (OSError, json.JSONDecodeError):
        return {"pages": {}}


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


def _serve() -> None:
    """Load the libraries, take one order from standard input, render, answer."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    recorder.spare_grammars()
    from jupyter_book.sphinx import REDIRECT_TEXT, build_sphinx  # noqa: PLC0415
    from sphinx.util.console import nocolor  # noqa: PLC0415

    from helpers import site  # noqa: F401, PLC0415

    nocolor()

    line = sys.stdin.readline()
    if not line:
        return
    order = json.loads(line)
    work, source = Path(order["work"]), Path(order["source"])
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        status = build_sphinx(
            str(source),
            str(work / "html"),
            path_config=str(source / "_config.yml"),
            noconfig=True,
            confoverrides={"pictures": order["pictures"], "latex_individualpages": False},
            doctreedir=str(work / "doctrees"),
            quiet=True,
            warningiserror=True,
            keep_going=True,
            jobs=os.cpu_count() or 1,
        )
    first = re.search(r"(?m)^root: *(\S+)", (source / "_toc.yml").read_text("utf-8"))
    page = f"{first[1] if first else 'index'}.html"
    if not status and not (work / "html" / page).exists():
        said.write(f"ERROR: {page} was not written")
    fault = _tail(said.getvalue()) if status or "ERROR" in said.getvalue() else ""
    if not fault and page != "index.html":
        redirect = REDIRECT_TEXT.format(first_page=page)
        (work / "html" / "index.html").write_text(redirect, "utf-8")
    json.dump({"fault": fault, "modules": _modules()}, answers)
    answers.flush()


def _modules() -> dict[str, str]:
    """Return the files of this package that were loaded, and static ones, with their hashes."""
    here = Path(__file__).parent
    files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
    loaded = [name for name in files if Path(name).is_relative_to(here)]
    parts = [path for name in ("static", "templates") for path in (here / name).rglob("*")]
    static = [str(path) for path in parts if path.is_file()]
    lock = str(here.parent / "requirements.txt")
    return {name: recorder.file_digest(name) for name in sorted({*loaded, *static, lock})}


def _tail(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "WARNING" in line or "ERROR" in line or "rror:" in line]
    return "\n".join([*dict.fromkeys(telling), *lines[-5:]])


if __name__ == "__main__":
    _serve()
