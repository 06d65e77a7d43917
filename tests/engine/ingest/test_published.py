"""Published tables: every layout gives the same figures, and what is not certain is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderbook.datapackage import resources
from borderbook.ingest import extract, gazetteer, headers, propose, target, totals
from borderbook.ingest.extract import Extract
from borderbook.ingest.propose import Draft
from borderbook.ingest.recipe import Origin, Recipe, Statements, parse
from borderbook.ingest.spreadsheets import FigureError, Grid

PLACES = gazetteer.places()
NAMES = gazetteer.gazetteer(PLACES)
REGIONS = resources.load("regions").set_index("region")
Cells = Sequence[Sequence[str | float | Decimal | None]]


def grid(rows: Cells, merged: Sequence[tuple[int, int, int, int]] = (), sheet: str = "") -> Grid:
    width = max(map(len, rows))
    cells = [
        tuple(
            Decimal(str(c)) if isinstance(c, int | float) else c if c != "" else None for c in row
        )
        + (None,) * (width - len(row))
        for row in rows
    ]
    return Grid("a.xlsx", sheet, tuple(cells), tuple(merged))


def draft(*grids: Grid, resource: str = "small_enterprises", **stated: Any) -> Draft:
    form = target.form(resource)
    return propose.propose([grids], form, NAMES, headers.vocabulary(form), Statements(**stated))


def understand(*grids: Grid, resource: str = "small_enterprises", **stated: Any) -> Extract:
    """Return what a proposed recipe takes; `edit` is what the author writes for what is open."""
    edit = stated.pop("edit", {})
    made = draft(*grids, resource=resource, **stated)
    answers = {mark: edit[text] for mark, problem in made.questions.items() for text in edit
               if text in problem.what}  # fmt: skip
    if made.refused or made.questions.keys() - answers:
        raise FigureError(*made.refused, *made.questions.values())
    text = Recipe(resource=resource, source=Origin(), tables=made.tables).text()
    for mark, answer in answers.items():
        text = re.sub(rf"'?{re.escape(mark)}'?$", lambda _, to=answer: to, text, flags=re.MULTILINE)
    return by_recipe(text, *grids)


def by_recipe(text: str, *grids: Grid) -> Extract:
    """Return what a recipe takes from the sheet that it names."""
    recipe = parse(text, "x.yml")
    form = target.form(recipe.resource)
    [grid] = [grid for grid in grids if (grid.sheet or None) == recipe.tables[0].sheet]
    return extract.extract(recipe, [grid], form, headers.vocabulary(form))[0]


def figures(found: Extract) -> dict[tuple[str, ...], float]:
    """Return the figures that go into the resource, by place and the rest of the key."""
    taken = [f for f in found.figures if f.code and not f.counts_in]
    return {(str(f.code), *f.key.values()): float(f.value) for f in taken}


def refusal(*grids: Grid, **chosen: Any) -> str:
    with pytest.raises(FigureError) as caught:
        understand(*grids, **chosen)
    return str(caught.value)


# Layouts: one table of two regions, two years, two indicators, written in many ways

EXPECTED = {
    ("RU-OMS", "2014", "number"): 1500.0,
    ("RU-OMS", "2016", "number"): 2500.0,
    ("RU-ALT", "2014", "number"): 30.0,
    ("RU-ALT", "2016", "number"): 40.0,
    ("RU-OMS", "2014", "investment"): 7.25,
    ("RU-OMS", "2016", "investment"): 8.25,
    ("RU-ALT", "2014", "investment"): 9.0,
    ("RU-ALT", "2016", "investment"): 10.5,
}
NUMBER, INVESTMENT = (
    "Число малых предприятий, единиц",
    "Инвестиции в основной капитал малых предприятий,\nмлн. руб.",
)

LAYOUTS: dict[str, Grid] = {
    "heads merged over years": grid(
        [
            ["Малые предприятия по субъектам Российской Федерации"],
            ["Регион", NUMBER, None, INVESTMENT],
            [None, 2014, "2016 г.", "2014 год", "20161)"],
            [None, 1, 2, 3, 4],
            ["Омская область", 1500, "2 500", "7,25", "8,25"],
            ["Алтайский край", "30", 40, "9,0", "10,50"],
            ["1) По данным реестра."],
        ],
        [(0, 0, 0, 4), (1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4)],
    ),
    "heads without merged areas": grid(
        [
            ["", NUMBER, "", INVESTMENT, ""],
            ["", "2014", "2016", "2014", "2016"],
            ["Омская область", "1500", "2\u00a0500", "7,25", "8,25"],
            ["Алтайский край", "30", "40", "9", "10,5"],
        ]
    ),
    "years over indicators, units below": grid(
        [
            ["Субъект", 2014, None, 2016, None],
            [None, "Число малых предприятий", "Инвестиции в основной капитал малых предприятий"] * 1
            + ["Число малых предприятий", "Инвестиции в основной капитал малых предприятий"],
            [None, "единиц", "тыс. рублей", "единиц", "тыс. рублей"],
            ["ОМСКАЯ  ОБЛАСТЬ*", "1500", "7250", "2500", "8250"],
            ["Алтайский край", "30", "9000", "40", "10 500"],
        ],
        [(0, 1, 0, 2), (0, 3, 0, 4)],
    ),
    "long, one column an indicator": grid(
        [
            ["Год", "Регион", NUMBER, INVESTMENT],
            [2014, "Омская обл.", 1500, 7.25],
            [2016, "Омская обл.", 2500, 8.25],
            [2014, "Алтайский край", 30, 9],
            [2016, "Алтайский край", 40, 10.5],
        ]
    ),
    "long, one row a figure": grid(
        [
            ["region", "year", "indicator", "value", "unit"],
            *(
                [code, year, what, value, "enterprises" if what == "number" else "million RUB"]
                for (code, year, what), value in EXPECTED.items()
            ),
        ]
    ),
    "long, region merged over its rows, in English": grid(
        [
            [
                "Region",
                "Year",
                "Number of small enterprises, units",
                "Fixed capital investment of small enterprises, mln RUB",
            ],
            ["Omsk region", 2014, 1500, 7.25],
            [None, 2016, 2500, 8.25],
            ["Altai territory", 2014, 30, 9],
            [None, 2016, 40, 10.5],
        ],
        [(1, 0, 2, 0), (3, 0, 4, 0)],
    ),
    "names in two languages": grid(
        [
            ["", "", NUMBER, "", INVESTMENT, ""],
            ["", "", "2014", "2016", "2014", "2016"],
            ["Омская область", "Omsk Oblast", "1500", "2500", "7,25", "8,25"],
            ["Алтайский край", "Altai Krai", "30", "40", "9", "10,5"],
        ]
    ),
    "as the data portal of the statistical service exports": grid(
        [
            ["", "", "", "2014", "2016"],
            ["Субъект", "Показатель", "Единица измерения", "", ""],
            ["52000000000 Омская область", "Число малых предприятий", "единица", 1500, 2500],
            [
                "52000000000 Омская область",
                "Инвестиции в основной капитал малых предприятий",
                "миллион рублей",
                7.25,
                8.25,
            ],
            ["01000000000 Алтайский край", "Число малых предприятий", "единица", 30, 40],
            [
                "01000000000 Алтайский край",
                "Инвестиции в основной капитал малых предприятий",
                "тысяча рублей",
                9000,
                10500,
            ],
        ]
    ),
    "a period in each row that says nothing": grid(
        [
            ["Субъект", "Показатель", "Период", "Единица измерения", "2014", "2016"],
            [
                "Омская область",
                "Число малых предприятий",
                "значение показателя за год",
                "единица",
                1500,
                2500,
            ],
            [
                "Омская область",
                "Инвестиции в основной капитал малых предприятий",
                "значение показателя за год",
                "млн руб",
                7.25,
                8.25,
            ],
            [
                "Алтайский край",
                "Число малых предприятий",
                "значение показателя за год",
                "единица",
                30,
                40,
            ],
            [
                "Алтайский край",
                "Инвестиции в основной капитал малых предприятий",
                "значение показателя за год",
                "млн руб",
                9,
                10.5,
            ],
        ]
    ),
    "heads again on a second page": grid(
        [
            ["", NUMBER, "", INVESTMENT, ""],
            ["", "2014", "2016", "2014", "2016"],
            ["Омская область", "1500", "2500", "7,25", "8,25"],
            ["", "2014", "2016", "2014", "2016"],
            ["Алтайский край", "30", "40", "9", "10,5"],
        ]
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_figures(layout: str) -> None:
    # Names of the package's own fields do not say what is counted.
    vouched = {"subject": "small enterprises"} if layout == "long, one row a figure" else {}

    assert figures(understand(LAYOUTS[layout], **vouched)) == EXPECTED


def test_a_year_in_the_title_and_one_in_the_name_of_the_sheet() -> None:
    rows = [["", "Число малых предприятий"], ["Омская область", 15.5]]
    title = "Число малых предприятий в 2014 году, тыс. единиц (на 01.02.2015)"

    found = understand(grid([[title], *rows]))
    assert figures(found) == {("RU-OMS", "2014", "number"): 15500}
    assert found.columns == {"B": 1}
    found = understand(grid([["тыс. единиц"], *rows], sheet="2016"))
    assert figures(found) == {("RU-OMS", "2016", "number"): 15500}


def test_options_say_what_the_file_does_not() -> None:
    bare = grid([["Омская область", "1,5"]])

    found = understand(bare, key={"indicator": ["number"], "year": ["2014"]}, unit="тыс. единиц",
                       subject="small enterprises")  # fmt: skip

    assert figures(found) == {("RU-OMS", "2014", "number"): 1500}


def test_options_choose_among_what_the_file_holds() -> None:
    table = LAYOUTS["heads without merged areas"]

    stated = {"indicator": ["number"], "year": ["2016"]}
    found = understand(table, key=stated)

    assert set(figures(found)) == {("RU-OMS", "2016", "number"), ("RU-ALT", "2016", "number")}
    (recipe,) = draft(table, key=stated).tables
    assert [column.use for column in recipe.columns.values()].count("skip") == 3


def test_a_resource_with_a_column_for_each_section() -> None:
    table = grid(
        [
            ["Structure of gross value added, %", "Mining and quarrying", "D"],
            ["Omsk Oblast", "12.5", "30.25"],
        ],
        sheet="2012",
    )

    found = understand(table, resource="gva_structure_2011_2015")

    assert figures(found) == {("RU-OMS", "2012", "C"): 12.5, ("RU-OMS", "2012", "D"): 30.25}


def test_gross_product_in_other_units() -> None:
    table = grid([["Валовой региональный продукт, млрд руб."], ["", 2024], ["Омская область", 1.5]])

    found = understand(table, resource="gross_regional_product")

    assert figures(found) == {("RU-OMS", "2024"): 1500}


# Rows


def one(name: str, *others: Sequence[str | float | None], value: float = 5) -> Grid:
    return grid([["Число малых предприятий, единиц", 2014], [name, value], *others])


@pytest.mark.parametrize("code", [c for c in REGIONS.index if c.startswith("RU")])
def test_every_region_is_found_by_its_names_in_any_dress(code: str) -> None:
    for name in REGIONS.loc[code, ["name_ru", "name_en"]]:
        for dressed in (
            name,
            name.upper(),
            f"  {name.replace(' ', chr(0xA0))}1) ",
            name.replace("-", "\u2011").replace(" - ", " \u2013 ") + "*",
            name.replace(" ", "\n", 1) + ":",
        ):
            place = NAMES.find(dressed)
            assert place is not None, dressed
            assert place.code == code, dressed


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("г.Москва", "RU-MOW"),
        ("Город Москва", "RU-MOW"),
        ("Moscow region", "RU-MOS"),
        ("Алтай, Республика", "RU-AL"),
        ("Altai territory", "RU-ALT"),
        ("Республика Северная Осетия–Алания", "RU-SE"),
        ("Ханты-Мансийский АО – Югра", "RU-KHM"),
        ("Ханты-Мансийский автоном-\nный округ - Югра", "RU-KHM"),
        ("Ямало-Ненецкий авт. округ", "RU-YAN"),
        ("Nenets autonomous area", "RU-NEN"),
        ("Еврейская авт. обл.", "RU-YEV"),
        ("Кемеровская область – Кузбасс", "RU-KEM"),
        ("Кемёровская область", "RU-KEM"),
        ("St. Petersburg", "RU-SPE"),
        ("Republic of Tyva", "RU-TY"),
        ("RU-OMS", "RU-OMS"),
        ("Западно-Казахстанская область", "KZ-27"),
    ],
)
def test_other_spellings_of_regions(name: str, code: str) -> None:
    place = NAMES.find(name)
    assert place is not None
    assert (place.kind, place.code) == ("place", code)


@pytest.mark.parametrize("name", ["Алтай", "Altai", "Омская", "Всего", "Итого", "Новая область"])
def test_a_name_that_may_be_two_is_none(name: str) -> None:
    assert NAMES.find(name) is None


def test_no_spelling_stands_for_two_things() -> None:
    for name, kind, code in resources.load("region_spellings").itertuples(index=False):
        place = NAMES.find(name)
        assert place is not None
        assert (place.kind, place.code) == ("place" if kind == "region" else kind, code), name


def test_totals_districts_and_headings_among_the_regions() -> None:
    table = one(
        "Российская Федерация",
        ["в том числе:"],
        ["Сибирский\nфедеральный округ", 3],
        ["Омская область", 3],
        ["Республика Крым", 2],
        ["Примечание. Без банков."],
    )
    found = understand(table)

    assert figures(found) == {("RU", "2014", "number"): 5, ("RU-OMS", "2014", "number"): 3}
    assert draft(table).tables[0].rows == {
        "Российская Федерация": "RU",
        "в том числе": "skip",
        "Сибирский федеральный округ": "skip",
        "Омская область": "RU-OMS",
        "Республика Крым": "outside",
        "Примечание. Без банков": "skip",
    }
    assert found.skipped == 1
    assert totals.differences(found.figures, "RU") == []


# Tyumen

WITHOUT = ["Тюменская область без автономных округов", 1]
OKRUGS = [["Ханты-Мансийский автономный округ - Югра", 2], ["Ямало-Ненецкий АО", 3]]


def test_tyumen_with_a_row_without_is_the_whole() -> None:
    found = understand(one("Тюменская область", ["в том числе:"], *OKRUGS, WITHOUT, value=12))

    assert figures(found)["RU-TYU", "2014", "number"] == 1
    (whole,) = [figure for figure in found.figures if figure.counts_in]
    assert (whole.code, whole.counts_in, whole.value) == ("RU-TYU", ("RU-KHM", "RU-YAN"), 12)
    (line,) = totals.differences(found.figures, "RU")
    assert line == "2014 number: Тюменская область is 12, its parts make 6 (+50.00 %)"


@pytest.mark.parametrize("rows", [[], OKRUGS, OKRUGS[:1]])
def test_tyumen_alone_is_refused(rows: list[list[str | float]]) -> None:
    message = refusal(one("Тюменская область", *rows))

    assert "may be with or without RU-KHM and RU-YAN" in message
    assert "write RU-TYU if without, RU-TYU+RU-KHM+RU-YAN if with them" in message


def test_tyumen_is_without_if_the_user_says_so() -> None:
    found = understand(one("Тюменская область"), edit={"with or without": "RU-TYU"})

    assert figures(found) == {("RU-TYU", "2014", "number"): 5}


def test_tyumen_is_the_difference_if_the_user_says_it_is_the_whole() -> None:
    table = grid([["Число малых предприятий, единиц", 2014], ["Тюменская область", 7], *OKRUGS])
    line = 'RU-TYU = "Тюменская область" - RU-KHM - RU-YAN'

    (recipe,) = draft(table).tables
    recipe.rows["Тюменская область"] = "RU-TYU+RU-KHM+RU-YAN"
    recipe.totals.append(line)
    found = by_recipe(
        Recipe(resource="small_enterprises", source=Origin(), tables=[recipe]).text(), table
    )

    assert figures(found)["RU-TYU", "2014", "number"] == 2
    assert found.notes == [f"{line}: 1 figures"]


def test_a_name_that_says_it_is_the_whole_gives_the_difference_by_itself() -> None:
    found = understand(one("Тюменская область - всего", *OKRUGS, value=7))

    assert figures(found)["RU-TYU", "2014", "number"] == 2


def test_shares_are_never_subtracted() -> None:
    rows = [
        ["Структура валовой добавленной стоимости, %", "C"],
        ["Тюменская область - всего", 60],
        *OKRUGS,
    ]
    table = grid(rows, sheet="2024")

    found = understand(table, resource="gva_structure_2016_2024")
    assert set(figures(found)) == {("RU-KHM", "2024", "C"), ("RU-YAN", "2024", "C")}

    (recipe,) = draft(table, resource="gva_structure_2016_2024").tables
    recipe.totals.append('RU-TYU = "Тюменская область - всего" - RU-KHM - RU-YAN')
    text = Recipe(resource="gva_structure_2016_2024", source=Origin(), tables=[recipe]).text()
    with pytest.raises(FigureError, match="shares cannot be subtracted"):
        by_recipe(text, table)


def test_a_whole_without_its_parts_is_refused() -> None:
    message = refusal(one("Тюменская область - всего", OKRUGS[0]))

    assert "counts RU-KHM and RU-YAN in, and not all of the parts are there" in message


def test_arkhangelsk_has_an_okrug_too() -> None:
    found = understand(
        one("Архангельская область", ["Ненецкий автономный округ", 1],
            ["Архангельская область без автономного округа", 4])
    )  # fmt: skip

    assert figures(found)["RU-ARK", "2014", "number"] == 4
    assert totals.differences(found.figures, "RU") == []


def test_a_total_that_the_regions_do_not_make_is_told() -> None:
    found = understand(one("Россия", ["Омская область", 3], ["Алтайский край", 1], value=20))

    (line,) = totals.differences(found.figures, "RU")
    assert line == "2014 number: Россия is 20, the 2 places given make 4 (+80.00 %)"
    (line,) = totals.lacking(found.figures, ["RU-OMS", "RU-AL"])
    assert line == "2014 number: 1 of 2 places; without RU-AL"


# What is not certain

HEAD = ["Число малых предприятий, единиц", 2014]
REFUSED: dict[str, tuple[Grid, str]] = {
    "unknown region": (
        one("Россия", ["Омская обласьт", 1]),
        "row 3, column A: 'Омская обласьт' is no place that is known; spelled nearly so: "
        "Омская область = RU-OMS",
    ),
    "ambiguous region": (one("Россия", ["Алтай", 1]), "'Алтай' is no place that is known"),
    "region twice": (
        one("Омская область", ["г. Москва", 2], ["ОМСКАЯ ОБЛАСТЬ", 5]),
        "row 4, column B: RU-OMS has a second figure for 2014 number; the first stands in row 2",
    ),
    "figures without a name": (one("Россия", [None, 1]), "row 3, column A: figures stand beside"),
    "figures beside a heading": (one("Россия", ["в том числе:", 1]), "is a heading, but there are"),
    "number that is text": (
        one("Россия", ["Омская область", "около 5"]),
        "row 3, column B: 'около 5': no number",
    ),
    "number with a glued mark": (
        one("Россия", ["Омская область", "12,31)"]),
        "a footnote mark that cannot be told from the digits",
    ),
    "thousands or decimals": (
        one("Россия", ["Омская область", "1,234"]),
        "'1,234' may have decimals or thousands; write , or .",
    ),
    "dash": (one("Россия", ["Омская область", "-"]), "1 cells hold a dash, the first in row 3"),
    "no year": (
        grid([["Число малых предприятий, единиц"], ["Омская область", 1]]),
        "row 1, column B: the year of the figures is not said",
    ),
    "part of a year": (
        grid([["Регион", "Период", NUMBER], ["Омская область", "январь-март 2014", 1]]),
        "row 2, column B: 'январь-март 2014' is no year that is known",
    ),
    "two years": (
        grid([["Число малых предприятий, единиц", "2014-2015"], ["Омская область", 1]]),
        "the year may be 2014 or 2015",
    ),
    "head and title disagree": (
        grid([["", "2014"], ["", "2015"], ["Омская область", 1]]),
        "the year may be 2015 or 2014",
    ),
    "no indicator": (
        grid([["единиц", 2014], ["Омская область", 1]]),
        "row 1, column B: the indicator of the figures is not said; write one of employees, ",
    ),
    "no unit": (
        grid([["Число малых предприятий", 2014], ["Омская область", 1]]),
        "row 1, column B: the unit of the figures is not said; write the unit, --set",
    ),
    "other unit": (
        grid([["Число малых предприятий, тыс. человек", 2014], ["Омская область", 1]]),
        "thousand persons is not a unit of what is counted in enterprises",
    ),
    "head that says more": (
        grid([[*HEAD, "2014 в % к 2013"], ["Омская область", 1, 99]]),
        "row 1, column C: the head '2014 в % к 2013' says more than is known ('к')",
    ),
    "head of another kind": (
        grid([["единиц", "Число малых предприятий на 1000 человек"], ["Омская область", 1]]),
        "says more than is known",
    ),
    "column without a head": (
        grid([[*HEAD, None], ["Омская область", 1, 2]]),
        "column C: the year of the figures is not said",
    ),
    "blocks below each other": (
        one("Омская область", ["2016 год"], ["Алтайский край", 1]),
        "'2016 год' stands between the rows and may change what they mean",
    ),
    "blocks side by side": (
        grid([HEAD + HEAD, ["Омская область", 1, "Томская область", 2]]),
        "places stand in columns A and C side by side",
    ),
    "regions across": (
        grid([["Год", "Омская область", "Томская область", "Алтайский край"], [2014, 1, 2, 3]]),
        "places stand across the columns",
    ),
    "no region": (grid([["Kingdom", 2014], ["Mordor", 1]]), "no cell holds the name of a place"),
    "no figure": (grid([HEAD, ["Омская область", "…"]]), "no figure is left to take: 1 cells"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_certain_is_refused_with_its_place(case: str) -> None:
    table, said = REFUSED[case]

    message = refusal(table)

    assert said in message
    assert message.startswith(("a.xlsx", "2 things", "3 things", "4 things"))


def test_every_problem_is_told_at_once() -> None:
    message = refusal(
        one("Россия", ["Омская обласьт", 1], ["Томская область", "x1"], ["Край", 2], ["Тува", "–"])
    )

    assert message.splitlines()[0] == "4 things to settle first:"


def test_two_sheets_with_regions_need_a_choice() -> None:
    table = [HEAD, ["Омская область", 1]]

    message = refusal(grid(table, sheet="1"), grid(table, sheet="2"))

    assert message == (
        "a.xlsx: 2 sheets hold names of places: '1', '2'; say which one, or several: --sheet 1 or "
        "--sheet 2"
    )


def test_a_sheet_without_regions_is_no_candidate() -> None:
    contents = grid([["Содержание"], ["1. Число малых предприятий"]], sheet="Содержание")

    assert figures(understand(contents, LAYOUTS["heads without merged areas"])) == EXPECTED


def test_the_same_figure_in_two_sheets_is_refused() -> None:
    form = target.form("small_enterprises")
    words = headers.vocabulary(form)
    sheets = [grid([HEAD, ["Омская область", 1]], sheet=name) for name in ("1", "2")]
    tables = propose.propose([[sheet] for sheet in sheets], form, NAMES, words, Statements()).tables
    recipe = Recipe(resource=form.resource, source=Origin(), tables=tables)

    with pytest.raises(FigureError, match="sheet '2', row 2, column B: RU-OMS has a second figure"):
        extract.extract(recipe, sheets, form, words)


def test_the_user_settles_what_is_not_certain() -> None:
    table = grid(
        [
            [*HEAD, "2014 в % к 2013", "Отчёт"],
            ["Омская обласьт", "12,31)", 99, 3],
            ["Край", 1, 2, 4],
            ["Томская область", "–", None, 5],
        ]
    )

    made = draft(table, dash="zero")
    (recipe,) = made.tables
    assert recipe.rows["Омская обласьт"].startswith("?")
    recipe.rows |= {"Омская обласьт": "RU-OMS", "Край": "skip"}
    recipe.cells = {"12,31)": "12,3"}
    recipe.columns["C"].use = "skip"
    recipe.columns["D"].use = "figures"
    recipe.columns["D"].means["year"] = "2016"
    text = Recipe(resource="small_enterprises", source=Origin(), tables=[recipe]).text()
    found = by_recipe(text, table)

    assert len(made.questions) == 4
    assert figures(found) == {
        ("RU-OMS", "2014", "number"): 12.3,
        ("RU-OMS", "2016", "number"): 3,
        ("RU-TOM", "2014", "number"): 0,
        ("RU-TOM", "2016", "number"): 5,
    }


# The draft


def test_each_open_line_of_a_draft_has_a_mark_of_its_own() -> None:
    table = grid(
        [
            ["", "Всего", "", "Оборот, млн рублей"],
            ["", 2014, 2014, 2016],
            ["Омская область", 1, 2, 3],
        ],
        [(0, 1, 0, 2)],
    )

    made = draft(table)

    (recipe,) = made.tables
    marks = [column.means.get("indicator") for column in recipe.columns.values()]
    assert marks == ["?1", "?3", "turnover"]
    assert [column.unit for column in recipe.columns.values()] == ["?2", "?4", "million RUB"]
    text = Recipe(resource="small_enterprises", source=Origin(), tables=made.tables).text()
    with pytest.raises(FigureError) as caught:
        parse(text, "x.yml")
    lines = text.splitlines()
    at = {
        next(n for n, line in enumerate(lines, 1) if line.endswith(mark)) for mark in made.questions
    }
    assert [problem.place for problem in caught.value.problems] == [f"line {n}" for n in sorted(at)]


def test_a_column_that_is_skipped_has_nothing_open() -> None:
    table = grid(
        [["", "Число малых предприятий, единиц", ""], ["", 2014, ""], ["Омская область", 1, 7]]
    )
    (recipe,) = draft(table).tables
    assert recipe.columns["C"].means["year"] == "?1"
    recipe.columns["C"].use = "skip"
    text = Recipe(resource="small_enterprises", source=Origin(), tables=[recipe]).text()

    assert figures(by_recipe(text, table)) == {("RU-OMS", "2014", "number"): 1}


def test_a_first_row_with_an_unknown_name_is_a_row_and_no_head() -> None:
    table = grid([["object", "year", "population, чел."], ["Агинский округ", 2000, 71],
                  ["Белгородская область", 2000, 1500]])  # fmt: skip

    made = draft(table, resource="population")

    (recipe,) = made.tables
    assert recipe.places == "A2:A3"
    assert recipe.rows == {"Агинский округ": "?1", "Белгородская область": "RU-BEL"}


def test_rows_of_another_indicator_are_passed_over_and_counted_by_name() -> None:
    rows = [["Омская область", year, kind, "единиц", 5] for year in range(2010, 2017)
            for kind in ("Число малых предприятий", "Число средних предприятий")]  # fmt: skip
    table = grid([["Субъект", "Год", "Показатель", "Единица измерения", "Значение"], *rows])

    found = understand(table)

    assert (len(found.figures), found.skipped) == (7, 7)
    assert found.passed == {"Число средних предприятий": 7}


def test_a_text_beside_no_name_has_to_be_accounted_for() -> None:
    table = grid(
        [["Год", "Регион", NUMBER], [2014, "Омская область", 1], ["Без банков", None, None]]
    )
    (recipe,) = draft(table).tables
    assert recipe.rows == {"Омская область": "RU-OMS", "Без банков": "skip"}
    del recipe.rows["Без банков"]
    text = Recipe(resource="small_enterprises", source=Origin(), tables=[recipe]).text()

    with pytest.raises(FigureError, match="row 3, column B: the recipe says nothing of 'Без банк"):
        by_recipe(text, table)


# A recipe is strict

PLAIN = grid(
    [
        ["Малые предприятия"],
        ["Регион", "Число малых предприятий, единиц", "Год", "Примечание"],
        ["Россия", 3, "2014 г.", "x"],
        ["Омская область", "1,5", "2014 г.", None],
        ["Алтайский край", "–", "2014 г.", None],
    ]
)
RECIPE = """\
resource: small_enterprises
source: {}
tables:
- titles: [Малые предприятия, Регион]
  places: A3:A5
  columns:
    B:
      {head: 'Число малых предприятий, единиц', use: figures,
       means: {indicator: number}, unit: enterprises}
    C: {head: Год, use: year, values: {2014 г: 2014}}
    D: {head: Примечание, use: skip}
  rows: {Россия: RU, Омская область: RU-OMS, Алтайский край: RU-ALT}
  dash: missing
