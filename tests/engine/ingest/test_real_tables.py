"""Tables as offices publish them: each is read rightly, or stops with advice that works.

The files of `spreadsheets/` are the smallest ones in which a fault of real tables was seen; the
others are their relatives. Whatever option a message advises is obeyed here, and what is stored
then is compared figure by figure.
"""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from borderbook.ingest import target
from tests.engine.ingest.conftest import Run

FILES = Path(__file__).parent / "spreadsheets"
GRP, SMALL, PEOPLE = "gross_regional_product", "small_enterprises", "population"
TRADE, SHARES = "regional_foreign_trade", "gva_structure_2016_2024"
SOURCES = {GRP: "rosstat-grp", SMALL: "icsid", PEOPLE: "icsid", TRADE: "regions-2022",
           SHARES: "rosstat-gva"}  # fmt: skip
# What the tables never say: of which methodology or survey figures are.
BESIDE = {GRP: ("--set", "methodology=1998-2015"), SMALL: ("--set", "survey=sample")}

Figures = Mapping[str, float]
Table = str | Callable[[Path], Path]


def rows(folder: Path, resource: str) -> dict[str, float]:
    """Return the figures of a resource by the words of their key."""
    form = target.form(resource)
    return {
        " ".join([*(row[name] for name in form.key), *([m] if len(form.measures) > 1 else [])]):
            float(row[m])
        for row in target.parse((folder / f"{resource}.csv").read_text("utf-8"))
        for m in form.measures
        if row[m]
    }  # fmt: skip


def advice(message: str) -> list[tuple[str, str]]:
    """Return the options that a message advises, but for those with a word to fill in."""
    flat = " ".join(message.split())
    found = re.findall(r"--(set|subject|sheet) ('(?:[^']|'\"'\"')*'|[\w-]+=[^\s;)]+|\d+)", flat)
    options = [(f"--{name}", shlex.split(value)[0]) for name, value in found]
    return [pair for pair in dict.fromkeys(options) if not re.search("=[A-Z-]{3,}$", pair[1])]


