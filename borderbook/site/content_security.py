"""What a page may load: files of its own site, and no script that stands in the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
    ]
)
"""The content security policy of every page; from disk it holds too."""
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
"""The same as the first thing in a page's head."""

_THEME = re.compile(r"<script>\s*document\.body\.dataset\.theme = [^<]*</script>")
"""Furo's choice of light or dark, which comes before anything is drawn."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what templates need; `borderbook.site.extension` does it for the book."""
    app.connect("builder-inited", _add_filter)
    app.connect("html-page-context", _add_policy)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def without_inline_script(html: str, theme: str) -> str:
    """Return a page of Furo whose choice of light or dark is made by the script at `theme`.

    >>> page = '<body><script>document.body.dataset.theme = "auto";</script>'
    >>> without_inline_script(page, "_static/theme.js")
    '<body><script src="_static/theme.js"></script>'
    """
    return _THEME.sub(f'<script src="{theme}"></script>', html)


def _add_filter(app: Sphinx) -> None:
    environment = getattr(getattr(app.builder, "templates", None), "environment", None)
    if environment is not None:  # a builder without pages has none
        environment.filters["without_inline_script"] = without_inline_script


def _add_policy(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    context["policy"] = META
