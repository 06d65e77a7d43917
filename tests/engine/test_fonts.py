"""Pictures do not depend on the fonts that are installed."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from borderbook import book
from borderbook.figures import images, palette

FAMILIES = ("Liberation Sans", "Arial", "Helvetica", "Vollkorn")
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100" font-family="{}">'
    '<text x="5" y="40" font-size="20">Rye 12.5 − Рожь</text>'
    '<text x="5" y="80" font-size="20" font-weight="bold">Oats</text></svg>'
)
DRAW = "import sys; from borderbook.figures import images\n"
DRAW += "sys.stdout.buffer.write(images.raster(sys.argv[1]))"


def renamed(font: bytes, family: str) -> bytes:
    """Return a TrueType font under another name: its table `name` is written anew."""
    (count,) = struct.unpack_from(">H", font, 4)
    records, names = b"", b""
    for number, text in {1: family, 2: "Regular", 4: family, 6: family.replace(" ", "")}.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, number, len(encoded), len(names))
        names += encoded
    name = struct.pack(">3H", 0, 4, 6 + len(records)) + records + names
    directory, body = b"", b""
    for number in range(count):
        tag, sums, place, size = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        table = name if tag == b"name" else font[place : place + size]
        directory += struct.pack(">4sIII", tag, sums, 12 + 16 * count + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return font[:12] + directory + body


@pytest.mark.parametrize("family", [palette.FONT, "sans-serif", "Vollkorn"])
def test_a_picture_is_the_same_under_another_home_with_other_fonts(
    family: str, tmp_path: Path
) -> None:
    source = book.ENGINE / "figures" / "fonts" / "borderbook-sans-bold.ttf"
    for folder in (".fonts", ".local/share/fonts"):
        (tmp_path / folder).mkdir(parents=True)
        for name in FAMILIES:
            font = renamed(source.read_bytes(), name)
            (tmp_path / folder / f"{name.replace(' ', '')}.ttf").write_bytes(font)
    drawing = DRAWING.format(family)
    elsewhere = subprocess.run(
        [sys.executable, "-c", DRAW, drawing],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        check=True,
    ).stdout
    assert elsewhere == images.raster(drawing)
    assert len(elsewhere) > 1000, "text is drawn"


def test_letters_of_the_font_that_comes_along_are_drawn() -> None:
    """A font that is not brought would give the same empty picture, whatever the text."""
    drawn = {
        hashlib.sha256(images.raster(DRAWING.replace("Rye", text))).hexdigest()
        for text in ("Rye", "Oat", "Ғқң")
    }
    assert len(drawn) == 3
