"""Charts as pictures: SVG for the page and to take away, PNG on white; drawn once and kept."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import textwrap
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert
from PIL import Image

from borderbook import files
from borderbook.errors import UserError
from borderbook.figures import svg_minify
from borderbook.figures.merge_patch import merged

VEGALITE_VERSION = "6.4"
"""The Vega-Lite that draws the pictures, and takes over from them in the browser."""
SCALE = 2
"""Pixels of a PNG for each pixel of its drawing."""

_FONT, _FONTS = "Borderbook Sans", Path(__file__).with_name("fonts")
_FAMILY = re.compile(r'font-family="[^"]*"')
_PLAIN = Image.Dither.NONE
# Characters of a line of a picture's title and subtitle: what is longer would be cut off.
_TITLE, _SUBTITLE = 84, 104


class DrawingError(UserError, ValueError):
    """A chart that cannot be drawn: its document is no Vega-Lite, or leads where it may not."""


def svg(
    spec: Mapping[str, Any],
    *,
    narrow: bool = False,
    bare: bool = False,
    cache_dir: Path | None = None,
) -> str:
    """Return a chart as SVG: as it is, or for a narrow screen; `bare` leaves its title out.

    `cache_dir` is a folder that holds what has been drawn, by a hash of what was drawn and how.
    """
    document = {key: value for key, value in spec.items() if not (bare and key == "title")}
    if narrow:
        document = merged(document, spec["usermeta"]["narrow"])
    if title := document.get("title"):
        document["title"] = {
            "text": textwrap.wrap(title["text"], _TITLE),
            "subtitle": textwrap.wrap(title["subtitle"], _SUBTITLE),
        }
    return cached(
        cache_dir,
        "svg",
        [document, narrow],
        lambda: _drawn(document, spec["usermeta"]["name"], narrow).encode(),
    ).decode()


def png(spec: Mapping[str, Any], *, cache_dir: Path | None = None) -> bytes:
    """Return a chart with its title as PNG on white ground, `SCALE` times the size of its SVG."""
    return raster(svg(spec, cache_dir=cache_dir), scale=SCALE, cache_dir=cache_dir)


def raster(drawing: str, *, scale: float = 1, cache_dir: Path | None = None) -> bytes:
    """Return an SVG drawing as PNG on white ground, `scale` times its size; see also `svg`.

    A palette of 64 colours keeps the file small. All text is drawn in one font that comes along, so
    that the picture does not depend on those installed, but for characters that this one lacks.
    """

    def make() -> bytes:
        ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
        whole = re.sub(r"^<svg[^>]*>", lambda opening: opening[0] + ground, drawing)
        whole = _FAMILY.sub(f'font-family="{_FONT}"', whole)
        _bring_font()
        true_colour = Image.open(io.BytesIO(vl_convert.svg_to_png(whole, scale=scale)))
        small = true_colour.convert("RGB").quantize(64, Image.Quantize.MAXCOVERAGE, dither=_PLAIN)
        stream = io.BytesIO()
        small.save(stream, "PNG", optimize=True)
        return stream.getvalue()

    return cached(cache_dir, "png", [drawing, scale], make)


def cached(cache_dir: Path | None, kind: str, what: Any, make: Callable[[], bytes]) -> bytes:
    """Return what `make` gives for `what` (JSON), from `cache_dir` if it was made before.

    A file there holds a hash of what it keeps before that: a damaged one is made anew.
    """
    if cache_dir is None:
        return make()
    libraries = [version(name) for name in ("vl-convert-python", "pillow")]
    code = [Path(file).read_text("utf-8") for file in (__file__, svg_minify.__file__)]
    how = [kind, what, libraries, *code, _fonts()]
    digest = hashlib.sha256(json.dumps(how, sort_keys=True).encode()).hexdigest()
    file = cache_dir / f"{digest}.{kind}"
    with contextlib.suppress(OSError):
        proof, stored = (content := file.read_bytes())[:32], content[32:]
        if hashlib.sha256(stored).digest() == proof:
            return stored
    made = make()
    files.keep(file, hashlib.sha256(made).digest() + made)
    return made


@cache
def _fonts() -> list[str]:
    """Return hashes of the files of the font."""
    return [files.digest(path) for path in sorted(_FONTS.glob("*.ttf"))]


@cache
def _bring_font() -> None:
    vl_convert.register_font_directory(str(_FONTS))


def _drawn(document: Mapping[str, Any], name: str, narrow: bool) -> str:
    try:
        drawn: str = vl_convert.vegalite_to_svg(dict(document), vl_version=VEGALITE_VERSION)
    except ValueError as error:
        reason = str(error).strip().splitlines()[-1]
        raise DrawingError(f"the chart {name} cannot be drawn: {reason}; correct it") from None
    drawn = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", drawn)  # the figure says what it is
    variant = f"{name}-{'narrow' if narrow else 'wide'}"
    identifiers = dict.fromkeys(re.findall(r"clip\d+", drawn))  # numbered across the process
    clips = {name: f"clip{number}" for number, name in enumerate(identifiers)}
    drawn = re.sub(r"clip\d+", lambda clip: clips[clip[0]], drawn)
    drawn = svg_minify.lighter(drawn)
    drawn = re.sub(r'id="([a-z]+\d+)"', rf'id="{variant}-\1"', drawn)
    return re.sub(r"url\(#([a-z]+\d+)\)", rf"url(#{variant}-\1)", drawn)
