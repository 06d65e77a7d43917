"""What a page may load: files of its own site, and no script that stands in the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from borderbook.errors import UserError

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


class ThemeError(UserError, RuntimeError):
    """A page of the theme that is not as this engine expects it, as after an update of Furo."""


def without_inline_script(html: str, theme: str) -> str:
    """Return a page of Furo whose choice of light or dark is made by the script at `theme`.

    Raises ThemeError if it does not make it as it did.

    >>> page = '<body><script>document.body.dataset.theme = "auto";</script>'
    >>> without_inline_script(page, "_static/theme.js")
    '<body><script src="_static/theme.js"></script>'
    """
    html, count = _THEME.subn(f'<script src="{theme}"></script>', html)
    if count != 1:
        raise ThemeError(
            f"Furo's script that chooses light or dark stands {count} times on a page, not once: "
            "borderbook/site/content_security.py, _THEME, must match the theme that is installed"
        )
    return html


def _add_policy(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    context["policy"] = META


EVENTS = (("html-page-context", _add_policy),)
FILTERS = {"without_inline_script": without_inline_script}
