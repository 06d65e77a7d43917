"""What a page asks for: one style sheet for the screen, and the scripts that it has a use for.

Nothing is asked of another host.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import furo
from sphinx.application import Sphinx

from borderbook import files
from borderbook.figures import palette
from borderbook.figures.palette import Palette

SHEET = "_static/book.css"
"""The styles of the theme, of code, and ours, in this order: one request in place of many."""
PALETTE = "palette.css"
"""The colours of roles, light, dark and on paper: made from the book's palette."""

_ROLES = {
    **{"strong": "--strong", "contrast": "--contrast", "quiet": "--other"},
    **{"ink": "--ink", "faint": "--ground", "ground": "--paper"},
}
"""The property of a style sheet that has the colour of a role."""
_FILLED = ("strong", "contrast", "quiet", "ink", "faint")
_DRAWN = ("strong", "contrast", "quiet", "ink", "ground")
_SCRIPTS = {"data-filters": "choose.js", "data-copy": "copy.js"}
"""The scripts that a page gets for what stands on it."""
_SEARCHING = ("documentation_options", "doctools", "sphinx_highlight")
"""Sphinx's scripts that only a page with a search has a use for."""
_CODE = "_static/pygments.css"
"""Styles of code, light and dark."""
_LEFT_OUT = "_static/mystnb."
"""MyST-NB's styles of notebook cells: here exhibits and folded code have styles of their own."""

_REMARK = re.compile(r"/\*(?!!).*?\*/", re.DOTALL)


def palette_sheet(palette: Palette) -> str:
    """Return the style sheet of a palette: pictures, which have its colours, follow a dark page."""
    light, dark = _colours(palette), _colours(palette.dark or palette)
    marks = [("fill", role) for role in _FILLED] + [("stroke", role) for role in _DRAWN]
    rules = [
        f":root {{ {light} }}",
        f'@media (prefers-color-scheme: dark) {{ body:not([data-theme="light"]) {{ {dark} }} }}',
        f'body[data-theme="dark"] {{ {dark} }}',
        f"@media print {{ body, body[data-theme], body:not([data-theme]) {{ {light} }} }}",
    ]
    rules += [
        f'.drawing [{kind}="{getattr(palette, role)}"] {{ {kind}: var({_ROLES[role]}); }}'
        for kind, role in marks
    ]
    return "\n".join(rules) + "\n"


def _colours(palette: Palette) -> str:
    return " ".join(f"{name}: {getattr(palette, role)};" for role, name in _ROLES.items())


def _write_palette(app: Sphinx) -> None:
    files.write(Path(app.outdir) / "_static" / PALETTE, palette_sheet(palette.current()))


def _choose_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Keep scripts of this site that the page uses."""
    for mark, script in _SCRIPTS.items():
        if mark in context.get("body", ""):
            app.add_js_file(script, defer="defer")
    context["script_files"] = [
        file
        for file in context["script_files"]
        if "://" not in str(file.filename)
        and (page == "search" or Path(str(file.filename)).stem not in _SEARCHING)
    ]


def _style(app: Sphinx, name: str) -> str:
    """Return a sheet; that of code as Furo makes it, which writes it at the very end."""
    if name == _CODE:
        return str(furo.get_pygments_stylesheet())
    return (Path(app.outdir) / name).read_text("utf-8")


def _join_styles(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Put one sheet in the place of those for the screen; those for print stay apart.

    Remarks are left out but for those that say to stay ("/*!"); the sheets stand beside it whole.
    """
    sheets = [file for file in context["css_files"] if "://" not in str(file.filename)]
    screen = [file for file in sheets if not file.attributes.get("media")]
    names = [str(file.filename) for file in screen if not str(file.filename).startswith(_LEFT_OUT)]
    text = _REMARK.sub("", "\n".join(_style(app, name) for name in names))
    sheet = Path(app.outdir) / SHEET
    if not sheet.exists() or sheet.read_text("utf-8") != text:
        files.write(sheet, text)
    joined = type(screen[0])(SHEET)
    context["css_files"] = [joined, *(file for file in sheets if file not in screen)]


# After all that add scripts and styles.
EVENTS = (
    ("builder-inited", _write_palette),
    ("html-page-context", _choose_scripts, 900),
    ("html-page-context", _join_styles, 900),
)
