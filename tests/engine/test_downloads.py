"""What a reader takes away: the files under each table and chart, their citations, the archive."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import altair as alt
import frictionless
import pandas as pd
import pytest
import yaml
from PIL import Image
from pybtex.database import parse_string
from pybtex.richtext import Text

from borderbook import book, notebooks
from borderbook.datapackage import descriptor, resources
from borderbook.datapackage.descriptor import DataError
from borderbook.figures import chart_data, charts, downloads, images, tables
from borderbook.figures.charts import Chart, Drawing, Series
from borderbook.figures.citations import Citation
from borderbook.publishing import build
from borderbook.results import extract
from borderbook.site.interchange import archive, reproduction
from tests.bakery import TINY
from tests.real_book import ROOT

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


def test_the_archive_holds_the_downloads_the_ledger_and_what_the_book_is_built_from(
    built: Path, held: zipfile.ZipFile
) -> None:
    offered = {p for p in (built / "downloads").glob("*/*") if p.is_file()}
    wanted = {path.relative_to(built).as_posix(): path for path in offered}
    wanted |= {
        name: built / name
        for name in ("claims.csv", "claims.json", "claims.schema.json", "claims.trig")
    }
    wanted["exhibits.csv"] = built / archive.LIST
    sources = (
        *("Makefile", "requirements.txt", "pyproject.toml", "_toc.yml", "book/index.md"),
        *("book/claims.ipynb", "borderbook/cli/build.py"),
        *("helpers/regions.py", "etc/ipython_kernel_config.py", "data/datapackage.json"),
        *(f"data/{resources.descriptor(name)['path']}" for name in resources.names()),
    )
    wanted |= {name: ROOT / name for name in sources}

    assert held.testzip() is None
    for name, path in wanted.items():
        assert held.read(f"borderbook/{name}") == path.read_bytes(), name
    names = [name.removeprefix("borderbook/") for name in held.namelist()]
    made = {"codecheck.yml", "ro-crate-metadata.json"}
    assert {n for n in names if n not in wanted and not (ROOT / n).is_file()} == made
    assert not [name for name in names if "/." in f"/{name}" or "__pycache__" in name]


def test_the_readme_of_the_archive_has_the_template_s_parts_exhibits_sources_and_terms(
    taken: list[Taken], held: zipfile.ZipFile
) -> None:
    written = held.read("borderbook/README.md").decode()
    headings = re.findall(r"(?m)^## (.+)$", written)
    told = " ".join(written.split())

    assert headings == [
        "Overview",
        "Data Availability and Provenance Statements",
        "Dataset list",
        "Computational requirements",
        "Description of programs/code",
        "Instructions to Replicators",
        "List of tables and programs",
        "References",
    ]
    for section, content, stem in taken:
        ending = ".vl.json" if "usermeta" in content else ".csv"
        assert f"| `book/{section}.ipynb` |" in told
        assert f"`downloads/{section}/{stem.name}{ending}`" in told
    for name in resources.names():
        described = resources.descriptor(name)
        assert f"Datafile: `data/{described['path']}`. Terms: " in told
        for part in (*described["sources"], *described["licenses"]):
            assert " ".join(part["title"].split()) in told
    assert resources.digest() in told
    assert "{{" not in told
    assert "not measured" not in told, "each notebook's run time is stated: run-times"


def test_the_list_of_exhibits_has_each_exhibit_and_number_with_its_cell_and_result(
    taken: list[Taken], executed: dict[str, Path], built: Path
) -> None:
    rows = list(csv.DictReader(io.StringIO((built / archive.LIST).read_text("utf-8"))))
    shown = [row for row in rows if row["file"]]

    assert {(row["section"], row["name"]) for row in shown} == {(s, p.name) for s, _, p in taken}
    for row in shown:
        assert row["result"] == sha256((built / row["file"]).read_bytes()).hexdigest()
        cells = {cell["id"] for cell in notebooks.cells(ROOT / row["notebook"])}
        assert row["cell"] in cells
    for section, path in executed.items():
        numbers = {
            r["name"]: r["result"] for r in rows if r["section"] == section and not r["file"]
        }
        values = extract.read(path).values
        assert numbers == {k: v for k, v in values.items() if k != notebooks.USED}


def test_codecheck_yml_follows_the_rules_for_what_a_maker_states(held: zipfile.ZipFile) -> None:
    """CC-CFG-001 to 007, 014, 015, 023 and CC-BUN-001 of the rules for version 2.0."""
    text = held.read("borderbook/codecheck.yml").decode()
    document = yaml.safe_load(text)

    assert text.startswith("---\n")
    assert document["version"] == "https://codecheck.org.uk/spec/config/2.0/"
    assert len(document["manifest"]) > 30
    for item in document["manifest"]:
        assert item["comment"]
        assert held.getinfo(f"borderbook/{item['file']}").file_size, item["file"]
    assert not re.search("FIXME|TODO|XXX", text)
    assert set(document) == {"version", "manifest"}, "nobody is named who is not known"


def test_what_the_descriptor_knows_of_the_work_reaches_codecheck_yml(data_copy: Path) -> None:
    package = json.loads((data_copy / "datapackage.json").read_text("utf-8"))
    authors = [{"name": "A. Miller", "orcid": "0000-0002-1825-0097"}]
    known = {"title": "On rye", "authors": authors, "url": "https://doi.org/10.1/rye"}
    package |= {"work": known, "repository": "https://example.org/rye"}
    (data_copy / "datapackage.json").write_text(json.dumps(package), "utf-8")

    document = yaml.safe_load(reproduction.codecheck([], data_copy))
    assert document["paper"] == {
        "title": "On rye",
        "authors": [{"name": "A. Miller", "ORCID": "0000-0002-1825-0097"}],
        "reference": "https://doi.org/10.1/rye",
    }
    assert document["repository"] == "https://example.org/rye"


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"work": ["On rye"]}, "work: it is no mapping"),
        ({"work": {"titel": "On rye"}}, "work: there is no property 'titel', but title, "),
        ({"work": {"authors": ["A. Miller"]}}, "work, authors: there is no list of them"),
        ({"work": {"year": 2019}}, "work, year: 2019 is no text; write it in quotes"),
        ({"repository": "example.org"}, "repository: 'example.org' is no address"),
    ],
)
def test_a_work_that_is_described_in_another_form_is_told(
    data_copy: Path, changed: dict[str, Any], what: str
) -> None:
    package = json.loads((data_copy / "datapackage.json").read_text("utf-8"))
    (data_copy / "datapackage.json").write_text(json.dumps(package | changed), "utf-8")

    with pytest.raises(DataError, match=re.escape(what)):
        descriptor.check(data_copy)


def test_the_crate_describes_every_file_of_the_archive_and_nothing_else(
    held: zipfile.ZipFile,
) -> None:
    """What RO-Crate 1.1 says a crate must and should have."""
    document = json.loads(held.read("borderbook/ro-crate-metadata.json"))
    entities = {entity["@id"]: entity for entity in document["@graph"]}
    root, about = entities["./"], entities["ro-crate-metadata.json"]
    files = {name: e for name, e in entities.items() if e["@type"] == "File"}
    names = {name.removeprefix("borderbook/") for name in held.namelist()}

    assert document["@context"] == "https://w3id.org/ro/crate/1.1/context"
    assert len(entities) == len(document["@graph"]), "an identifier names one entity"
    assert about["@type"] == "CreativeWork"
    assert about["about"] == {"@id": "./"}
    assert about["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert date.fromisoformat(root["datePublished"])
    assert root["name"]
    assert root["description"]
    assert {part["@id"] for part in root["hasPart"]} == set(files)
    assert set(files) == names - {"ro-crate-metadata.json"}
    for entity in entities.values():
        for value in entity.values():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict) and entity is not about:
                    assert each["@id"] in entities, each
    for name, entity in files.items():
        assert int(entity["contentSize"]) == held.getinfo(f"borderbook/{name}").file_size
        assert "/" in entity["encodingFormat"]


def test_the_package_in_the_archive_is_valid_by_itself(
    held: zipfile.ZipFile, tmp_path: Path
) -> None:
    held.extractall(tmp_path)

    assert frictionless.validate(str(tmp_path / "borderbook" / "data" / "datapackage.json")).valid


def test_the_same_site_makes_the_same_archive(
    built: Path, executed: dict[str, Path], tmp_path: Path
) -> None:
    told = {"book": "B", "edition": "as published", "version": "1", "date": "d", "digest": "e"}
    told |= {"makers": "M", "arguments": ""}
    notebooks_in_order = [tmp_path / f"{section}.ipynb" for section in executed]
    for section, path in executed.items():
        shutil.copyfile(path, tmp_path / f"{section}.ipynb")
    archives = []
    for name in ("one", "two"):
        site = tmp_path / name
        shutil.copytree(built / "downloads", site / "downloads")
        (site / archive.PLACE).unlink()
        archive.write(site, resources.folder(), notebooks_in_order, told)
        archives.append((site / archive.PLACE).read_bytes())

    assert archives[0] == archives[1]


FACTS = {
    **{"book": "Bread", "makers": "Bakers", "edition": "as published", "arguments": ""},
    **{"version": "0.1.0", "date": "2026-05-01", "digest": "4d30"},
}


@pytest.fixture
def bakery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a small book that states nothing of itself, which the test stands in."""
    shutil.copytree(TINY, tmp_path / "bakery", ignore=shutil.ignore_patterns(".cache", "_build"))
    monkeypatch.chdir(tmp_path / "bakery")
    return tmp_path / "bakery"


