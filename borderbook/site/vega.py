"""Charts that answer in the browser: Vega as one script of the site, for pages that have charts."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert
from sphinx.application import Sphinx

from borderbook import files
from borderbook.figures.images import VEGALITE_VERSION

_SHOWN = "window.vegaEmbed = vegaEmbed;"
"""What a page finds of the bundle."""


def library(cache_dir: Path) -> Path:
    """Return the file of Vega, Vega-Lite and Vega-Embed; it is made once, in `cache_dir`."""
    file = cache_dir / f"vega-embed-{VEGALITE_VERSION}-{version('vl-convert-python')}.js"
    if not file.exists():
        files.write(file, vl_convert.javascript_bundle(_SHOWN, vl_version=VEGALITE_VERSION))
    return file


def _add_script(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    if "data-spec" in context.get("body", ""):
        app.add_js_file("live.js", defer="defer")
    if "data-explorer" in context.get("body", ""):
        app.add_js_file("explore.js", defer="defer")


def _add_library(app: Sphinx, error: Exception | None) -> None:
    """Put Vega beside the static files of a site that has charts."""
    site = Path(app.outdir)
    if error is None and any((site / "downloads").rglob("*.vl.json")):
        cache_dir = Path(app.config.pictures or app.doctreedir)
        shutil.copyfile(library(cache_dir), site / "_static" / "vega.js")


EVENTS = (("html-page-context", _add_script), ("build-finished", _add_library))
