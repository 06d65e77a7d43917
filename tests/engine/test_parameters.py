"""Parameters: what the data cannot serve is refused in words that tell what they can."""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest
from papermill.inspection import inspect_notebook

from borderbook.datapackage import resources
from borderbook.parameters.derive import declared, model_of, sections
from borderbook.parameters.model import ParameterError, Parameters
from borderbook.parameters.values import allowed, changed, parse, schema
from helpers import regions
from helpers.regions import Group
from tests.real_book import Data, ForeignTrade, GrossProduct
from tests.real_book import SmallEnterprises as Small

NOTEBOOKS = sorted((resources.folder().parent / "book").glob("*.ipynb"))


def namespace(cell: str, **values: object) -> dict[str, object]:
    """Return what a notebook's globals hold when the cell after `cell` runs."""
    return {"In": ["", cell, "p = Section.checked(globals())"], **values}


def refused(section: type, **values: object) -> str:
    with pytest.raises(ParameterError) as caught:
        section.checked(values)
    return str(caught.value)


def test_defaults_are_the_papers_group_and_all_years() -> None:
    p = Small.checked({})

    assert p.group == Group("KZ")
    assert list(p.years) == list(range(2010, 2023))
    assert p.words == "as published"


def test_parameters_that_differ_are_said_in_words() -> None:
    p = Small.checked({"neighbour": "CN", "last_year": 2016})

    assert set(p.words.split(", ")) == {"neighbour = CN", "last_year = 2016"}
    assert list(p.years)[-1] == 2016


@pytest.mark.parametrize("neighbour", sorted(regions.neighbours()))
def test_every_neighbour_is_accepted(neighbour: str) -> None:
    assert GrossProduct.checked({"neighbour": neighbour}).group.country


@pytest.mark.parametrize("wrong", ["SE", "kz", "", "Kazakhstan", None, 7])
def test_an_unknown_neighbour_is_answered_with_the_fourteen(wrong: object) -> None:
    message = refused(Small, neighbour=wrong)

    assert repr(wrong) in message
    for code in regions.neighbours():
        assert code in message


def test_norway_read_as_false_is_explained() -> None:
    message = refused(Small, neighbour=False)

    assert "neighbour=False" in message
    assert "NO" in message.split("allowed: ")[1]
    assert "quotes" in message


@pytest.mark.parametrize("wrong", ["RU-MOW", "RU-XXX", "che"])
def test_a_region_outside_the_group_is_answered_with_those_inside(wrong: str) -> None:
    message = refused(Small, exclude=["RU-OMS", wrong])

    assert repr(wrong) in message
    assert "'RU-OMS' not" not in message
    for code in Group("KZ").codes:
        assert code in message


def test_a_group_of_nothing_is_refused() -> None:
    message = refused(Small, exclude=list(Group("KZ").codes))

    assert "leaves no region" in message
    assert "RU-OMS" in message


@pytest.mark.parametrize("wrong", ["RU-CHE", ("RU-CHE",), [7]])
def test_what_is_left_out_is_a_list_of_codes(wrong: object) -> None:
    assert "exclude" in refused(Small, exclude=wrong)


def test_the_okrugs_count_only_where_tyumen_does() -> None:
    assert "neighbour='KZ'" in refused(Small, neighbour="CN", with_okrugs=True)
    assert "RU-TYU" in refused(Small, exclude=["RU-TYU"], with_okrugs=True)


@pytest.mark.parametrize(
    ("section", "values", "told"),
    [
        (Small, {"first_year": 2009}, ("first_year=2009", "2010 to 2022")),
        (Small, {"last_year": 2023}, ("last_year=2023", "2010 to 2022")),
        (Small, {"first_year": 2016, "last_year": 2015}, ("2016 is after", "2010 <=", "2022")),
        (GrossProduct, {"first_year": 2004}, ("first_year=2004", "2005 to 2023")),
        (ForeignTrade, {"last_year": 2022}, ("last_year=2022", "2000 to 2021")),
    ],
)
def test_years_that_the_data_lack_are_answered_with_those_they_hold(
    section: type, values: dict[str, int], told: tuple[str, ...]
) -> None:
    message = refused(section, **values)

    assert all(part in message for part in told), message


