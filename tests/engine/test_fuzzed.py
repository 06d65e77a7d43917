"""Whatever stands in a file or a text, it is read or refused with a message: a million inputs.

Each parser gets what Hypothesis thinks of: bytes and texts of every kind, and broken forms of sound
ones. `make soak` counts them into `_build/soak.json`.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from borderbook import formatting, inputs
from borderbook.corpus import readers
from borderbook.errors import UserError
from borderbook.execution import self_contained
from borderbook.parameters import derive, values
from borderbook.publishing import run_page
from borderbook.site import formulas
from tests import soak
from tests.bakery import TINY

SHORT, LONG = 60, 100_000
"""Inputs for each parser: in every run, and in `make soak`."""

_SHAPES = st.text(alphabet="[]{}:,-#&*!|>'\"\\ \n\tabé019.%=~$<_^`")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "cells",
                    "source",
                    "metadata",
                    "tags",
                    "outputs",
                    "cell_type",
                    "data",
                    "id",
                    "name",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def _spoilt(path: Path) -> st.SearchStrategy[bytes]:
    """Return what becomes of a sound file: some bytes are cut out, and others put in."""
    sound = path.read_bytes()
    place = st.integers(0, len(sound))
    return st.builds(
        lambda a, b, middle: sound[: min(a, b)] + middle + sound[max(a, b) :],
        place,
        place,
        st.binary(max_size=12),
    )


def _texts(path: Path) -> st.SearchStrategy[bytes]:
    return st.one_of(
        st.binary(max_size=200), _SHAPES.map(str.encode), _JSON.map(_dumped), _spoilt(path)
    )


def _dumped(document: object) -> bytes:
    return json.dumps(document).encode()


def _read(reader: Callable[[Path], object], content: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".ipynb") as file:
        file.write(content)
        file.flush()
        said = file.name
        try:
            reader(Path(file.name))
        except UserError as error:
            said = str(error)
        assert Path(file.name).name in said


def _loaded_yaml(content: bytes) -> None:
    _read(lambda path: inputs.read_yaml(path, blank={}), content)
    _read(lambda path: inputs.read_yaml(path, list, texts=True, blank=[]), content)


def _derived(text: str) -> None:
    with contextlib.suppress(UserError):
        derive.declared(text)


def _parsed_value(text: str) -> None:
    model = derive._model("loaf", "a: int = 1\nb: str = ''\nc: list[float] = []\nd = True", ())
    for name in "abcd":
        with contextlib.suppress(UserError):
            model.checked({name: values.parse(model, name, text)})


def _decoded(content: bytes) -> None:
    for read in (readers._text, readers._html):
        with contextlib.suppress(UserError):
            read(content, Path("a.txt"))


def _formula(text: str) -> None:
    with contextlib.suppress(formulas.FormulaError):
        made = formulas.mathml(text)
        assert "<script" not in made.lower()
        assert "\\a" not in made


def _named(text: str) -> None:
    folder = Path("/runs/loaves")
    assert (folder / run_page.slug({"bread": text})).parent == folder
    if inputs.is_name(text):
        assert (folder / text).resolve().parent == folder


def _markup(text: str) -> None:
    assert isinstance(self_contained.in_markup(f"<p {text}><style>{text}</style>"), list)


def _cell(text: str) -> None:
    shown = formatting.for_spreadsheets(text)
    assert isinstance(shown, str)
    assert shown.removeprefix("'").endswith(text.removeprefix("'"))
    with contextlib.suppress(ValueError):
        float(text)
        assert (
            not text.startswith(("+", "-")) or shown.strip("'").strip() == text.strip("'").strip()
        )


_NOTEBOOK, _DESCRIPTOR = TINY / "book" / "dough.ipynb", TINY / "data" / "datapackage.json"
PARSERS: dict[str, tuple[Callable[..., None], st.SearchStrategy[object]]] = {
    "notebook": (lambda content: _read(inputs.read_notebook, content), _texts(_NOTEBOOK)),
    "json": (lambda content: _read(inputs.read_json, content), _texts(_DESCRIPTOR)),
    "toml": (lambda content: _read(inputs.read_toml, content), _texts(TINY / "_toc.yml")),
    "yaml": (_loaded_yaml, _texts(TINY / "_config.yml")),
    "parameters": (_derived, st.text(max_size=80) | _SHAPES),
    "values": (_parsed_value, st.text(max_size=30) | _SHAPES),
    "documents": (_decoded, st.binary(max_size=200) | _SHAPES.map(str.encode)),
    "formulas": (_formula, st.text(alphabet="\\{}^_&$<>abfrc[]()=+ \n|%'1", max_size=30)),
    "names": (_named, st.text(max_size=30) | st.text(alphabet="./\\a-_\0", max_size=8)),
    "cells": (_cell, st.text(max_size=20) | st.text(alphabet="=+-@\t\r09.e'", max_size=8)),
    "markup": (_markup, st.text(max_size=60) | _SHAPES),
}


def _fuzz(name: str, many: int) -> int:
    parser, strategy = PARSERS[name]
    tried = 0

    @settings(
        max_examples=many,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(content: object) -> None:
        nonlocal tried
        tried += 1
        parser(content)

    run()
    return tried


@pytest.mark.parametrize("name", PARSERS)
def test_whatever_is_read_is_read_or_refused(name: str) -> None:
    assert _fuzz(name, SHORT)


@pytest.mark.soak
@pytest.mark.parametrize("name", PARSERS)
def test_a_hundred_thousand_inputs_of_each_kind_are_read_or_refused(name: str) -> None:
    tried = _fuzz(name, LONG)
    soak.record(f"fuzzed inputs: {name}", inputs=tried)
    assert tried >= LONG * 0.9, "the strategy has too few inputs"
