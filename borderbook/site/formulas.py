"""Formulas as MathML, which browsers show without a script or a font; what cannot be is refused."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

_ELEMENTS = frozenset(
    [
        *("math", "mi", "mn", "mo", "ms", "mspace", "mtext", "mrow", "mstyle", "mpadded"),
        *("mfrac", "msqrt", "mroot", "menclose", "mphantom", "mmultiscripts", "mover", "munder"),
        *("munderover", "msub", "msup", "msubsup", "mtable", "mtr", "mtd"),
    ]
)
_COMMAND = re.compile(r"\\[A-Za-z]+")


class FormulaError(ValueError):
    """A formula of which a reader would see TeX, or something else than MathML."""


@lru_cache(maxsize=256)
def mathml(tex: str, display: str = "inline") -> str:
    r"""Return a formula as MathML; FormulaError for what the converter does not know.

    >>> mathml(r"\frac{a}{b}").count("<mi>")
    2
    >>> mathml(r"\unheard{a}")
    Traceback (most recent call last):
    borderbook.site.formulas.FormulaError: \unheard is not known
    """
    try:
        made = str(convert(tex, display=display))
    except Exception as error:  # of any kind: it tells one mistake from another by its class alone
        raise FormulaError(f"it is not complete ({type(error).__name__})") from None
    if unknown := _COMMAND.search(made):
        raise FormulaError(f"{unknown[0]} is not known")
    try:
        elements = list(ElementTree.fromstring(made).iter())
    except ElementTree.ParseError:
        raise FormulaError("it has an &, < or > where none is known") from None
    for element in elements:
        name = element.tag.rpartition("}")[2]
        if name not in _ELEMENTS or any(key.startswith(("on", "href")) for key in element.attrib):
            raise FormulaError(f"it has <{name}>, which is none of a formula's")
    return made