def test_the_package_asserts_nothing_that_a_book_does_not_state(bakery: Path) -> None:
    written = reproduction.readme([], bakery / "data", {}, FACTS)
    crossed = re.findall(r"(?m)^- \[x\] (.*)", written)
    crate = json.loads(reproduction.crate({"rye.py": b""}, {}, bakery / "data", FACTS))
    [file] = [each for each in crate["@graph"] if each["@id"] == "rye.py"]

    assert {line.rpartition(" ")[0] for line in crossed} == {
        "All numbers in the text of the executable edition that `exhibits.csv`",
        "All tables and figures in the executable",
    }
    assert "No licence of the code is stated" in written
    assert "pip install borderbook" not in written
    assert "MIT" not in written + json.dumps(crate)
    assert "license" not in file


def test_what_a_book_states_of_itself_reaches_the_package(bakery: Path) -> None:
    settings = """
        project.license = "Apache-2.0"
        [tool.borderbook]
        content = ["rye", "wheat"]
        reproduction = { availability = "see `data/`", randomness = "Seeded", install = "pip x" }
    """
    (bakery / "pyproject.toml").write_text(settings, "utf-8")
    written = reproduction.readme([], bakery / "data", {}, FACTS)
    crate = json.loads(reproduction.crate({"rye.py": b""}, {}, bakery / "data", FACTS))
    [file] = [each for each in crate["@graph"] if each["@id"] == "rye.py"]

    for words in (
        *("under Apache-2.0 (https://spdx.org/licenses/Apache-2.0)", "- `rye/`: ", "- `wheat/`: "),
        *("- [x] All data **are** publicly available: see `data/`.", "- [x] Seeded.", "\npip x\n"),
    ):
        assert words in written
    assert file["license"] == [{"@id": "https://spdx.org/licenses/Apache-2.0"}]

    (bakery / "pyproject.toml").unlink()
    (bakery / "LICENSE").write_text("All rights reserved.", "utf-8")
    written = reproduction.readme([], bakery / "data", {}, FACTS)
    assert "The code is licensed under the terms in LICENSE." in written


