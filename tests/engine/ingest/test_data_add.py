"""`borderbook data add`: figures of a file in a resource, all or nothing, and what they settle."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from borderbook import files
from borderbook.claims import ledger
from borderbook.datapackage import resources, transaction, validation
from borderbook.datapackage.resources import DataError
from borderbook.ingest import merge
from borderbook.ingest import target as forms
from borderbook.ingest.recipe import Origin, Recipe, parse
from borderbook.ingest.totals import Figure
from helpers.regions import Group
from helpers.small_enterprises import exhibits as show
from tests import real_book
from tests.engine.ingest.conftest import Run

TEN = [
    *(f"table-2-number-{year}" for year in (2014, 2016, 2017)),
    *(f"table-2-investment-{year}" for year in range(2011, 2018)),
]
SOURCE = ("--source", "appendix", "--publisher", "Rosstat", "--title", "Appendix")
REGIONS = resources.load("regions").query("country == 'RU'").set_index("region")
DISTRICTS = {
    "Central": "Центральный", "Northwestern": "Северо-Западный", "Southern": "Южный",
    "North Caucasian": "Северо-Кавказский", "Volga": "Приволжский", "Ural": "Уральский",
    "Siberian": "Сибирский", "Far Eastern": "Дальневосточный",
}  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")
            if p.is_file()}  # fmt: skip


def csv(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines), encoding)
    return path


def appendix(path: Path) -> tuple[Path, dict[tuple[str, int], dict[str, Decimal]]]:
    """Write a workbook as Rosstat lays out its appendix; return it and the figures in it."""
    chance = random.Random(364)
    book = openpyxl.Workbook()
    book.active.title = "Содержание"
    book.active.append(["1. Число малых предприятий"])
    held: dict[tuple[str, int], dict[str, Decimal]] = {}
    for name, title, kind, years, unit in (
        ("1", "Число малых предприятий (с учетом микропредприятий), тысяч единиц", "number",
         (2014, 2016, 2017), 1000),
        ("2", "Инвестиции в основной капитал малых предприятий, млрд рублей", "investment",
         range(2011, 2018), 1000),
    ):  # fmt: skip
        codes = [code for code in REGIONS.index if code != "RU"]
        written = {y: {c: Decimal(chance.randint(1, 9999)) / 10 for c in codes} for y in years}
        sheet = book.create_sheet(name)
        sheet.append([title])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(years) + 1)
        sheet.append([None, "Годы"])
        sheet.merge_cells(start_row=2, start_column=2, end_row=2, end_column=len(years) + 1)
        sheet.append([None, *(f"{y}1)" if y == 2016 else y for y in years)])

        def line(name: str, *codes: str, written: dict = written, sheet: object = sheet) -> None:
            sums = [sum(t[c] for c in codes) for t in written.values()]
            shown = [f"{value:,}".replace(",", "\u00a0").replace(".", ",") for value in sums]
            sheet.append([name, *shown])  # type: ignore[attr-defined]

        line("Российская Федерация", *codes)
        district = ""
        for code in codes:
            if REGIONS.at[code, "federal_district"] != district:
                district = REGIONS.at[code, "federal_district"]
                mine = [c for c in codes if REGIONS.at[c, "federal_district"] == district]
                line(f"{DISTRICTS[district]}\nфедеральный округ", *mine)
            if code == "RU-TYU":
                line("Тюменская область", code, "RU-KHM", "RU-YAN")
                sheet.append(["в том числе:"])
                line("Ханты-Мансийский автономный округ – Югра", "RU-KHM")
                line("Ямало-Ненецкий автономный округ", "RU-YAN")
                line("Тюменская область без автономных округов2)", code)
            elif code == "RU-ARK":
                line("Архангельская область", code, "RU-NEN")
                sheet.append(["в том числе"])
                line("Ненецкий автономный округ", "RU-NEN")
                line("Архангельская область без автономного округа", code)
            elif code not in ("RU-KHM", "RU-YAN", "RU-NEN"):
                line(REGIONS.at[code, "name_ru"], code)
        sheet.append(["1) По данным единого реестра."])
        for year, table in written.items():
            whole = {"RU": sum(table.values(), Decimal(0))}
            held[kind, year] = {c: v * unit for c, v in (table | whole).items()}
    book.save(path)
    return path, held


def test_rosstats_appendix_fills_the_ten_missing_cells_in_one_command(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    group = Group("KZ")
    p = real_book.Claims()
    assert {f.verdict for f in ledger.evaluate(p, ids=TEN)} == {"not-checkable"}
    file, written = appendix(tmp_path / "appendix.xlsx")

    said = run("add", "small_enterprises", file, "--sheet", "1", "--sheet", "2", *SOURCE,
               "--set", "edition=2019", "--set", "address=https://rosstat.gov.ru/x.xlsx",
               "--set", "accessed=2026-11-24", "--set", "original=yes")  # fmt: skip

    assert "small_enterprises: 840 new, 0 there already, 0 differ" in said
    assert "Тюменская область" in said
    assert "differ:" not in said, "wholes and parts agree"
    found = {f.claim.id: f for f in ledger.evaluate(p, ids=TEN)}
    assert {f.verdict for f in found.values()} <= {"holds", "holds-rounded", "differs"}
    for (kind, year), table in written.items():
        share = 100 * sum(table[code] for code in group.codes) / table["RU"]
        computed = found[f"table-2-{kind}-{year}"].computed
        assert isinstance(computed, float)
        assert computed == pytest.approx(float(share), abs=1e-5)
    facts = show.facts(real_book.SmallEnterprises())
    assert (facts["cells-held"], facts["cells-missing"]) == ("28", "none is missing")
    assert facts["extent"] == "in whole"
    assert facts["investment-held"] == "can be recomputed for 2011–2017"
    held = resources.load("small_enterprises").groupby(["indicator", "year"])["survey"].agg(set)
    assert held["number", 2014] == {"sample"}
    assert held["investment", 2015] == {"complete"}
    validation.check(resources.names(), resources.folder())
    (entry,) = [s for s in resources.descriptor("small_enterprises")["sources"]
                if s["registry"] == "appendix"]  # fmt: skip
    assert entry == {
        "title": "Rosstat: Appendix",
        "version": "2019",
        "registry": "appendix",
        "path": "https://rosstat.gov.ru/x.xlsx",
        "accessed": "2026-11-24",
        "readFrom": "https://rosstat.gov.ru/x.xlsx, file appendix.xlsx, accessed 2026-11-24",
        "checkedAgainstOriginal": "yes",
        "recipes": {
            "recipes/appendix.yml": [
                "Число малых предприятий (с учетом микропредприятий), тысяч единиц",
                "Инвестиции в основной капитал малых предприятий, млрд рублей",
            ]
        },
    }
    assert resources.load("sources").set_index("source").at["appendix", "publisher"] == "Rosstat"
    assert "Rosstat: Appendix (2019)" in [s.title for s in resources.sources("small_enterprises")]


OMSK = ("Регион;2011;2024", "Число малых предприятий, единиц;;", "Омская область;25 001;26 000")


def test_a_dry_run_shows_everything_and_writes_nothing(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    before = contents(folder)
    file, _ = appendix(tmp_path / "appendix.xlsx")

    said = run("add", "small_enterprises", file, "--sheet", "1", *SOURCE, "--dry-run")

    assert "252 new" in said
    assert "Dry run: nothing is written." in said
    assert "RU-OMS" in said
    assert "2014 number (thousand enterprises)" in said
    assert "Дальневосточный федеральный округ" in said
    assert contents(folder) == before


def small(path: Path, value: str, year: int = 2014) -> Path:
    title = "Число малых предприятий, единиц"
    return csv(path / "a.csv", f"{title};{year}", f"Омская область;{value}", encoding="cp1251")


def test_the_other_rows_keep_every_byte(folder: Path, run: Run, tmp_path: Path) -> None:
    before = (folder / "small_enterprises.csv").read_text("utf-8")

    run("add", "small_enterprises", small(tmp_path, "25 001"), *SOURCE)

    after = (folder / "small_enterprises.csv").read_text("utf-8")
    assert after == before + "RU-OMS,2014,number,25001,enterprises,sample,appendix\n"
    assert (folder / "recipes" / "a.yml").is_file()


def test_what_is_there_already_is_said_and_not_written(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    run("add", "small_enterprises", small(tmp_path, "25001"), *SOURCE)
    before = contents(folder)

    said = run("add", "small_enterprises", small(tmp_path, "25 001,0"), "--source", "appendix")

    assert "0 new, 1 there already, 0 differ" in said
    assert "Nothing to write" in said
    assert contents(folder) == before


def test_a_figure_that_differs_is_refused_and_listed_until_it_is_to_replace(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    run("add", "small_enterprises", small(tmp_path, "25001"), *SOURCE)
    before = contents(folder)
    other = small(tmp_path, "25002")

    said = run("add", "small_enterprises", other, "--source", "icsid", status=2)

    assert "RU-OMS 2014 number   25001   25002" in said
    assert "1 figures differ" in said
    assert contents(folder) == before
    run("add", "small_enterprises", other, "--source", "icsid", "--replace")
    held = resources.load("small_enterprises").set_index(["region", "year", "indicator"])
    assert held.loc[("RU-OMS", 2014, "number"), ["value", "source"]].to_list() == [25002.0, "icsid"]


def test_gross_product_of_a_new_year(folder: Path, run: Run, tmp_path: Path) -> None:
    file = csv(tmp_path / "grp.csv", "ВРП, млрд рублей;2024", "Омская область;1 234,5678")
    arguments = ("add", "gross_regional_product", file, "--source", "rosstat-grp")

    said = run(*arguments, status=2)
    assert "nothing settles the methodology of 2024: say --set methodology=" in said
    assert "1998-2015, 2016-2023" in said
    run(*arguments, "--set", "methodology=2016-2023")

    held = resources.load("gross_regional_product").set_index(["region", "year"])
    assert held.at[("RU-OMS", 2024), "grp_million_rub"] == 1234567.8
    entries = resources.descriptor("gross_regional_product")["sources"]
    assert [entry["registry"] for entry in entries] == ["rosstat-grp"]


def test_a_section_is_filled_in_beside_those_that_are_there(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    path = folder / "gva_structure_2016_2024.csv"
    whole = path.read_text("utf-8")
    rows = list(forms.parse(whole))
    (mine,) = [row for row in rows if (row["region"], row["year"]) == ("RU-OMS", "2024")]
    section_c, mine["C"] = mine["C"], ""
    path.write_text(forms.compose(list(mine), rows), "utf-8")
    resources.seal()
    title = "Структура валовой добавленной стоимости, %;C;D"
    file = csv(tmp_path / "gva.csv", title, f"Omsk region;{section_c};{mine['D']}")

    said = run("add", "gva_structure_2016_2024", file, "--set", "year=2024",
               "--source", "rosstat-gva")  # fmt: skip

    assert "1 new, 1 there already, 0 differ" in said
    assert path.read_text("utf-8") == whole
    file = csv(tmp_path / "other.csv", title, f"Omsk region;99;{mine['D']}")
    said = run("add", "gva_structure_2016_2024", file, "--set", "year=2024",
               "--source", "rosstat-gva", status=2)  # fmt: skip
    assert f"RU-OMS 2024 C   {section_c}" in said


REFUSED = {
    "no such resource": (("nothing",), "no resource 'nothing'"),
    "resource of another kind": (("claims",), "claims does not hold figures by place and period"),
    "unknown source": (("small_enterprises", "--source", "x"), "'x' is no source that is known"),
    "no source": (("small_enterprises",), "--source"),
    "no such field": (("small_enterprises", "--set", "colour=red"), "has no colour to set"),
    "no such value": (("small_enterprises", "--set", "indicator=profit"), "'profit' is none of"),
    "no such survey": (("small_enterprises", "--set", "survey=x"), "survey 'x' is none of"),
    "no such dash": (("small_enterprises", "--set", "dash=nought"), "'nought' is none of zero"),
    "no equals sign": (("small_enterprises", "--set", "Омск"), "write it as name=value"),
    "vouched in no words": (("small_enterprises", "--subject", " "), "--source"),
    "no address": (
        ("small_enterprises", *SOURCE, "--set", "address=x.org"),
        "address=x.org: string",
    ),
    "no day": (("small_enterprises", *SOURCE, "--set", "accessed=24.11.2026"), "valid date"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistaken_command_is_refused(case: str, folder: Path, run: Run, tmp_path: Path) -> None:
    before = contents(folder)
    arguments, said = REFUSED[case]
    file = small(tmp_path, "25001")

    told = run("add", arguments[0], file, *arguments[1:], status=2)

    assert said in " ".join(told.split())
    assert "Traceback" not in told
    assert contents(folder) == before


def test_a_figure_that_the_schema_forbids_is_refused(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    before = contents(folder)

    said = run("add", "small_enterprises", small(tmp_path, "-5"), *SOURCE, status=2)

    assert "the package would have faults; nothing is written" in said
    assert "small_enterprises.csv, row 2854, field value: '-5'" in said
    assert contents(folder) == before


@pytest.mark.parametrize("name", ["small_enterprises", "gross_regional_product", "population",
                                  "regional_foreign_trade", "gva_structure_2016_2024",
                                  "kazakhstan_gross_regional_product", "sources"])  # fmt: skip
def test_files_of_the_package_are_written_as_they_are(name: str) -> None:
    text = (resources.folder() / f"{name}.csv").read_text("utf-8")
    rows = list(forms.parse(text))

    assert forms.compose(list(rows[0]), rows) == text


# By recipe


def test_what_is_open_stands_in_a_draft_that_the_author_settles(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    before = contents(folder)
    file = csv(
        tmp_path / "Таблица 1.csv", "Число малых предприятий;2014", "Омская обл;25001", "Край;-"
    )
    arguments = ("add", "small_enterprises", file, *SOURCE)

    assert "2 things to settle first" in run(*arguments, "--dry-run", status=2)
    assert contents(folder) == before
    said = " ".join(run(*arguments, status=2).split())

    draft = folder / "recipes" / "Таблица-1.yml"
    assert [path for path in contents(folder) if path not in before] == ["recipes/Таблица-1.yml"]
    lines = draft.read_text("utf-8").splitlines()
    unit, name = lines.index("      unit: ?2") + 1, lines.index("    Край: ?1") + 1
    assert f"data/recipes/Таблица-1.yml, line {unit} (?2): write the unit" in said
    assert "Таблица 1.csv, row 3, column A: 'Край' is no place that is known" in said
    assert f"data/recipes/Таблица-1.yml, line {name} (?1): write its code (RU for" in said

    assert said.endswith(f"then: borderbook data add data/recipes/Таблица-1.yml '{file}'")

    said = run("add", draft, file, status=2)
    assert f"line {unit}: ?2 is still open" in said
    assert f"line {name}: ?1 is still open" in said
    text = draft.read_text("utf-8").replace("?2", "enterprises").replace("?1", "skip")
    draft.write_text(f"# By hand\n{text}", "utf-8")
    assert "1 new, 0 there already" in run("add", draft, file)
    assert draft.read_text("utf-8") == f"# By hand\n{text}", "the author's own text stays"
    held = resources.load("small_enterprises").set_index(["region", "year", "indicator"])
    assert held.at[("RU-OMS", 2014, "number"), "value"] == 25001


def test_a_dash_is_asked_and_a_setting_settles_it(folder: Path, run: Run, tmp_path: Path) -> None:
    title = "Число малых предприятий, единиц;2014"
    file = csv(tmp_path / "a.csv", title, "Омская область;1", "Алтайский край;–")

    assert "1 cells hold a dash" in run("add", "small_enterprises", file, *SOURCE, status=2)
    draft = folder / "recipes" / "a.yml"
    draft.write_text(draft.read_text("utf-8") + "# Ask the office.\n", "utf-8")
    edited = draft.read_text("utf-8")
    run("add", "small_enterprises", file, *SOURCE, "--set", "dash=missing")
    assert draft.read_text("utf-8") == edited, "a draft that someone works on stays"
    assert "dash: missing" in (folder / "recipes" / "a-2.yml").read_text("utf-8")
    draft.unlink()


def test_a_dash_that_a_setting_calls_nought_is_nought_and_no_draft_is_left(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    title = "Число малых предприятий, единиц;2014"
    file = csv(tmp_path / "a.csv", title, "Омская область;1", "Алтайский край;–")
    run("add", "small_enterprises", file, *SOURCE, status=2)
    run("add", "small_enterprises", file, *SOURCE, "--set", "dash=zero")

    assert "dash: zero" in (folder / "recipes" / "a.yml").read_text("utf-8")
    held = resources.load("small_enterprises").set_index(["region", "year", "indicator"])
    assert held.at[("RU-ALT", 2014, "number"), "value"] == 0


def test_an_addition_is_repeated_by_its_recipe(
    folder: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(folder)
    file, _ = appendix(tmp_path / "appendix.xlsx")
    run("add", "small_enterprises", file, "--sheet", "1", "--sheet", "2", *SOURCE)
    after = contents(folder)
    recipe = after["recipes/appendix.yml"]
    for path, content in before.items():
        (folder / path).write_bytes(content)

    said = run("add", "data/recipes/appendix.yml")

    assert "840 new" in said
    assert contents(folder) == after
    assert contents(folder)["recipes/appendix.yml"] == recipe
    assert "0 new, 840 there already" in run("add", "data/recipes/appendix.yml")


def test_a_recipe_reads_the_next_edition_of_its_table(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    run("add", "small_enterprises", small(tmp_path, "25001"), *SOURCE)
    path = folder / "recipes" / "a.yml"
    other = csv(tmp_path / "b.csv", "Число малых предприятий, единиц;2014", "Омская область;25002")

    small(tmp_path, "1")
    assert "is not the file any more that the recipe was made for" in run("add", path, status=2)
    said = run("add", path, other, "--replace")

    assert "25001   25002" in said
    assert "file: b.csv" in (folder / "recipes" / "b.yml").read_text("utf-8")
    assert "file: a.csv" in path.read_text("utf-8")
    other = csv(tmp_path / "c.csv", "Число средних предприятий, единиц;2015", "Омская область;2")
    assert "medium enterprises counted in" in run("add", path, other, status=2)


def grp(path: Path, year: int, *lines: str) -> Path:
    """Write a table of gross products up to a year, with words that nobody knows."""
    years = ";".join(map(str, range(2001, year + 1)))
    title = f"Валовой региональный продукт в уточненной оценке за 2001-{year} годы, млн рублей"
    return csv(path / f"grp-{year}.csv", title, f"Регион;{years}", *lines)


def test_next_years_edition_with_one_more_column_comes_in_by_the_same_recipe(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    rows = ("Омская область;1;2", "Особый край;-;–", "Томская область;3;… 1")
    vouched = "The title calls these revised; the office confirmed that it is the gross product"
    run("add", "gross_regional_product", grp(tmp_path, 2002, *rows), "--source", "rosstat-grp",
        "--set", "methodology=1998-2015", "--set", "Особый край=skip", "--set", "dash=missing",
        "--subject", vouched)  # fmt: skip
    more = grp(tmp_path, 2003, *(f"{row};{at}" for at, row in enumerate(rows, 7)), "Омск;")

    said = run("add", folder / "recipes" / "grp-2002.yml", more)

    assert "2 new, 3 there already, 0 differ" in said
    assert vouched in " ".join(said.split())
    held = resources.load("gross_regional_product").set_index(["region", "year"])
    assert held.loc[[("RU-OMS", 2003), ("RU-TOM", 2003)], "grp_million_rub"].to_list() == [7, 9]
    recipe = parse((folder / "recipes" / "grp-2003.yml").read_text("utf-8"), "").tables[0]
    assert recipe.columns["D"].means == {"year": "2003"}
    assert recipe.vouched == vouched
    (entry,) = resources.descriptor("gross_regional_product")["sources"]
    title = "Валовой региональный продукт в уточненной оценке за 2001-{} годы, млн рублей"
    assert entry["recipes"] == {
        f"recipes/grp-{year}.yml": [title.format(year), f"vouched for: {vouched}"]
        for year in (2002, 2003)
    }


OTHER_EDITIONS = {
    "another title": (
        ("за 2001-2002 годы", "за 2001-2002 годы в ценах"),
        "'в ценах': other prices",
    ),
    "an unknown name": (("Томская", "Томсковская"), "'Томсковская область' is no place"),
    "an unknown head": (("2002\n", "план\n"), "the earlier edition has no column like 'план'"),
    "another unit": (("млн рублей", "млрд рублей"), "the titles are not those of the earlier"),
    "words that were not vouched for": (("уточненной", "неполной"), "the titles are not those"),
}


@pytest.mark.parametrize("case", OTHER_EDITIONS)
def test_another_edition_that_says_more_than_its_recipe_stops(
    case: str, folder: Path, run: Run, tmp_path: Path
) -> None:
    first = grp(tmp_path, 2002, "Омская область;1;2", "Томская область;3;4")
    run("add", "gross_regional_product", first, "--source", "rosstat-grp", "--subject", "as agreed",
        "--set", "methodology=1998-2015")  # fmt: skip
    before = contents(folder)
    (old, new), told = OTHER_EDITIONS[case]
    text = first.read_text("utf-8")
    assert old in text
    other = csv(tmp_path / "other.csv", text.replace(old, new))

    said = run("add", folder / "recipes" / "grp-2002.yml", other, status=2)

    assert told in " ".join(said.split())
    assert contents(folder) == before


def test_what_an_author_vouches_for_cannot_be_what_a_resource_rejects(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    before = contents(folder)
    file = csv(tmp_path / "a.csv", "ВРП на душу населения, рублей", ";2024", "Омская область;5")
    arguments = ("add", "gross_regional_product", file, "--source", "rosstat-grp")

    said = run(*arguments, "--subject", "It is the whole product", status=2)

    assert "per head" in said
    assert contents(folder) == before


def test_a_recipe_by_hand_has_to_say_its_subject_too(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    run("add", "small_enterprises", small(tmp_path, "25001"), *SOURCE)
    recipe = (folder / "recipes" / "a.yml").read_text("utf-8")
    csv(tmp_path / "c.csv", "Число средних предприятий, единиц;2014", "Омская область;9")
    by_hand = tmp_path / "c.yml"
    digest = files.digest(tmp_path / "c.csv")
    text = re.sub("sha256: .*", f"sha256: {digest}", recipe.replace("a.csv", "c.csv"))
    by_hand.write_text(text.replace("Число малых", "Число средних"), "utf-8")

    assert "medium enterprises counted in" in run("add", by_hand, "--replace", status=2)


def test_a_recipe_takes_no_options_and_needs_its_file(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    run("add", "small_enterprises", small(tmp_path, "25001"), *SOURCE)
    path = folder / "recipes" / "a.yml"

    assert "change its lines" in run("add", path, "--set", "dash=zero", status=2)
    (tmp_path / "a.csv").unlink()
    assert "there is no 'a.csv' here" in run("add", path, status=2)
    assert "cannot be opened" in run("add", folder / "recipes" / "x.yml", status=2)
    assert "name the file that has the figures" in run("add", "small_enterprises", status=2)


def test_a_new_recipe_never_takes_the_place_of_another(
    folder: Path, run: Run, tmp_path: Path
) -> None:
    run("add", "small_enterprises", small(tmp_path, "25001"), *SOURCE)
    first = (folder / "recipes" / "a.yml").read_bytes()

    run("add", "small_enterprises", small(tmp_path, "25001", 2016), "--source", "appendix")

    assert (folder / "recipes" / "a.yml").read_bytes() == first
    assert "'2016'" in (folder / "recipes" / "a-2.yml").read_text("utf-8")


# All or nothing


def plan(folder: Path, year: str = "2014") -> merge.Plan:
    figure = Figure("RU-OMS", {"year": year, "indicator": "number"}, Decimal(5), "", "Omsk")
    form = forms.form("small_enterprises")
    origin = Origin(key="appendix", publisher="Rosstat", title="Appendix")
    recipe = Recipe(resource=form.resource, source=origin, tables=[])
    return merge.plan(form, [figure], recipe, ("recipes/a.yml", "a recipe"))


def test_a_plan_with_a_figure_that_differs_has_nothing_to_write(folder: Path) -> None:
    made = plan(folder, "2013")

    assert [(change.old, change.new) for change in made.differing] == [("29204.0", "5")]
    assert made.contents == {}


def test_what_a_killed_process_leaves_is_told_and_put_back(
    folder: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, made = contents(folder), plan(folder)
    assert list(made.contents)[::3] == ["recipes/a.yml", "datapackage.json"]
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "_put_back", lambda *_: [])
        patch.setattr(transaction, "_sync", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            merge.write(made)
    (folder / "datapackage.json").write_bytes(before["datapackage.json"])
    assert (folder / "recipes" / "a.yml").exists()

    with pytest.raises(DataError, match="run `borderbook data recover`"):
        resources.load("population")
    paths = "datapackage.json, recipes/a.yml, small_enterprises.csv, sources.csv"
    assert f"put back: {paths}" in run("recover")

    assert contents(folder) == before
    assert len(resources.load("population")) > 0
    assert "nothing to put back" in run("recover")


def test_two_additions_at_once_do_not_overwrite_each_other(folder: Path) -> None:
    first, second = plan(folder), plan(folder)
    merge.write(first)
    after = contents(folder)

    with pytest.raises(DataError, match="was changed meanwhile; run the command again"):
        merge.write(second)

    assert contents(folder) == after
    (folder / transaction.JOURNAL / "old").mkdir(parents=True)
    with pytest.raises(DataError, match="another change of data/ is under way"):
        merge.write(second)


def test_the_package_is_checked_in_whole_before_anything_is_written(folder: Path) -> None:
    made = plan(folder)
    document = json.loads(made.contents["datapackage.json"])
    document["resources"] = [r for r in document["resources"] if r["name"] != "regions"]
    made.contents["datapackage.json"] = json.dumps(document).encode()
    before = contents(folder)

    with pytest.raises(DataError):
        merge.check(made)

    assert contents(folder) == before


def test_frictionless_itself_finds_the_package_valid_after_an_addition(folder: Path) -> None:
    made = plan(folder)
    merge.check(made)
    merge.write(made)

    done = subprocess.run(
        [Path(sys.executable).with_name("frictionless"), "validate", "datapackage.json"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