def test_one_year_is_a_series() -> None:
    assert list(Small.checked({"first_year": 2015, "last_year": 2015}).years) == [2015]


@pytest.mark.parametrize("wrong", ["2015", 2015.5, True, None])
def test_a_year_is_a_whole_number(wrong: object) -> None:
    assert "first_year" in refused(Small, first_year=wrong)


@pytest.mark.parametrize("wrong", ["yes", 1, None])
def test_a_switch_is_true_or_false(wrong: object) -> None:
    assert "with_okrugs" in refused(Small, with_okrugs=wrong)


def test_every_fault_is_told_at_once() -> None:
    message = refused(Small, first_year="early", last_year="late", with_okrugs="both")

    assert len(message.splitlines()) == 4


@pytest.mark.parametrize(
    ("name", "meant"), [("neigbour", "neighbour"), ("lastyear", "last_year"), ("colour", "")]
)
def test_a_misspelt_name_is_an_error_with_a_suggestion(name: str, meant: str) -> None:
    """As papermill injects it: into a cell of its own, before the cell that checks."""
    cell = f"# Parameters\n{name} = 2015\n"
    with pytest.raises(ParameterError) as caught:
        Small.checked(namespace(cell, **{name: 2015}))

    message = str(caught.value)
    assert f"{name}: no such parameter" in message
    assert ("did you mean" in message) == bool(meant)
    assert f"did you mean {meant}? There are" in message or not meant
    assert "no such parameter. There are" in message or meant
    assert all(known in message.split("There are")[1] for known in Small.model_fields)


@pytest.mark.parametrize(
    "cell", ["x = compute()", "import pandas", "this is (not Python", "for x in []: pass", ""]
)
def test_a_cell_that_is_not_of_parameters_names_none(cell: str) -> None:
    assert Small.checked(namespace(cell, x=1)).neighbour == "KZ"


def test_a_section_without_a_parameter_refuses_it() -> None:
    with pytest.raises(ParameterError, match="neighbour: no such parameter"):
        ForeignTrade.checked(namespace('neighbour = "CN"', neighbour="CN"))


# The notebooks say what their models say


def parameters_cell(path: Path) -> str:
    notebook = nbformat.read(path, as_version=4)
    return str(next(c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", [])))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_papermill_shows_every_parameter_with_type_and_help(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = inspect_notebook(str(path))

    assert list(shown) == [line.partition(":")[0] for line in parameters_cell(path).splitlines()]
    for name, parameter in shown.items():
        assert parameter["inferred_type_name"] in ("str", "int", "bool", "list[str]"), name
        assert len(parameter["help"]) > 10, name


@pytest.mark.parametrize("section", sections())
def test_the_model_of_a_section_has_what_its_cell_declares(section: str) -> None:
    path = resources.folder().parent / "book" / f"{section}.ipynb"
    model, shown = model_of(section), inspect_notebook(str(path))

    assert sorted(shown) == sorted(model.model_fields)
    for name, field in model.model_fields.items():
        assert ast.literal_eval(shown[name]["default"]) == getattr(model(), name), name
        assert field.description
        assert shown[name]["help"].startswith(field.description), name
    if "last_year" in shown:
        limits = model.limits["last_year"]
        assert f"[{limits.low}..{limits.high}]" in shown["last_year"]["help"]


def test_a_cell_declares_type_default_meaning_and_what_is_allowed() -> None:
    cell = (
        'unit: str = "rub"  # unit [rub | usd]\nshare = 0.5  # a share [0.0..1.0]\nnames: list = []'
    )
    unit, share, names = declared(cell)

    assert (unit.kind, unit.default, unit.meaning) == (str, "rub", "unit")
    assert unit.limits.choices == ("rub", "usd")
    assert (share.kind, share.limits.low, share.limits.high) == (float, 0.0, 1.0)
    assert (names.kind, names.default, names.meaning) == (list[str], [], "")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("x = compute()", "line 1: the default of x is no constant"),
        ("import pandas", "line 1: `import pandas` declares no parameter"),
        ("this is (not Python", "line 1: "),
        ("a = 1\nx: dict = {}", "line 2: x: a parameter cannot be dict"),
        ("x = None", "line 1: x: a parameter cannot be NoneType"),
        ("x = 3  # years [9..1]", "line 1: [9..1]: a range goes from low to high"),
    ],
)
def test_what_declares_no_parameter_is_told_with_its_line(cell: str, told: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(told)):
        declared(cell)


