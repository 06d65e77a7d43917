"""A section with other parameters: the name and the folder of a run, and who writes it.

`runs/<section>/<name>/` holds what `pages` makes of a run. It appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.runs import Run

_EPOCH = "1767225600"
# What Sphinx writes where it would write the time of the build: the same in every build.
_LONG = 24
"""Characters from which on a value is shortened in a name."""
_CROSS_PAGE = re.compile(r"([\w-]+)\.ipynb::")


class PageError(RuntimeError):
    """The page of a run could not be rendered; the message ends with what Jupyter Book said."""


def slug(parameters: Mapping[str, Any]) -> str:
    """Return a name for a set of parameters: readable, and another one for every other set.

    A long value is shortened; then a hash of the whole set makes the name its own.

    >>> slug({"neighbour": "CN", "last_year": 2016})
    'neighbour-CN_last-year-2016'
    >>> slug({"exclude": ["RU-CHE", "RU-SAM", "RU-OMS", "RU-ORE"]})
    'exclude-RU-CHE+3-more_36a1295e'
    >>> slug({})
    'default'
    """
    parts, exact = [], True
    for name, value in parameters.items():
        items = [str(item) for item in value] if isinstance(value, list) else [str(value)]
        text = "+".join(items)
        short = text if len(text) <= _LONG else items[0][:_LONG]
        if short != text and len(items) > 1:
            short += f"+{len(items) - 1}-more"
        plain = re.sub(r"[^A-Za-z0-9.+-]", "-", short) if short else "none"
        exact &= plain == text and not any("+" in item for item in items)
        parts.append(f"{name.replace('_', '-')}-{plain}")
    if not exact:
        content = json.dumps(dict(parameters), sort_keys=True)
        parts.append(hashlib.sha256(content.encode()).hexdigest()[:8])
    return "_".join(parts) or "default"


def place(root: Path, run: Run) -> Path:
    """Return the folder of a run."""
    return root / "runs" / run.section / slug(run.parameters)


def others(notebook: Path) -> list[str]:
    """Return the other sections whose values or figures a notebook shows."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    prose = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    found = dict.fromkeys(_CROSS_PAGE.findall(prose))
    return [section for section in found if section != notebook.stem]


class Renderer:
    """A process that makes one page; it loads its libraries while this one goes on.

    A context manager: the process ends with it.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "helpers.pages"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH, "PYTHONHASHSEED": "0"},
            start_new_session=True,
        )

    def __enter__(self) -> Renderer:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def write(
        self, run: Run, root: Path, executed: Path, default: Path, shown: Mapping[str, Path]
    ) -> Path:
        """Write the folder of a run, in one step, and return it.

        `executed` and `default` are the executed notebooks of the run and of the one with no
        parameter set; `shown` those of `others`, by section. Raises PageError if the page has a
        fault; then what was there stays.
        """
        folder = place(root, run)
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        order = {
            "root": str(root),
            "section": run.section,
            "parameters": dict(run.parameters),
            "executed": str(executed),
            "default": str(default),
            "shown": {name: str(path) for name, path in shown.items()},
            "work": str(work),
            "folder": str(folder),
        }
        try:
            answer, said = self._process.communicate(json.dumps(order).encode())
            told = json.loads(answer) if answer else {"fault": said.decode("utf-8", "replace")}
            if told["fault"]:
                raise PageError(f"the page of {run.section} was not rendered:\n{told['fault']}")
            if folder.exists():
                folder.rename(work / "old")
            (work / "page").rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return folder
