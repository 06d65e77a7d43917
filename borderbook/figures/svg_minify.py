"""Pictures (SVG) in few characters: they look the same and weigh half."""

from __future__ import annotations

import re

_UNSEEN = (
    re.compile(
        r'<path class="(?:back|fore)ground" d="[^"]*"(?: (?:display|pointer-events)="none")*/>'
    ),
    re.compile(r' (?:opacity="1"|pointer-events="none")'),
)
"""Frames that Vega draws without ink; what an attribute says by default."""
_GROUP = re.compile(r"(<g(?: [^>]*)?>|</g>)")
_BARE = re.compile(r'<g(?: class="[^"]*"| transform="translate\(0,0\)")*>')
_FONT = re.compile(r' font-family="[^"]*"')
_MOVED = re.compile(r"(translate\()([^,)]+),([^)]+)\)")
_PATH = re.compile(r' d="([^"]*)"')
_FINER = re.compile(r"(\.\d)\d+")
_STRAIGHT = re.compile(r"(?:[ML]-?[\d.]+,-?[\d.]+|Z)+")
_DISC = re.compile(
    r'<path transform="translate\(([^,)]+),([^)]+)\)" '
    r'd="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0"([^>]*)/>'
)
_UNMOVED = re.compile(r"l(?=[MZ]|$)")
_PART = re.compile(r"([MLZ])(?:(-?[\d.]+),(-?[\d.]+))?")


def lighter(svg: str) -> str:
    """Return a picture without what is not seen; its one font once, places to tenths of a pixel.

    Straight lines are written as steps, a point as the circle that it is.

    >>> lighter('<path d="M10,5.21L10.04,5.2L12,4L11.5,4.5Z"/>')
    '<path d="M10 5.2l2-1.2-.5 .5Z"/>'
    >>> lighter('<path d="M0.123,2A1.55,1.55,0,1,1,2,2"/>')
    '<path d="M0.1,2A1.5,1.5,0,1,1,2,2"/>'
    >>> disc = 'd="M2,0A2,2,0,1,1,-2,0A2,2,0,1,1,2,0" fill="#000" stroke-width="2"'
    >>> lighter(f'<path transform="translate(5,1)" {disc}/>')
    '<circle cx="5" cy="1" r="2" fill="#000"/>'
    """
    for unseen in _UNSEEN:
        svg = unseen.sub("", svg)
    if len(fonts := set(_FONT.findall(svg))) == 1:
        svg = _FONT.sub("", svg).replace("<svg", f"<svg{fonts.pop()}", 1)
    svg = _MOVED.sub(lambda m: f"translate({_rounded(m[2])},{_rounded(m[3])})", svg)
    svg = _DISC.sub(_circle, svg)
    return _PATH.sub(lambda path: f' d="{_short(path[1])}"', _flat(svg))


def _flat(svg: str) -> str:
    """Return a picture without groups that neither move nor paint what they hold.

    >>> _flat('<g fill="none"><g class="mark"><g transform="translate(0,0)"><path/></g></g></g>')
    '<g fill="none"><path/></g>'
    """
    bare_ones: list[bool] = []
    parts = []
    for part in _GROUP.split(svg):
        bare = bool(_BARE.fullmatch(part))
        if part == "</g>":
            bare = bare_ones.pop()
        elif part[:3] in ("<g>", "<g ") and not part.endswith("/>"):
            bare_ones.append(bare)
        if not bare:
            parts.append(part)
    return "".join(parts)


def _circle(disc: re.Match[str]) -> str:
    x, y, radius, look = disc.groups()
    if " stroke=" not in look:
        look = re.sub(r' stroke-width="[^"]*"', "", look)
    radius = _FINER.sub(r"\1", radius)
    return f'<circle cx="{x}" cy="{y}" r="{radius}"{look}/>'


def _short(path: str) -> str:
    if not _STRAIGHT.fullmatch(path):
        return _FINER.sub(r"\1", path)
    written = ""
    here = (0, 0)
    for kind, across, down in _PART.findall(path):
        if kind == "Z":
            written += "Z"
            continue
        there = _tenths(across), _tenths(down)
        if kind == "M":
            written += f"M{_pair(*there)}l"
        elif there != here:
            step = _pair(there[0] - here[0], there[1] - here[1])
            written += step if written[-1] == "l" or step[0] == "-" else f" {step}"
        here = there
    return _UNMOVED.sub("", written)


def _tenths(number: str) -> int:
    return round(float(number) * 10)


def _rounded(number: str) -> str:
    return _decimal(_tenths(number))


def _pair(x: int, y: int) -> str:
    first, second = _decimal(x), _decimal(y)
    return f"{first}{second}" if second[0] == "-" else f"{first} {second}"


def _decimal(tenths: int) -> str:
    """Return tenths as the shortest decimal.

    >>> _decimal(-5), _decimal(20), _decimal(13)
    ('-.5', '2', '1.3')
    """
    whole, part = divmod(abs(tenths), 10)
    text = f"{whole}.{part}" if part and whole else f".{part}" if part else str(whole)
    return f"-{text}" if tenths < 0 else text