def test_the_terms_of_documents_are_found_in_their_index(held: zipfile.ZipFile) -> None:
    written = held.read("borderbook/README.md").decode()
    crate = json.loads(held.read("borderbook/ro-crate-metadata.json"))
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    rows = csv.DictReader(io.StringIO(held.read("borderbook/data/documents/index.csv").decode()))

    assert "beside `data/documents/index.csv` keep the terms" in written
    for row in rows:
        [terms] = entities[f"data/documents/{row['file']}"]["license"]
        assert "data/documents/index.csv" in entities[terms["@id"]]["name"]
    assert "license" not in entities["data/documents/README.md"]


def test_a_draft_that_the_contents_do_not_name_is_in_no_list_of_exhibits(bakery: Path) -> None:
    (bakery / "pyproject.toml").write_text(
        '[tool.borderbook]\npages = { data = "loaves" }', "utf-8"
    )
    shutil.copyfile(bakery / "book" / "loaves.ipynb", bakery / "book" / "draft.ipynb")
    executed = {path.stem: path for path in (bakery / "book").glob("*.ipynb")}
    build.render(bakery, executed, bakery / "_build" / "html")

    listed = (bakery / "_build" / "html" / archive.LIST).read_text("utf-8")
    assert {row.partition(",")[0] for row in listed.splitlines()[1:]} == {"dough", "loaves"}