class Book:
    """A data package to add tables to, put back after each addition."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        self.before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def add(self, resource: str, file: Path, *options: str, status: int = 0) -> str:
        known = ("--source", SOURCES[resource], *BESIDE.get(resource, ()))
        return self.run("add", resource, file, *known, *options, status=status)

    def added(self, resource: str, file: Path, *options: str) -> dict[str, float]:
        """Return the figures that a table adds."""
        before = rows(self.folder, resource)
        self.add(resource, file, *options)
        after = rows(self.folder, resource)
        self.put_back()
        assert before.items() <= after.items()
        return {key: value for key, value in after.items() if key not in before}

    def put_back(self) -> None:
        for path in self.folder.rglob("*"):
            if path.is_file() and path not in self.before:
                path.unlink()
        for path, content in self.before.items():
            if path.read_bytes() != content:
                path.write_bytes(content)


@pytest.fixture
def book(folder: Path, run: Run) -> Book:
    """Return a copy of the data package of the real book."""
    return Book(folder, run)


def made(table: Table, tmp_path: Path) -> Path:
    """Return the file of a table: of the folder, of lines, or one that a function writes."""
    if callable(table):
        return table(tmp_path / "a.xlsx")
    if "\n" not in table:
        (path,) = FILES.glob(f"{table}-*")
        return path
    path = tmp_path / "a.csv"
    path.write_text(table, "utf-8")
    return path


def workbook(lines: Sequence[Sequence[object]], change: Callable[..., None] | None = None,
             sheet: str = "1") -> Callable[[Path], Path]:  # fmt: skip
    """Return what writes a workbook of one sheet."""

    def write(path: Path) -> Path:
        file = openpyxl.Workbook()
        file.active.title = sheet
        for line in lines:
            file.active.append(list(line))
        if change:
            change(file.active)
        file.save(path)
        return path

    return write


# Read rightly


class Read(NamedTuple):
    """A table that is read: into which resource, with what options, and the figures it adds."""

    resource: str
    table: Table
    figures: Figures
    options: Sequence[str] = ()
    says: str = ""


TITLE = "Валовой региональный продукт, млн рублей"
TWO = {"RU-BEL 2001": 5.0, "RU-BRY 2001": 6.0}


def hidden_empty(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
    sheet.column_dimensions["C"].hidden = True


def per_cent(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
    sheet["B3"].number_format = sheet["C3"].number_format = "0.0%"


READ: dict[str, Read] = {
    "05 shares are never subtracted": Read(
        SHARES, "05",
        {"RU-KHM 2025 A": 1, "RU-KHM 2025 B": 30, "RU-KHM 2025 C": 4, "RU-YAN 2025 A": 1,
         "RU-YAN 2025 B": 20, "RU-YAN 2025 C": 3, "RU-OMS 2025 A": 10, "RU-OMS 2025 B": 20,
         "RU-OMS 2025 C": 30},
        says="shares are not subtracted: passed over, there is no figure of RU-TYU",
    ),
    "07 heads again with other years": Read(
        GRP, "07",
        {"RU-BEL 2001": 1, "RU-BEL 2002": 2, "RU-BRY 2001": 3, "RU-BRY 2002": 4,
         "RU-KRS 2003": 5, "RU-KRS 2004": 6, "RU-ORL 2003": 7, "RU-ORL 2004": 8},
    ),
    "11 unit of trade": Read(
        TRADE, "11", {"RU-BEL 2004 exports CIS": 111.5, "RU-BRY 2004 exports CIS": 222.5}
    ),
    "12 a column of units without a head": Read(
        SMALL, "12", {"RU 2023 number": 100, "RU 2024 number": 200, "RU-BEL 2023 number": 5,
                      "RU-BEL 2024 number": 6},
    ),
    "14 rows of another indicator": Read(
        SMALL, "14", {"RU-BEL 2024 number": 5, "RU-BRY 2024 number": 6},
        says="Число средних предприятий: 2 rows",
    ),
    "17 heads not merged under a merged title": Read(
        SMALL, "17",
        {f"{code} {year} {kind}": float(value)
         for (code, year, kind), value in zip(
             [(c, y, k) for c in ("RU-BEL", "RU-BRY") for k in ("number", "turnover")
              for y in (2023, 2024)], range(1, 9), strict=True)},
    ),
    "18 letters of another alphabet": Read(
        GRP, "18", {"RU-BEL 2001": 5, "RU-NIZ 2001": 6}, says="mixes letters of two alphabets"
    ),
    "20 letters of sections": Read(
        SHARES, "20",
        {f"{code} 2025 {section}": at * 10 + more for code, more in (("RU-BEL", 0), ("RU-BRY", 1))
         for at, section in enumerate("ABC", 1)},
    ),
    "23 numbers of rows without a head": Read(GRP, "23", {"RU-BEL 2001": 100, "RU-BRY 2001": 200}),
    # Relatives
    "a title on the tab of the sheet only": Read(
        GRP, workbook([["", 2001], ["Белгородская область", 5], ["Брянская область", 6]],
                      sheet="ВРП, млн рублей"), TWO,
    ),
    "an English title": Read(
        GRP, "Gross regional product, at current prices, million roubles\n;2001\n"
             "Belgorod Oblast;5\nBryansk Oblast;6\n", TWO,
    ),
    "a unit in the head of each column": Read(
        GRP, "ВРП\n;2001, млрд руб.;2002, млн руб.\nБелгородская область;5;6\n",
        {"RU-BEL 2001": 5000, "RU-BEL 2002": 6},
    ),
    "figures that are the years of the heads": Read(
        GRP, f"{TITLE}\n;2001;2002\nБелгородская область;2001;2002\nБрянская область;7;8\n",
        {"RU-BEL 2001": 2001, "RU-BEL 2002": 2002, "RU-BRY 2001": 7, "RU-BRY 2002": 8},
    ),
    "thousands": Read(
        GRP, "ВРП, тыс. рублей\n;2001\nБелгородская область;5 000\n", {"RU-BEL 2001": 5}
    ),
    "a subtitle with the unit": Read(
        GRP, "Валовой региональный продукт\nв текущих основных ценах, миллионов рублей\n;2001\n"
             "Белгородская область;5\nБрянская область;6\n", TWO,
    ),
    "tables under one another, each with its title": Read(
        GRP, "ВРП, млн рублей\nРегион;2001\nБелгородская область;5\n\n"
             "Валовой региональный продукт, млрд рублей\nРегион;2002\nБелгородская область;6\n",
        {"RU-BEL 2001": 5, "RU-BEL 2002": 6000},
    ),
    "numbers of rows under a head": Read(
        GRP, "№ п/п;Регион;2001\n1;Белгородская область;5\n2;Брянская область;6\n", TWO,
        ("--set", "unit=million RUB", "--subject", "Gross regional product of the yearbook"),
    ),
    "an empty column that is hidden": Read(
        GRP, workbook([[TITLE], ["", 2001], ["Белгородская область", 5], ["Брянская область", 6]],
                      hidden_empty), TWO,
    ),
    "notes without figures below the table": Read(
        GRP, f"{TITLE}\n;2001\nБелгородская область;5\nБрянская область;6\n\n"
             "Примечание: по данным на 2001 год.\nБелгородская область без учета города\n", TWO,
    ),
    "numbers shown as per cent": Read(
        SHARES, workbook([["Структура валовой добавленной стоимости, %"], ["", "A", "B"],
                          ["Белгородская область", 0.125, 0.5]], per_cent, "2025"),
        {"RU-BEL 2025 A": 12.5, "RU-BEL 2025 B": 50},
    ),
    "numbers with a sign of per cent": Read(
        SHARES, "Структура ВДС в 2025 г., %\n;A;B\nБелгородская область;12,5%;50 %\n",
        {"RU-BEL 2025 A": 12.5, "RU-BEL 2025 B": 50},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_a_published_table_is_read_rightly(case: str, book: Book, tmp_path: Path) -> None:
    read = READ[case]
    file = made(read.table, tmp_path)
    if case.startswith(("12", "14")):  # years that the resource does not hold yet
        later = {"2022": "2024", "2021": "2023" if case.startswith("12") else "2024"}
        text = re.sub("2021|2022", lambda year: later[year[0]], file.read_text("utf-8"))
        file = tmp_path / file.name
        file.write_text(text, "utf-8")

    assert read.says in " ".join(book.add(read.resource, file, *read.options, "--dry-run").split())
    assert book.added(read.resource, file, *read.options) == read.figures


# Stops, and the advice works


class Stop(NamedTuple):
    """A table that stops: what is said, and for each advice the figures, or what is said then."""

    resource: str
    table: Table
    says: str
    obeyed: Mapping[str, Figures | str]
    options: Sequence[str] = ()


def errors(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
    for cell in ("B3", "B4"):
        sheet[cell].value, sheet[cell].data_type = "#N/A", "e"


def hidden(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[4].hidden = True


LEFT = "no figure is left to take"
OLD = "Агинский Бурятский автономный округ"
WITHOUT = "Тюменская область без авт. округов"
WITHOUT_BOTH = (
    "Тюменская область (без Ханты-Мансийского авт.округа-Югра и Ямало-Ненецкого авт.округа)"
)
NAMES = {"RU 2023": 999, "RU-NEN 2023": 1, "RU-ARK 2023": 2, "RU-MOW 2023": 5}
ALL = "Валовой региональный продукт по субъектам Российской Федерации"
ASSETS = "Наличие основных фондов на конец года (млн рублей)"

NOTE = "Источник: Росстат"
OF_A_PLACE = "Белгородская область: данные уточнены"

STOPS: dict[str, Stop] = {
    "01 another indicator": Stop(
        GRP, "01", f"row 1, column A: '{ASSETS}' says more than is known",
        {f"--subject {ASSETS}: these are gross regional product in current prices":
            {"RU-BEL 2004": 111, "RU-BRY 2004": 222}},
    ),
    "02 per head": Stop(
        GRP, "02",
        "row 1, column A: 'Валовой региональный продукт на душу населения (рублей)' says "
        "'на душу населения': per head", {},
    ),
    "03 another currency": Stop(
        GRP, "03", "row 2, column B: million EUR is not a unit of what is counted in million RUB",
        {"--set B=skip": LEFT},
    ),
    "04b all organisations": Stop(SMALL, "04b", "row 1, column A: 'Число предприятий и организаций",
                                  {}),
    "04c medium ones too": Stop(SMALL, "04c", "says 'среднего': medium enterprises counted in", {}),
    "09 the row of the total": Stop(
        GRP, "09", f"row 3, column A: '{ALL}' is no place that is known",
        {f"--set {ALL}=RU": {"RU 2001": 300.5, "RU 2002": 400.5, "RU-BEL 2001": 100.5,
                             "RU-BEL 2002": 150.5, "RU-BRY 2001": 200, "RU-BRY 2002": 250}},
    ),
    "10 formulas without values": Stop(
        GRP, "10", "row 3, column C: 2 cells hold a formula without a stored value; open the file "
                   "in a spreadsheet program and save it", {},
    ),
    "15 a first region that is abolished": Stop(
        PEOPLE, "15", f"row 2, column A: '{OLD}' is no place that is known",
        {f"--set {OLD}=skip": {"RU-BEL 2000": 1500, "RU-BEL 2001": 1501}},
        ("--set", "unit=persons", "--set", "year=2000,2001"),
    ),
    "15 a unit that is not said": Stop(
        PEOPLE, "15", "row 1, column C: the unit of the figures is not said; ",
        {"--set C=skip": LEFT}, ("--set", f"{OLD}=skip"),
    ),
    "19 two rows of one region": Stop(
        PEOPLE, "19", "row 7, column B: RU-TYU has a second figure for 2023",
        {f"--set {WITHOUT}=skip": {**NAMES, "RU-TYU 2023": 4},
         f"--set {WITHOUT_BOTH}=skip": {**NAMES, "RU-TYU 2023": 3}},
    ),
    "22 years before the first": Stop(
        GRP, "22", "row 2, column B: the resource holds 2000 to 2030, and not 1998 and 1999; ",
        {"--set year=2000..2030": {"RU-BEL 2000": 3, "RU-BRY 2000": 6}},
    ),
    "24 numbers": Stop(
        GRP, "24", "row 7, column B: '1222 222,5': its digits stand in no groups of three",
        {"--set 1222 222,5=missing": {"RU-BEL 2001": 1234.5, "RU-VOR 2001": 12.5}},
    ),
    "25 nothing but a byte order mark": Stop(PEOPLE, "25", "the file is empty", {}),
    "26 a page under another name": Stop(
        PEOPLE, "26", "is an HTML page under the name of a .xls file; open it", {}
    ),
    "a note with a number below the table": Stop(
        GRP, f"{TITLE}\n;2001\nБелгородская область;5\nБрянская область;6\n\n{NOTE};2024\n",
        f"row 6, column A: '{NOTE}' is no place that is known", {f"--set {NOTE}=skip": TWO},
    ),
    "a note that begins with a place below the table": Stop(
        GRP, f"{TITLE}\n;2001\nБелгородская область;5\nБрянская область;6\n{OF_A_PLACE};7\n",
        f"row 5, column A: '{OF_A_PLACE}' is no place that is known",
        {f"--set {OF_A_PLACE}=skip": TWO},
    ),
    "a note in the column of the figures": Stop(
        GRP, f"{TITLE}\n;2001\nБелгородская область;5\n\n;Данные за 5 месяцев\n",
        "row 5, column A: figures stand beside an empty name", {},
    ),
    "a place again below the table": Stop(
        GRP, f"{TITLE}\n;2001\nБелгородская область;5\n\nБелгородская область;9\n",
        "row 5, column B: RU-BEL has a second figure for 2001; the first stands in row 3", {},
    ),
    # Relatives
    "per worker": Stop(GRP, "ВРП на одного работника, рублей\n;2001\nБрянская область;5\n",
                       "'на одного работника': per head", {}),
    "per head on the tab alone": Stop(
        GRP, workbook([[TITLE], ["", 2001], ["Брянская область", 6]], sheet="На душу населения"),
        "sheet 'На душу населения': 'На душу населения' says 'на душу населения': per head", {},
    ),
    "an index": Stop(
        GRP, "Индекс физического объема валового регионального продукта, %\n;2001\n"
             "Брянская область;105\n", "'индекс физического объема': a change or an index", {},
    ),
    "another year as base": Stop(
        GRP, f"{TITLE}\n;2001;в % к предыдущему году\nБрянская область;6;105\n",
        "row 2, column C: the head 'в % к предыдущему году' says more than is known",
        {"--set C=skip": {"RU-BRY 2001": 6}},
    ),
    "constant prices": Stop(GRP, "ВРП в постоянных ценах, млн рублей\n;2001\nБрянская область;6\n",
                            "'в постоянных ценах': other prices", {}),
    "part of a year": Stop(
        GRP, f"{TITLE}\n;январь-июнь 2001;2002\nБрянская область;6;7\n",
        "row 2, column B: the head 'январь-июнь 2001' says more than is known",
        {"--set B=skip": {"RU-BRY 2002": 7}},
    ),
    "at the end of the year": Stop(
        PEOPLE, "Численность населения на конец года, человек\n;2023\nБрянская область;6\n",
        "'на конец года': not the average of a year", {},
    ),
    "by place of registration": Stop(
        TRADE, "Экспорт в страны СНГ по месту регистрации, млн долларов США\n;2004\n"
               "Брянская область;6\n", "says more than is known of exports and imports of goods: ",
        {"--subject Экспорт в страны СНГ по месту регистрации, млн долларов США: these are exports "
         "and imports of goods": {"RU-BRY 2004 exports CIS": 6}},
    ),
    "researchers": Stop(
        PEOPLE, "Численность исследователей, человек\n;2023\nБрянская область;6\n",
        "row 1, column A: 'Численность исследователей, человек' says more than is known",
        {"--subject Численность исследователей, человек: these are average annual population":
            {"RU-BRY 2023": 6}},
    ),
    "no title at all": Stop(
        GRP, "Регион;2001\nБрянская область;6\n",
        "nothing says that these are gross regional product in current prices",
        {"--subject Регион: these are gross regional product in current prices":
            {"RU-BRY 2001": 6}},
        ("--set", "unit=million RUB"),
    ),
    "a number of what is not said": Stop(
        GRP, "ВРП, млн\n;2001\nБрянская область;6\n", "the unit says how many, and not of what",
        {"--set B=skip": LEFT},
    ),
    "two indicators side by side": Stop(
        GRP, "Регион;ВРП, млн рублей;Основные фонды, млн рублей\nБрянская область;6;7\n",
        "row 1, column C: the head 'Основные фонды, млн рублей' says more than is known",
        {"--set C=skip": {"RU-BRY 2001": 6}}, ("--set", "year=2001"),
    ),
    "a second table of other figures": Stop(
        GRP, "ВРП, млн рублей\nРегион;2001\nБелгородская область;5\n\n"
             "ВРП на душу населения, рублей\nРегион;2001\nБрянская область;6\n",
        "row 5, column A: 'ВРП на душу населения, рублей' says 'на душу населения': per head", {},
    ),
    "a second table that is another": Stop(
        GRP, "ВРП, млн рублей\nРегион;2001\nБелгородская область;5\n\n"
             "Основные фонды, млн рублей\nРегион;2001\nБрянская область;6\n",
        "row 5, column A: 'Основные фонды, млн рублей' says more than is known",
        {"--subject Основные фонды, млн рублей: these are gross regional product in current prices":
            {"RU-BEL 2001": 5, "RU-BRY 2001": 6}},
    ),
    "a text between the rows": Stop(
        GRP, f"{TITLE}\n;2001\nБелгородская область;5\nПриложение\nБрянская область;6\n",
        "row 4, column A: 'Приложение' stands between the rows and may change what they mean",
        {"--set Приложение=skip": TWO},
    ),
    "heads that differ in the footnote": Stop(
        GRP, f"{TITLE}\n;20011);20012);2002\nБелгородская область;5;7;8\nБрянская область;6;9;1\n",
        "row 2, column C: columns B and C both say 2001: '20011)', '20012)'",
        {"--set B=skip": {"RU-BEL 2001": 7, "RU-BRY 2001": 9, "RU-BEL 2002": 8, "RU-BRY 2002": 1},
         "--set C=skip": {**TWO, "RU-BEL 2002": 8, "RU-BRY 2002": 1}},
    ),
    "error cells": Stop(
        GRP, workbook([[TITLE], ["", 2001, 2002], ["Белгородская область", 0, 7],
                       ["Брянская область", 0, 8]], errors),
        "sheet '1', row 3, column B: '#N/A' (2 cells): no number",
        {"--set #N/A=missing": {"RU-BEL 2002": 7, "RU-BRY 2002": 8}},
    ),
    "hidden cells": Stop(
        GRP, workbook([[TITLE], ["", 2001, 2002], ["Белгородская область", 5, 7],
                       ["Брянская область", 6, 8]], hidden),
        "sheet '1', row 3, column C: 3 cells with figures are hidden in the file",
        {"--set hidden=take": {**TWO, "RU-BEL 2002": 7, "RU-BRY 2002": 8},
         "--set hidden=skip": {"RU-BEL 2001": 5}},
    ),
    "a sign of per cent among roubles": Stop(
        GRP, f"{TITLE}\n;2001;2002\nБелгородская область;5;7%\n",
        "row 3, column C: '7%' is a percentage, and the unit 'million RUB'",
        {"--set C=skip": {"RU-BEL 2001": 5}},
    ),
    "a unit that the file contradicts": Stop(
        GRP, "03", "the file says million EUR, --set unit says million RUB", {},
        ("--set", "unit=million RUB"),
    ),
    "a minus or a dash": Stop(
        GRP, f"{TITLE}\n;2001;2002\nБелгородская область;5;- 3\n",
        "row 3, column C: '- 3': a minus, or a dash with a footnote",
        {"--set - 3=missing": {"RU-BEL 2001": 5}},
    ),
    "a dash": Stop(
        GRP, f"{TITLE}\n;2001;2002\nБелгородская область;5;–\n",
        "row 3, column C: 1 cells hold a dash, the first in row 3, column C",
        {"--set dash=zero": {"RU-BEL 2001": 5, "RU-BEL 2002": 0},
         "--set dash=missing": {"RU-BEL 2001": 5}},
    ),
    "thousands or decimals": Stop(
        GRP, f"{TITLE}\n;2001\nБелгородская область;1,234\n",
        "row 3, column B: '1,234' may have decimals or thousands",
        {"--set decimal=,": {"RU-BEL 2001": 1.234}, "--set decimal=.": {"RU-BEL 2001": 1234}},
    ),
    "a region that may count others in": Stop(
        GRP, f"{TITLE}\n;2001\nТюменская область;9\nБелгородская область;5\n",
        "row 3, column A: 'Тюменская область' may be with or without RU-KHM and RU-YAN",
        {"--set Тюменская область=skip": {"RU-BEL 2001": 5}},
    ),
    "shares that may be parts of one": Stop(
        SHARES, "Структура ВДС в 2025 г., %\n;A;B\nБелгородская область;0,125;0,5\n",
        "row 3, column B: every figure lies between 0 and 1, and the unit is %",
        {"--set unit=%": {"RU-BEL 2025 A": 0.125, "RU-BEL 2025 B": 0.5},
         "--set unit=fraction": {"RU-BEL 2025 A": 12.5, "RU-BEL 2025 B": 50}},
    ),
    "two sheets": Stop(
        GRP, workbook([[TITLE], ["", 2001], ["Белгородская область", 5]],
                      lambda sheet: sheet.parent.copy_worksheet(sheet)),
        "2 sheets hold names of places: '1', '1 Copy'; say which one, or several: ",
        {"--sheet 1": {"RU-BEL 2001": 5}, "--sheet 1 Copy": {"RU-BEL 2001": 5}},
    ),
    "a unit of another resource": Stop(
        SHARES, "Структура ВДС в 2025 г., млн рублей\n;A\nБелгородская область;5\n",
        "million RUB is not a unit of what is counted in %", {"--set B=skip": LEFT},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STOPS)
def test_a_published_table_stops_and_its_advice_works(
    case: str, book: Book, tmp_path: Path
) -> None:
    stop = STOPS[case]
    file = made(stop.table, tmp_path)
    before = rows(book.folder, stop.resource)

    said = book.add(stop.resource, file, *stop.options, status=2)

    assert stop.says in " ".join(said.split())
    assert "Traceback" not in said
    assert rows(book.folder, stop.resource) == before
    book.put_back()
    assert {f"{name} {value}" for name, value in advice(said)} == set(stop.obeyed)
    for name, value in advice(said):
        expected = stop.obeyed[f"{name} {value}"]
        if isinstance(expected, str):
            assert expected in book.add(stop.resource, file, *stop.options, name, value, status=2)
            book.put_back()
        else:
            assert book.added(stop.resource, file, *stop.options, name, value) == expected


# A page between heads, and titles: what cannot be an option


@pytest.mark.parametrize(
    "case",
    [case for case, stop in STOPS.items()
     if stop.obeyed and not case.startswith(("19", "22")) and "sheets" not in case
     and "per cent among" not in case and not isinstance([*stop.obeyed.values()][-1], str)],
)  # fmt: skip
def test_the_marked_line_of_a_draft_settles_as_its_option_does(
    case: str, book: Book, tmp_path: Path
) -> None:
    stop = STOPS[case]
    file = made(stop.table, tmp_path)
    said = book.add(stop.resource, file, *stop.options, status=2)
    drafts = list((book.folder / "recipes").glob("*.yml"))
    text, (name, value) = drafts[0].read_text("utf-8"), advice(said)[-1]
    place = re.search(r"line (\d+) \(\?1\)", " ".join(said.split()))
    assert place
    assert "?1" in text.splitlines()[int(place[1]) - 1]
    answer = value if name == "--subject" else value.rpartition("=")[2]

    drafts[0].write_text(text.replace("?1", json.dumps(answer, ensure_ascii=False)), "utf-8")
    before = rows(book.folder, stop.resource)
    book.run("add", drafts[0], file)

    after = rows(book.folder, stop.resource)
    added = {key: figure for key, figure in after.items() if key not in before}
    assert added == stop.obeyed[f"{name} {value}"]


def test_parts_that_stand_in_one_table_are_read_from_files_of_their_own(
    book: Book, tmp_path: Path
) -> None:
    years = {2001: "Белгородская область;5\nБрянская область;6", 2002: "Омская область;7"}
    heads = f"{TITLE}\n;Всего\n"
    whole = made(heads + "\n".join(f"{y} год\n{part}" for y, part in years.items()), tmp_path)

    said = book.add(GRP, whole, status=2)

    assert "'2002 год' stands between the rows and may change what they mean; put each" in said
    added: dict[str, float] = {}
    for year, part in years.items():
        file = made(f"{year} год\n{heads}{part}\n", tmp_path)
        added |= book.added(GRP, file)
    assert added == {**TWO, "RU-OMS 2002": 7}


# Many rows


def many(path: Path, rows: int, line: Callable[[int], str], *heads: str) -> Path:
    path.write_text("\n".join([*heads, *map(line, range(rows))]), "utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "says", "count"),
    [
        (lambda n: f"Край {chr(0x430 + n % 32) * (n // 32 + 1)};5", "is no place", 997),
        (lambda n: f"Брянская область;около {n}", "no number", 997),
        (lambda _: "Брянская область;5", "has a second figure for 2001", 996),
    ],
)  # fmt: skip
def test_one_kind_of_fault_in_many_rows_is_told_in_few_lines(
    line: Callable[[int], str], says: str, count: int, book: Book, tmp_path: Path
) -> None:
    file = many(tmp_path / "a.csv", 1000, line, TITLE, ";2001", "Белгородская область;5")

    said = book.add(GRP, file, status=2)

    assert f"{count} more of the same kind" in " ".join(said.split())
    assert len([each for each in said.splitlines() if each.startswith("- ")]) == 4
    assert says in said


def test_time_is_in_proportion_to_the_rows(book: Book, tmp_path: Path) -> None:
    names = ("Белгородская область", "Брянская область", "Владимирская область", "Омская область")
    kinds = ["Число малых предприятий", *(f"Число средних предприятий {n}" for n in range(249))]

    def line(row: int) -> str:
        kind, rest = row % 250, row // 250
        return f"{names[rest % 4]};{2011 + rest // 4};{kinds[kind]};единиц;{row % 997}"

    file = many(tmp_path / "a.csv", 20_000, line, "Регион;Год;Показатель;Ед. изм.;Значение")
    begin = time.process_time()

    said = book.add(SMALL, file, "--dry-run", "--replace")

    assert "80 figures of 4 names, 19920 passed over" in " ".join(said.split())
    # Measured: 1.5 s. A search of all rows for each row takes minutes.
    assert time.process_time() - begin < 15
    assert len(said.splitlines()) < 150
