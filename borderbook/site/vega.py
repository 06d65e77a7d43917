"""Charts that answer in the browser: Vega as one script of the site, for pages that have charts."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert
from sphinx.application import Sphinx

from borderbook.figures.images import VEGALITE_VERSION

_SHOWN = "window.vegaEmbed = vegaEmbed;"
"""What a page finds of the bundle."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what charts need in the browser; `extension` does it for the book."""
    app.connect("html-page-context", _add_script)
    app.connect("build-finished", _add_library)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def library(kept: Path) -> Path:
    """Return the file that holds Vega, Vega-Lite and Vega-Embed; it is made once, in `kept`."""
    file = kept / f"vega-embed-{VEGALITE_VERSION}-{version('vl-convert-python')}.js"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        bundle = vl_convert.javascript_bundle(_SHOWN, vl_version=VEGALITE_VERSION)
        fresh.write_text(bundle, "utf-8")
        fresh.replace(file)
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
        kept = Path(app.config.pictures or app.doctreedir)
        (site / "_static" / "vega.js").write_bytes(library(kept).read_bytes())