@pytest.mark.soak
def test_a_data_editor_makes_the_exhibits_again_by_the_commands_of_the_readme(
    built: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(built / archive.PLACE) as opened:
        opened.extractall(tmp_path)
    package = tmp_path / "borderbook"
    readme = (package / "README.md").read_text("utf-8")
    instructions = readme[readme.index("## Instructions to Replicators") :]
    commands = re.findall(r"(?ms)^```\n(.*?)^```$", instructions)[0]
    known = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment = known | {"PYTHON": str(Path(sys.base_prefix, "bin", "python3"))}
    ended = subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=package, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "equal"
    stated = dict(re.findall(r"(?m)^\| `book/([\w-]+)\.ipynb` \| (\d+) s \|$", readme))
    measured = {
        entry["section"]: entry["seconds"]
        for entry in map(_entry, (package / ".cache" / "runs").glob("*/*/*.json"))
    }
    assert set(stated) == set(measured)
    late = {name: took for name, took in measured.items() if took > float(stated[name])}
    assert not late, "what the README states of run times is so"


def test_a_small_book_is_made_again_from_its_archive_and_a_changed_figure_shows(
    tmp_path: Path,
) -> None:
    original, package = tmp_path / "original", tmp_path / "unpacked" / "borderbook"
    shutil.copytree(TINY, original)
    settings = '[tool.borderbook]\npages = { data = "loaves" }\n'
    (original / "pyproject.toml").write_text(settings, "utf-8")
    _build(original)
    with zipfile.ZipFile(original / "_build" / "html" / archive.PLACE) as opened:
        opened.extractall(package.parent)
    assert not (package / "borderbook").exists(), "the engine of a book is its own, or installed"
    published = (package / reproduction.LIST).read_bytes()
    assert published.count(b"\n") > 3

    _build(package)
    assert (package / "_build" / "html" / archive.LIST).read_bytes() == published
    loaves = package / "data" / "loaves.csv"
    lines = loaves.read_text("utf-8").splitlines()
    lines[-1] = re.sub(r"\d+", lambda number: f"{int(number[0]) + 1}", lines[-1][::-1], count=1)[
        ::-1
    ]
    loaves.write_text("\n".join([*lines, ""]), "utf-8")
    _build(package, seal=True)
    assert (package / "_build" / "html" / archive.LIST).read_bytes() != published


def _build(folder: Path, *, seal: bool = False) -> None:
    for words in [*([["seal"]] if seal else []), ["build", "--editions", "none"]]:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "borderbook.cli", *words],
            cwd=folder, env=os.environ | {"PYTHONPATH": str(book.ENGINE.parent)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr


def _entry(path: Path) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return entry


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
