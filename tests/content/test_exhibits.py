"""Every exhibit for every neighbour, every single year, each region left out, each region alone."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from altair.utils import schemapi

from borderbook.figures.charts import Chart
from borderbook.figures.tables import Table
from borderbook.parameters import derive
from borderbook.parameters.model import Parameters
from helpers import regions
from helpers.regions import Group
from tests.real_book import ROOT

Show = Callable[[Parameters], Any]
# Tables for documents that the book has got; without any, `exhibits` says what is missing.
OF_DOCUMENTS = {
    *("strip", "rates", "implied", "together", "places", "passages", "lemmas", "missing"),
}


def shows() -> Iterator[tuple[str, Show]]:
    """Return what shows something of parameters, each with the section that it is for."""
    for path in sorted((ROOT / "helpers").glob("*/*exhibits.py")):
        section = path.parent.name.replace("_", "-")
        module = importlib.import_module(f"helpers.{path.parent.name}.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            its_own = function.__module__ == module.__name__ and name not in OF_DOCUMENTS
            if (
                its_own
                and not name.startswith("_")
                and "p" in inspect.signature(function).parameters
            ):
                yield section, function


SHOWS = {f"{each.__module__.removeprefix('helpers.')}.{each.__name__}": (section, each)
         for section, each in shows()}  # fmt: skip


def points(model: type[Parameters]) -> Iterator[Mapping[str, Any]]:
    """Return parameters: the default, and each that differs from it in one way."""
    yield {}
    yield from (
        {name: not field.default}
        for name, field in model.model_fields.items()
        if field.annotation is bool and name != "with_okrugs"
    )
    codes = Group("KZ").bordering
    if "neighbour" in model.model_fields:
        yield from ({"neighbour": code} for code in regions.neighbours())
        yield {"with_okrugs": True}
        yield from ({"exclude": [code]} for code in codes)
        yield from ({"exclude": [other for other in codes if other != code]} for code in codes)
    if limits := model.limits.get("first_year"):
        years = range(int(limits.low or 0), int(limits.high or 0) + 1)
        assert len(years) > 9
        yield from ({"first_year": year, "last_year": year} for year in years)


def test_the_sections_exhibits_are_looked_at() -> None:
    assert len(SHOWS) > 30
    assert {"introduction.exhibits.border_map", "gross_product.exhibits.explorer"} <= set(SHOWS)


@pytest.fixture(autouse=True)
def _drawn_unchecked() -> Iterator[None]:
    """Have Altair take charts as they are: the default ones are checked wherever they are drawn."""
    with schemapi.debug_mode(False):
        yield


@pytest.mark.parametrize("name", SHOWS)
def test_an_exhibit_can_be_shown_whatever_is_asked(name: str) -> None:
    section, show = SHOWS[name]
    model = derive.model_of(section)
    for chosen in points(model):
        shown = show(model.checked(chosen))
        for each in [shown] if isinstance(shown, Chart | Table | Mapping) else listed(shown):
            check(each, f"{name}, {dict(chosen)}")


def listed(shown: Iterable[Any]) -> list[Any]:
    each = list(shown)
    assert each, "an exhibit"
    return each


def check(shown: Chart | Table | Mapping[str, str], where: str) -> None:
    if isinstance(shown, Mapping):
        assert shown, where
        texts: dict[str, str] = dict(shown)
    elif isinstance(shown, Table):
        missing = {column.name for column in shown.columns} - set(shown.rows.columns)
        assert not missing, where
        assert len(shown.rows) or shown.title.startswith("No "), f"{where}: no rows"
        assert shown.title[:1].isupper() or shown.title[:1].isdigit(), f"{where}: {shown.title!r}"
        texts = {"title": shown.title, "shown": shown._repr_mimebundle_()["text/plain"]}
    else:
        assert shown.title[:1].isupper() or shown.title[:1].isdigit(), f"{where}: {shown.title!r}"
        texts = {"title": shown.title, "alternative": shown.drawing.alternative}
    for key, text in texts.items():
        assert text.strip(), f"{where}: {key}"
        broken = [word for word in text.split()[1:] if word in ("nan", "None", "<NA>")]
        assert not broken, f"{where}: {key}: {text}"