# What a text means by the parameter's type


@pytest.mark.parametrize(
    ("section", "name", "text", "value"),
    [
        (Small, "neighbour", "NO", "NO"),
        (Small, "neighbour", "007", "007"),
        (Small, "neighbour", "1e3", "1e3"),
        (Small, "exclude", "RU-CHE,RU-SAM", ["RU-CHE", "RU-SAM"]),
        (Small, "exclude", " RU-CHE , ", ["RU-CHE"]),
        (Small, "exclude", "", []),
        (Small, "exclude", ["RU-CHE", "RU-SAM"], ["RU-CHE", "RU-SAM"]),
        (Small, "exclude", "NO", ["NO"]),
        (Small, "last_year", "2016", 2016),
        (Small, "last_year", "02016", 2016),
        (Data, "rows", "007", 7),
        (Data, "rows", "-3", -3),
        (Small, "with_okrugs", "true", True),
        (Small, "with_okrugs", "Yes", True),
        (Small, "with_okrugs", "1", True),
        (Small, "with_okrugs", "FALSE", False),
        (Small, "with_okrugs", "no", False),
        (Small, "with_okrugs", "0", False),
    ],
)
def test_a_text_means_what_its_parameters_type_says(
    section: type[Parameters], name: str, text: Any, value: object
) -> None:
    read = parse(section, name, text)

    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("last_year", "1e3", "a whole number from 2010 to 2022"),
        ("last_year", "2016.0", "a whole number from 2010 to 2022"),
        ("last_year", "2_016", "a whole number from 2010 to 2022"),
        ("last_year", "", "a whole number from 2010 to 2022"),
        ("last_year", ["2016"], "a whole number from 2010 to 2022"),
        ("with_okrugs", "maybe", "true or false (yes or no, 1 or 0)"),
        ("neighbour", ["KZ", "CN"], "AZ, BY, CN"),
        ("exclude", [["RU-CHE"]], "a list with commas"),
    ],
)
def test_a_text_of_another_type_is_answered_with_what_is_allowed(
    name: str, text: Any, told: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(Small, name, text)

    message = str(caught.value)
    assert name in message
    assert repr(text if name != "exclude" else text[0]) in message
    assert told in message


def test_an_unknown_name_or_section_is_answered_with_the_nearest_and_all() -> None:
    with pytest.raises(ParameterError, match=r"did you mean last_year\? There are .*neighbour"):
        parse(Small, "lastyear", "2016")
    with pytest.raises(ParameterError, match=r"did you mean small-enterprises\? There are .*data"):
        model_of("small-enterprise")


def test_values_equal_to_their_defaults_are_no_parameters_of_a_run() -> None:
    given = {"last_year": 2016, "neighbour": "KZ", "exclude": [], "with_okrugs": True}

    assert list(changed(Small, given).items()) == [("with_okrugs", True), ("last_year", 2016)]
    with pytest.raises(ParameterError, match="2009"):
        changed(Small, {"first_year": 2009})
    with pytest.raises(ParameterError, match="did you mean first_year"):
        changed(Small, {"firstyear": 2010})


@pytest.mark.parametrize("section", sections())
def test_the_schema_of_a_section_allows_its_defaults_and_says_what_each_means(section: str) -> None:
    model = model_of(section)
    found = schema(model)

    jsonschema.Draft202012Validator.check_schema(found)
    validator = jsonschema.Draft202012Validator(found)
    assert validator.is_valid(model().model_dump())
    assert not validator.is_valid({"colour": "red"})
    for name, field in found["properties"].items():
        assert field["description"], name
        assert "default" in field, name
        assert allowed(model, name), name
    if "neighbour" in model.model_fields:
        assert not validator.is_valid({"neighbour": "SE"})
        assert not validator.is_valid({"exclude": ["RU-MOW"]})
    if "last_year" in model.model_fields:
        assert not validator.is_valid({"last_year": (model.limits["last_year"].high or 0) + 1})