"""


def changed(*cells: tuple[int, int, str | Decimal | None]) -> Grid:
    rows = [list(row) for row in PLAIN.rows]
    for row, column, cell in cells:
        rows += [[None] * 4] * (row + 1 - len(rows))
        rows[row][column] = cell
    return grid(rows)


def test_a_recipe_written_by_hand_is_applied_again_and_again() -> None:
    for table in (PLAIN, changed((3, 1, "2,5"))):
        found = by_recipe(RECIPE, table)
        assert figures(found)["RU", "2014", "number"] == 3
        assert figures(found)["RU-OMS", "2014", "number"] == float(
            str(table.rows[3][1]).replace(",", ".")
        )
        assert found.missing == 1


STRICT: dict[str, tuple[Grid, str]] = {
    "title": (changed((0, 0, "Средние предприятия")), "a title says 'Средние предприятия'"),
    "title gone": (changed((0, 0, None)), "no title says 'Малые предприятия'"),
    "head": (
        changed((1, 1, "Число организаций")),
        "row 2, column B: the head is 'Число организаций', not 'Число малых предприятий, единиц'",
    ),
    "heads turned": (
        changed((1, 1, "Год"), (1, 2, "Число малых предприятий, единиц")),
        "row 2, column C: the head is 'Число малых предприятий, единиц', not 'Год'",
    ),
    "name": (
        changed((3, 0, "Томская область")),
        "row 4, column A: the recipe says nothing of 'Том",
    ),
    "name gone": (
        changed((3, 0, "Томская область")),
        "no cell says 'Омская область'; take it out of `rows`",
    ),
    "row below": (changed((5, 0, "Томская область"), (5, 1, "1")), "row 6, column A: the recipe"),
    "row without a name": (changed((3, 0, None)), "row 4, column A: figures stand beside an empty"),
    "text of a field": (changed((3, 2, "2015 г.")), "row 4, column C: the recipe says nothing of"),
    "field empty": (changed((3, 2, None)), "row 4, column B: the year of the figure is not said"),
    "number": (changed((3, 1, "около 5")), "row 4, column B: 'около 5': no number"),
    "place twice": (changed((4, 0, "Омская область"), (4, 1, "1")), "row 5, column B: RU-OMS has"),
    "table shorter": (grid(PLAIN.rows[:4]), "the table does not reach to A3:A5"),
}


@pytest.mark.parametrize("case", STRICT)
def test_what_a_recipe_does_not_account_for_is_an_error_with_its_cell(case: str) -> None:
    table, said = STRICT[case]

    with pytest.raises(FigureError) as caught:
        by_recipe(RECIPE, table)

    assert said in str(caught.value)


def test_a_subject_that_the_table_does_not_say_is_an_error() -> None:
    quoted = "- subject: {'row 1, column A': Средние предприятия}\n  titles:"

    with pytest.raises(FigureError, match="the table says 'Малые предприятия'"):
        by_recipe(RECIPE.replace("- titles:", quoted), PLAIN)


def test_a_recipe_by_hand_has_to_say_whether_hidden_cells_count() -> None:
    table = replace(PLAIN, hidden=(frozenset({3}), frozenset()))

    with pytest.raises(FigureError, match="1 cells are hidden in the file, first row 4, column B"):
        by_recipe(RECIPE, table)
    assert len(figures(by_recipe(f"{RECIPE}  hidden: take\n", table))) == 2
    assert set(figures(by_recipe(f"{RECIPE}  hidden: skip\n", table))) == {("RU", "2014", "number")}


def test_a_column_of_small_numbers_is_no_numbering() -> None:
    lines = [["Регион", "Год", "Значение, единиц"], ["Омская область", 2014, 1],
             ["Алтайский край", 2014, 2]]  # fmt: skip
    table = grid([["Число малых предприятий"], *lines])

    assert set(figures(understand(table)).values()) == {1.0, 2.0}


def test_a_new_column_is_an_error() -> None:
    rows = [[*row, 5 if at > 1 else None] for at, row in enumerate(PLAIN.rows)]
    with pytest.raises(FigureError, match="column E: the recipe says nothing of ''"):
        by_recipe(RECIPE, grid(rows))


BROKEN = {
    "key twice": ("Россия: RU", "Россия: RU, Россия: RU-OMS", "'Россия' is given twice"),
    "no YAML": ("rows: {", "rows: [", "x.yml, line "),
    "no such line": ("dash: missing", "colour: red", "x.yml, tables, 0, colour: extra inputs"),
    "range": ("A3:A5", "A3:B5", "x.yml, tables, 0, places: string should match"),
    "open": ("dash: missing", "dash: ?3", "x.yml, line 13: ?3 is still open"),
    "no field": ("use: year", "use: colour", "column C: the column is to be 'colour'"),
    "place": ("use: year, values: {2014 г: 2014}", "use: region, values: {2014 г: RU-TOM}",
              "column C: the column is to be 'region', and `places` says which column that is"),
    "no indicator": ("indicator: number", "indicator: profit", "indicator 'profit' is none of"),
    "no unit": ("unit: enterprises", "unit: furlongs", "'furlongs' is no unit that is known"),
    "other unit": ("unit: enterprises", "unit: persons", "persons is not a unit of what"),
    "no dash": ("dash: missing", "decimal: ','", "1 cells hold a dash, the first in row 5"),
    "other dash": ("dash: missing", "dash: nought", "x.yml, tables, 0, dash: string should match"),
    "mark": ("dash: missing", "decimal: ;", "x.yml, tables, 0, decimal: string should match"),
    "column": ("    D: {head", "    d: {head", "tables, 0, columns, d, [key]: string should"),
    "name": ("Алтайский край: RU-ALT", "Край: RU, Алтайский край: RU-ALT", "no cell says 'Край'"),
    "cell": ("dash: missing", "dash: zero\n  cells: {abc: 1}", "no cell says 'abc'"),
    "total": ("dash: missing", "dash: zero\n  totals: [RU = 5]", "tables, 0, totals, 0: string"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_recipe_that_is_wrong_is_refused_with_its_place(case: str) -> None:
    old, new, said = BROKEN[case]
    assert old in RECIPE

    with pytest.raises(FigureError) as caught:
        by_recipe(RECIPE.replace(old, new, 1), PLAIN)

    assert said in str(caught.value)


# Any table in any layout

CODES = [code for code in REGIONS.index if code.startswith("RU-") and code not in PLACES.parts]
VALUES = st.decimals(0, 10**9, places=3, allow_nan=False, allow_infinity=False)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Grid, dict[tuple[str, ...], float], str]:
    """Return a table in a random layout, the figures in it, and the decimal mark to name."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=2, max_size=6, unique=True))
    years = draw(st.lists(st.integers(2010, 2030), min_size=1, max_size=4, unique=True))
    kinds = draw(st.permutations(["number", "investment"]))[: draw(st.integers(1, 2))]
    heads = {"number": NUMBER, "investment": INVESTMENT}
    keys = [(code, str(year), kind) for code in codes for kind in kinds for year in years]
    values = {key: draw(st.none() | VALUES) for key in keys}
    values[keys[0]] = draw(VALUES)
    mark, space = draw(st.sampled_from(",.")), draw(st.sampled_from(["", "\u00a0", "\u2009"]))
    as_text, language = draw(st.booleans()), draw(st.sampled_from(["name_ru", "name_en"]))

    def cell(value: Decimal | None) -> str | Decimal | None:
        if value is None:
            return draw(st.sampled_from(["…", None, "..."]))
        text = f"{value:,.3f}".replace(",", space).replace(".", mark)
        return text if as_text else value

    def dressed(code: str) -> str:
        name = str(REGIONS.at[code, language])
        return draw(st.sampled_from([name, f"{name}1)", name.upper(), f" {name}*"]))

    merged: list[tuple[int, int, int, int]] = []
    if draw(st.booleans()):  # years across, below their indicator
        top, below = ["Регион"], [""]
        for kind in kinds:
            top += [heads[kind], *[""] * (len(years) - 1)]
            below += [str(year) for year in years]
        rows: list[list[Any]] = [top, below]
        if draw(st.booleans()):
            size = len(years)
            merged = [(0, 1 + n * size, 0, (n + 1) * size) for n in range(len(kinds))]
        for code in codes:
            if draw(st.booleans()):
                rows.append(["Сибирский федеральный округ", *[1] * (len(top) - 1)])
            rows.append([dressed(code), *(cell(values[k]) for k in keys if k[0] == code)])
    else:  # one row a region and year, an indicator a column
        rows = [["Год", "Регион", *(heads[kind] for kind in kinds)]]
        for code in codes:
            for year in years:
                cells = [cell(values[code, str(year), kind]) for kind in kinds]
                rows.append([year, dressed(code), *cells])
    if draw(st.booleans()):
        rows.append(["1) Предварительные данные."])
    known = {key: float(value) for key, value in values.items() if value is not None}
    return grid(rows, merged), known, mark if as_text else ""


@settings(max_examples=60)
@given(tables())
def test_any_table_is_read_back_exactly(
    case: tuple[Grid, dict[tuple[str, ...], float], str],
) -> None:
    table, known, decimal = case

    assert figures(understand(table, decimal=decimal or None)) == known
