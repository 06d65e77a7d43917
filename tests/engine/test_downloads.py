"""What a reader takes away: the files under each table and chart, their citations, the archive."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import altair as alt
import frictionless
import pandas as pd
import pytest
from PIL import Image
from pybtex.database import parse_string
from pybtex.richtext import Text

from borderbook.datapackage import resources
from borderbook.figures import chart_data, charts, downloads, images, tables
from borderbook.figures.charts import Chart, Drawing, Series
from borderbook.figures.citations import Citation
from borderbook.results import extract
from borderbook.site import archive

OF_A_TABLE = [".csv", ".json", ".bib", ".txt"]
OF_A_CHART = [".csv", ".json", ".svg", ".png", ".vl.json", ".bib", ".txt"]

Taken = tuple[str, dict[str, Any], Path]
"""A section, the content of a table or chart in its notebook, the place of its files."""


@pytest.fixture(scope="module")
def taken(executed: dict[str, Path], built: Path) -> list[Taken]:
    """Return every table and chart of the book with the stem of its files in the site."""
    return [
        (section, dict(content), built / "downloads" / section / name)
        for section, path in executed.items()
        for found in (extract.read(path),)
        for name, content in {**found.tables, **found.charts}.items()
    ]


def file(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)


def is_chart(content: dict[str, Any]) -> bool:
    return "usermeta" in content


def rows(stem: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file(stem, ".csv").read_text("utf-8"))))


def links(tree: Element, name: str) -> list[str]:
    [figure] = [e for e in tree.iter("figure") if e.get("id") == name]
    return [a.get("href", "") for a in figure.iter("a") if a.get("download") is not None]


# Files


def test_the_fold_under_every_exhibit_offers_all_its_files(
    taken: list[Taken], pages: dict[str, Element], built: Path
) -> None:
    for section, content, stem in taken:
        endings = OF_A_CHART if is_chart(content) else OF_A_TABLE
        wanted = [f"../downloads/{section}/{stem.name}{ending}" for ending in endings]
        assert links(pages[f"book/{section}.html"], stem.name) == wanted
        for ending in endings:
            assert file(stem, ending).stat().st_size > 0
    assert sum(is_chart(content) for _, content, _ in taken) >= 8
    assert not (built / "downloads" / "index").exists(), "they stand under the section's name"


def test_the_rows_of_a_table_are_those_of_the_notebook_to_the_last_digit(
    taken: list[Taken],
) -> None:
    for _, content, stem in taken:
        if is_chart(content):
            continue
        names = [field["name"] for field in content["schema"]["fields"]]
        described = json.loads(file(stem, ".json").read_text("utf-8"))
        assert [field["name"] for field in described["schema"]["fields"]] == names
        assert described["data"] == [{n: row[n] for n in names} for row in content["data"]]
        for own, record in zip(rows(stem), content["data"], strict=True):
            assert list(own) == names
            for name in names:
                value = record[name]
                if isinstance(value, float):
                    assert float(own[name]) == value
                else:
                    assert own[name] == ("" if value is None else str(value))


def test_the_rows_of_a_chart_are_data_that_it_draws_to_the_last_digit(taken: list[Taken]) -> None:
    for section, content, stem in taken:
        if not is_chart(content) or "rows" in content["usermeta"]:
            continue
        described = json.loads(file(stem, ".json").read_text("utf-8"))
        names = [field["name"] for field in described["schema"]["fields"]]
        assert not {"colour", "text", "reason"} & set(names), section
        held = [row for each in content["datasets"].values() for row in each]
        for own, record in zip(rows(stem), described["data"], strict=True):
            assert list(own) == names
            assert {name: own[name] for name in names} == {
                name: "" if record[name] is None else str(record[name]) for name in names
            }
            known = {name: value for name, value in record.items() if value is not None}
            assert any(known.items() <= row.items() for row in held)
        values = [field for field in described["schema"]["fields"] if field["name"] == "value"]
        assert all(field["unit"] and field["type"] == "number" for field in values)


def test_a_chart_of_the_paper_s_table_keeps_its_printed_values_apart(taken: list[Taken]) -> None:
    [stem] = [stem for section, _, stem in taken if f"{section} {stem.name}" == CHART]
    found = Counter(row["origin"] for row in rows(stem))

    assert list(rows(stem)[0]) == ["series", "year", "value", "origin", "segment"]
    assert found["printed in the paper"] == 28, "the cells of Table 2"
    assert found["published figures"] > 28
    assert len(found) == 2


CHART = "small-enterprises shares"


def test_a_map_gives_its_regions_and_their_part_in_it(taken: list[Taken]) -> None:
    [stem] = [stem for _, _, stem in taken if stem.name == "border-map"]
    found = rows(stem)

    assert Counter(row["role"] for row in found)["border group"] == 12
    assert {"code": "RU-OMS", "region": "Omsk Oblast", "role": "border group"} in found


def test_every_json_is_a_valid_data_resource_with_title_notes_and_sources(
    taken: list[Taken],
) -> None:
    for _, content, stem in taken:
        described = json.loads(file(stem, ".json").read_text("utf-8"))
        told = content.get("usermeta", content)
        assert described["title"] == told["title"]
        assert described["notes"] == told["notes"]
        assert described["sources"] == told["sources"]
        report = frictionless.Resource.from_descriptor(described).validate()
        assert report.valid, (stem, report.flatten(["rowNumber", "fieldName", "message"]))


def test_pictures_are_whole_and_the_png_is_twice_the_size_of_the_svg(taken: list[Taken]) -> None:
    for _, content, stem in taken:
        if not is_chart(content):
            continue
        drawn = ElementTree.fromstring(file(stem, ".svg").read_text("utf-8"))
        title = " ".join("".join(drawn.itertext()).split())
        assert content["usermeta"]["title"].split()[0] in title
        assert file(stem, ".svg").read_text("utf-8") == images.svg(content)
        assert json.loads(file(stem, ".vl.json").read_text("utf-8")) == content
        with Image.open(file(stem, ".png")) as picture:
            assert picture.format == "PNG"
            size = [round(images.SCALE * float(drawn.get(k, "0"))) for k in ("width", "height")]
            assert list(picture.size) == size
            assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
            assert len(picture.convert("RGB").getcolors(256) or []) > 8, "something is drawn"


def test_a_long_title_is_not_cut_off_in_a_picture() -> None:
    bars = charts.bars(
        pd.DataFrame({"label": ["Omsk"], "value": [1.0], "colour": "#111111"}), unit="%"
    )
    long = " ".join(["word"] * 40)
    spec = Chart("bars", long, bars, long).spec()

    lines = [e.text or "" for e in ElementTree.fromstring(images.svg(spec)).iter() if e.text]
    assert max(map(len, lines)) <= 104
    assert sum(line.count("word") for line in lines) == 80


# The data of a chart


def line_chart(**options: Any) -> dict[str, Any]:
    known = pd.DataFrame(
        {"series": ["b", "a", "a", "b"], "year": [2011, 2012, 2011, 2012],
         "value": [1.0, 1.001, 1.0, 1.0], "segment": "s"}
    )  # fmt: skip
    drawing = charts.lines(known, [Series("b"), Series("a")], unit="%", **options)
    return Chart("lines", "Title", drawing).spec()


def test_where_a_label_is_moved_to_is_no_datum() -> None:
    """Labels at the ends of lines are moved apart: their places are not values of the series."""
    resource = chart_data.resource(line_chart(breaks={2011.5: "another survey"}))

    assert resource is not None
    assert [(row["series"], row["year"], row["value"]) for row in resource["data"]] == [
        *(("b", 2011, 1.0), ("b", 2012, 1.0), ("a", 2011, 1.0), ("a", 2012, 1.001)),
    ]
    fields = {
        field["name"]: (field["type"], field["unit"]) for field in resource["schema"]["fields"]
    }
    assert fields == {
        "series": ("string", ""), "year": ("integer", ""), "value": ("number", "%"),
        "segment": ("string", ""),
    }  # fmt: skip


def test_a_chart_of_words_alone_has_no_data() -> None:
    words = alt.Chart(pd.DataFrame({"word": ["x"]})).mark_text().encode(text="word:N")

    assert chart_data.resource(Chart("words", "Title", Drawing(words, "x")).spec()) is None


# Citations


def test_every_citation_parses_and_says_what_is_cited(
    taken: list[Taken], pages: dict[str, Element]
) -> None:
    keys = []
    for section, content, stem in taken:
        [(key, entry)] = parse_string(
            file(stem, ".bib").read_text("utf-8"), "bibtex"
        ).entries.items()
        keys.append(key)
        text = file(stem, ".txt").read_text("utf-8").strip()
        title = downloads.title(content)
        assert f"“{title}”" in text
        assert str(Text.from_latex(entry.fields["title"])) == title
        assert resources.digest() in entry.fields["note"]
        assert resources.digest() in text
        assert entry.fields["year"] == str(resources.package()["created"])[:4]
        assert entry.persons["author"][0].last_names == ["{Developers of borderbook}"]
        shown = ["".join(p.itertext()) for p in figure(pages, section, stem.name).iter("p")]
        assert text in shown
    assert len(set(keys)) == len(keys)


def figure(pages: dict[str, Element], section: str, name: str) -> Element:
    [found] = [e for e in pages[f"book/{section}.html"].iter("figure") if e.get("id") == name]
    return found


def test_a_citation_survives_tex() -> None:
    cited = Citation(
        *("key", "7\u202f% of R&D_{x} fell by \u22122", "Book", "Makers", "1.0", "2026-01-02"),
        *("abc", "neighbour = CN", "https://example.org/book/one.html#shares"),
    )
    entry = parse_string(cited.bibtex, "bibtex").entries["key"]

    assert entry.fields["title"] == r"{7\,\% of R\&D\_\{x\} fell by $-$2}"
    assert entry.fields["url"] == "https://example.org/book/one.html#shares"
    assert entry.fields["edition"] == "version 1.0, neighbour = CN"
    assert cited.text.endswith("digest abc. https://example.org/book/one.html#shares")


# The archive


@pytest.fixture(scope="module")
def held(built: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(built / archive.PLACE) as opened:
        yield opened


def test_the_archive_holds_every_file_of_the_downloads_the_figures_and_the_ledger(
    built: Path, held: zipfile.ZipFile
) -> None:
    offered = {p for p in (built / "downloads").glob("*/*") if p.is_file()}
    wanted = {f"borderbook/{path.relative_to(built).as_posix()}": path for path in offered}
    wanted |= {f"borderbook/{name}": built / name for name in ("claims.csv", "claims.json")}
    wanted["borderbook/claims.schema.json"] = built / "claims.schema.json"
    figures = [resources.descriptor(name)["path"] for name in resources.names()]
    figures += ["datapackage.json", "boundaries.LICENSE"]
    wanted |= {f"borderbook/data/{name}": resources.folder() / name for name in figures}

    assert held.testzip() is None
    assert sorted(held.namelist()) == sorted([*wanted, "borderbook/README.txt"])
    for name, path in wanted.items():
        assert held.read(name) == path.read_bytes(), name


def test_the_readme_of_the_archive_names_exhibits_sources_and_terms(
    taken: list[Taken], held: zipfile.ZipFile
) -> None:
    told = " ".join(held.read("borderbook/README.txt").decode().split())

    for section, content, stem in taken:
        assert f"downloads/{section}/" in told
        assert f"{stem.name}: {' '.join(downloads.title(content).split())}" in told
    for name in resources.names():
        described = resources.descriptor(name)
        assert f"data/{described['path']} {described['title']}" in told
        for part in (*described["sources"], *described["licenses"]):
            assert " ".join(part["title"].split()) in told
    assert resources.digest() in told
    assert "{{" not in told


def test_the_package_in_the_archive_is_valid_by_itself(
    held: zipfile.ZipFile, tmp_path: Path
) -> None:
    held.extractall(tmp_path)

    assert frictionless.validate(str(tmp_path / "borderbook" / "data" / "datapackage.json")).valid


def test_the_same_site_makes_the_same_archive(built: Path, tmp_path: Path) -> None:
    told = {"book": "B", "edition": "as published", "version": "1", "date": "d", "digest": "e"}
    archives = []
    for name in ("one", "two"):
        site = tmp_path / name
        shutil.copytree(built / "downloads", site / "downloads")
        (site / archive.PLACE).unlink()
        archive.write(site, resources.folder(), told)
        archives.append((site / archive.PLACE).read_bytes())

    assert archives[0] == archives[1]


def test_an_edition_leads_to_the_archive_of_the_default_book() -> None:
    context = {"body": f'<a href="../{archive.PLACE}">'}
    app: Any = SimpleNamespace(config=SimpleNamespace(edition_name="china"))
    archive._lead(app, "book/data", "page.html", context, None)

    assert context["body"] == f'<a href="../../../{archive.PLACE}">'


def test_the_data_page_and_the_landing_page_lead_to_the_archive(pages: dict[str, Element]) -> None:
    for page in ("book/data.html", "book/index.html"):
        found = [a for a in pages[page].iter("a") if a.get("href") == f"../{archive.PLACE}"]
        assert len(found) == 1, page


def test_a_table_s_csv_has_one_header_row_and_no_notes() -> None:
    table = tables.Table(
        "t", "Title", pd.DataFrame({"name": ["a, b"], "share": [1 / 3]}),
        [tables.Column("name", "Name"), tables.Column("share", "Share", "%", digits=1)],
        notes=["A note"],
    )  # fmt: skip

    assert tables.to_csv(table.resource()) == 'name,share\n"a, b",0.333333333333\n'
