"""A section with other parameters: the name and the folder of a run, and who writes it.

`runs/<section>/<name>/` holds what `pages` makes of a run. It appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from borderbook.execution.runs import Run
from borderbook.parameters.model import written
from borderbook.publishing import run_page
from borderbook.publishing.assemble import SiteError
from borderbook.publishing.run_page import Page
from borderbook.publishing.sphinx_process import Renderer

_LONG = 24
"""Characters from which on a value is shortened in a name."""
_CROSS_PAGE = re.compile(r"([\w-]+)\.ipynb::")


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
        items = [written(item) for item in (value if isinstance(value, list) else [value])]
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


def write(page: Page, renderer: Renderer) -> None:
    """Write the folder of a run, in one step.

    Raises SiteError if the page has a fault; then what was there stays.
    """
    folder = page.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        run_page.stage(page, work / "source")
        try:
            renderer.render(work / "source", work, page.root / ".cache" / "pictures")
        except SiteError as error:
            raise SiteError(f"the page of {page.run.section}, {folder.name}: {error}") from None
        run_page.finish(page, work / "html", work / "fresh")
        if folder.exists():
            folder.rename(work / "old")
        (work / "fresh").rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
