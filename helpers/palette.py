"""The colours of the book: the border group strong, the regions across the border in contrast."""

from __future__ import annotations

from borderbook.figures.palette import Palette

PALETTE = Palette(
    strong="#b4451f",
    contrast="#1b6ca8",
    quiet="#8a8f98",
    faint="#e3e5e8",
    ink="#3c4048",
    ground="#ffffff",
    dark=Palette(
        strong="#f0855f",
        contrast="#6db6ee",
        quiet="#9aa1ab",
        faint="#33373d",
        ink="#d5d8dd",
        ground="#131416",
    ),
)
