"""Plain DataFrames and Altair charts are figures, in any kernel, without a word of ours."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import altair as alt
import html5lib
import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from borderbook import mime
from borderbook.execution import execute, self_contained
from borderbook.figures import images, palette, plain, tables
from borderbook.figures.merge_patch import merged
from borderbook.publishing import build
from borderbook.results import extract
from tests.real_book import ROOT

CELLS = {
    "setup": """import altair as alt
import pandas as pd

rivers = pd.DataFrame(
    {"river": ["Nile", "Amazon", "Yangtze"], "length": [6650, 6400, 6300],
     "mean_flow": [2.83, 209.0, 1 / 3 + 30]}
)
rivers.attrs = {"units": {"length": "km", "mean_flow": "1000 m³/s"}}""",
    "longest-rivers": "#| title: The Nile is the longest\nrivers",
    "flow": """alt.Chart(rivers, title="The Amazon carries most").mark_bar().encode(
    x="mean_flow", y="river"
).interactive()""",
    "layers": """base = alt.Chart(rivers).encode(x="length", y="mean_flow")
base.mark_point() + base.mark_text().encode(text="river")""",
    "two": """from myst_nb import glue

glue("first", 1, display=False)
display(rivers.set_index("river")[["length"]])
display(alt.Chart(rivers).mark_tick().encode(x="length"))""",
}
"""The code of a notebook, by the ids of its cells."""
SVG = "{http://www.w3.org/2000/svg}svg"


def written(path: Path, **code: str) -> Path:
    """Write a notebook with the cells `code`, `_` in their names for `-`; return its path."""
    cells = [new_markdown_cell("# Rivers\n\nThree of them.", id="title")]
    cells += [new_code_cell(text, id=name.replace("_", "-")) for name, text in code.items()]
    metadata = {"kernelspec": execute.KERNEL, "language_info": {"name": "python"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    return path


def outputs(notebook: str) -> list[Any]:
    return [cell.get("outputs") for cell in json.loads(notebook)["cells"]]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a book of one notebook, with nothing else: no data, no content, no settings."""
    root = tmp_path_factory.mktemp("plain")
    shutil.copyfile(ROOT / "_config.yml", root / "_config.yml")
    shutil.copyfile(ROOT / "requirements.txt", root / "requirements.txt")
    (root / "book").mkdir()
    (root / "book" / "references.bib").touch()
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/rivers\n", "utf-8")
    written(root / "book" / "rivers.ipynb", **CELLS)
    return root


@pytest.fixture(scope="module")
def executed(book: Path) -> Path:
    path = book / "executed" / "rivers.ipynb"
    path.parent.mkdir()
    path.write_text(execute.execute(book / "book" / "rivers.ipynb", {}, book).text, "utf-8")
    return path


@pytest.fixture(scope="module")
def shown(book: Path, executed: Path) -> Iterator[extract.Results]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(book)
        yield extract.read(executed)


# In kernels


def test_executing_twice_gives_the_same_bytes(book: Path, executed: Path) -> None:
    again = execute.execute(book / "book" / "rivers.ipynb", {}, book)

    assert again.text == executed.read_text("utf-8")


def test_plain_papermill_and_nbval_show_the_same(book: Path, executed: Path) -> None:
    source, target = book / "book" / "rivers.ipynb", book / "papermill.ipynb"
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", str(source), str(target)]
    subprocess.run(command, cwd=book, check=True, capture_output=True)
    assert outputs(target.read_text("utf-8")) == outputs(executed.read_text("utf-8"))

    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider"]
    compared = subprocess.run(
        [*command, str(executed)], cwd=book, check=False, capture_output=True, text=True
    )
    assert compared.returncode == 0, compared.stdout
    assert f"{len(CELLS)} passed" in compared.stdout


def test_a_kernel_that_shows_nothing_imports_neither_pandas_nor_altair(book: Path) -> None:
    code = "import sys\nassert 'borderbook.ipython' in sys.modules\n"
    code += "assert not {'pandas', 'altair', 'borderbook.figures.plain'} & set(sys.modules)"
    path = written(book / "silent.ipynb", check=code)
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", str(path), os.devnull]
    subprocess.run(command, cwd=book, check=True, capture_output=True)
    written(path, check="1 + 1")
    modules = [name for kind, name, _ in execute.execute(path, {}, book).record if kind == "module"]
    assert any(name.endswith("borderbook/ipython.py") for name in modules)
    assert not any("borderbook/figures" in name for name in modules)


def test_a_notebook_finds_the_content_of_the_book_it_stands_in(book: Path) -> None:
    """Not that of the book which the environment was made for, whose content has the same name."""
    (book / "helpers").mkdir()
    (book / "helpers" / "__init__.py").write_text("LONGEST = 'Nile'", "utf-8")
    path = written(book / "book" / "elsewhere.ipynb", check="import helpers; helpers.LONGEST")
    target = book / "elsewhere.ipynb"
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", str(path), str(target)]
    try:
        subprocess.run(command, cwd=path.parent, check=True, capture_output=True)
    finally:
        path.unlink()
        shutil.rmtree(book / "helpers")
    assert "Nile" in target.read_text("utf-8")


# As figures


def test_each_display_has_a_name_and_a_title(shown: extract.Results) -> None:
    assert {name: table["title"] for name, table in shown.tables.items()} == {
        "longest-rivers": "The Nile is the longest",
        "two": "Two",
    }
    assert {name: chart["usermeta"]["title"] for name, chart in shown.charts.items()} == {
        "flow": "The Amazon carries most",
        "layers": "Layers",
        "two-2": "Two 2",
    }


def test_a_frame_is_a_table_with_units_and_readable_numbers(shown: extract.Results) -> None:
    table = shown.tables["longest-rivers"]
    fields = {f["name"]: (f["title"], f["unit"], f["digits"]) for f in table["schema"]["fields"]}

    assert fields == {
        "river": ("River", "", None),
        "length": ("Length", "km", 0),
        "mean_flow": ("Mean flow", "1000 m³/s", 2),
    }
    assert table["data"][2] == {"river": "Yangtze", "length": 6300, "mean_flow": 30.3333333333}
    assert set(table) == set(tables.Table("t", "T", pd.DataFrame({"a": []}), []).resource())
    page = tables.html(table)
    assert "6\u202f650" in page
    assert "30.33" in page
    assert [field["name"] for field in shown.tables["two"]["schema"]["fields"]] == [
        "river",
        "length",
    ]


@pytest.mark.parametrize("narrow", [False, True])
def test_a_chart_is_drawn_for_desk_and_phone_and_told_in_words(
    shown: extract.Results, narrow: bool
) -> None:
    for spec in shown.charts.values():
        document = merged(spec, spec["usermeta"]["narrow"]) if narrow else spec
        alt.Chart.from_dict(document).to_dict(validate=True)
        assert f'width="{330 if narrow else 680}"' in images.svg(spec, narrow=narrow)
    assert f'fill="{palette.NEUTRAL.strong}"' in images.svg(shown.charts["flow"], narrow=narrow)
    words = shown.charts["flow"]["description"]
    assert words.startswith("Bar chart.")
    assert "River Amazon, Mean flow 209" in words


@pytest.mark.parametrize("kind", mime.CHARTS[1:])
def test_charts_of_other_tools_are_read(kind: str) -> None:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]},
        "mark": "line",
        "title": ["Two", "lines"],
        "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "nominal"}},
    }
    stored = spec if kind.endswith("+json") else json.dumps(spec)
    cell = {"id": "it", "source": "", "outputs": [{"data": {kind: stored}}]}
    [read] = plain.exhibits([cell], 0)

    assert read["usermeta"]["title"] == "Two lines"
    assert read["$schema"].endswith("v6.json")
    assert "<svg" in images.svg(read)


def test_a_frame_of_pandas_own_making_is_read() -> None:
    frame = pd.DataFrame({"year": [2016, 2017], "value": [0.5, None]})
    content = json.loads(frame.to_json(orient="table"))
    cell = {"id": "it", "source": "", "outputs": [{"data": {mime.TABLE: content}}]}
    [read] = plain.exhibits([cell], 0)

    assert [field["name"] for field in read["schema"]["fields"]] == ["year", "value"]
    page = tables.html(read)
    assert ">2017<" in page, "a year is no quantity"
    assert ">0.5<" in page


def test_frames_of_every_kind_are_shown() -> None:
    frame = pd.DataFrame(
        {
            ("a", "x"): [1.5, math.inf],
            ("a", "y"): pd.to_datetime(["2017-01-01", None]),
            ("b", ""): [True, False],
            ("c", "x"): ["<b>", None],
        },
        index=pd.Index([2016, 2017], name="year"),
    )
    content = plain.frame(frame)[mime.TABLE]
    cell = {"id": "it", "source": "", "outputs": [{"data": {mime.TABLE: content}}]}
    [read] = plain.exhibits([cell], 0)

    assert json.loads(json.dumps(read, allow_nan=False)) == read
    assert read["data"] == [
        {"year": 2016, "a x": 1.5, "a y": "2017-01-01", "b": True, "c x": "<b>"},
        {"year": 2017, "a x": None, "a y": None, "b": False, "c x": None},
    ]
    assert [field["group"] for field in read["schema"]["fields"]] == ["", "a", "a", "", "c"]
    assert "&lt;b&gt;" in tables.html(read)


def test_a_long_frame_says_that_it_was_cut() -> None:
    content = plain.frame(pd.DataFrame({"a": range(plain.ROWS + 1)}))[mime.TABLE]

    assert len(content["data"]) == plain.ROWS
    assert content["notes"] == [f"The first {plain.ROWS} of 5\u202f001 rows."]


# On the site


@pytest.fixture(scope="module")
def page(book: Path, executed: Path) -> Element:
    build.render(book, {"rivers": executed}, book / "site")
    text = (book / "site" / "book" / "rivers.html").read_text("utf-8")
    return html5lib.parse(text, namespaceHTMLElements=False)


def test_a_page_has_picture_table_words_and_downloads(book: Path, page: Element) -> None:
    figures = {e.get("id"): e for e in page.iter("figure")}
    assert list(figures) == ["longest-rivers", "flow", "layers", "two", "two-2"]
    for name in ("flow", "layers", "two-2"):
        assert len(figures[name].findall(f".//div[@role='img']/{SVG}")) == 2
        assert "".join(figures[name].find(f".//p[@id='{name}-words']").itertext())  # type: ignore[union-attr]
    for name in ("longest-rivers", "two"):
        assert figures[name].find(".//table/caption") is not None
        assert {th.get("scope") for th in figures[name].iter("th")} == {"col", "row"}
    folder = book / "site" / "downloads" / "rivers"
    for name, figure in figures.items():
        links = [str(a.get("href")) for a in figure.iter("a") if "downloads" in str(a.get("href"))]
        assert {".csv", ".json"} <= {
            "." + link.rpartition("/")[2].split(".", 1)[1] for link in links
        }
        assert all((folder / link.rpartition("/")[2]).is_file() for link in links)
        rows = list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_text("utf-8"))))
        assert [row["length"] for row in rows] == ["6650", "6400", "6300"]
    assert (folder / "flow.svg").read_text("utf-8").startswith("<svg")
    assert json.loads((folder / "flow.vl.json").read_text("utf-8"))["usermeta"]["name"] == "flow"


def test_a_page_has_no_script_of_its_own(page: Element) -> None:
    for element in page.iter():
        if element.tag == "script":
            assert not "".join(element.itertext()).strip()
            assert not str(element.get("src", "")).startswith(("http", "//"))


# What no page can show


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"text/html": "<div></div><script>go()</script>"}, "an element <script>"),
        ({"text/html": '<iframe srcdoc="x"></iframe>'}, "an element <iframe>"),
        ({"text/html": '<img src="https://example.org/a.png">'}, "<img src> from another host"),
        ({"text/html": '<img src="//example.org/a.png">'}, "<img src> from another host"),
        ({"text/html": '<link rel="x" href="http://a.org/a.css">'}, "<link href> from another"),
        ({"text/html": '<b onclick="go()">b</b>'}, "a script in the attribute onclick"),
        ({"text/html": "<style>@import 'https://a.org/a'</style>"}, "a style sheet from another"),
        (
            {"image/svg+xml": '<svg><image xlink:href="https://a.org/a"/></svg>'},
            "<image xlink:href>",
        ),
        ({"application/javascript": "go()"}, "a program"),
        ({mime.CHART: {"layer": [{"data": {"url": "a.csv"}}]}}, "reads its data from a.csv"),
    ],
)
def test_what_no_page_can_show_is_told_with_its_cell(data: dict[str, Any], reason: str) -> None:
    cell = {"id": "it", "metadata": {}, "outputs": [{"data": data}]}
    [line] = self_contained.violations([cell])

    assert line.startswith("cell it: ")
    assert reason in line
    assert not list(self_contained.violations([{**cell, "metadata": {"tags": ["remove-output"]}}]))


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": '<a href="https://example.org">a</a><img src="data:image/png;base64,">'},
        {"text/html": "<style>.a { color: red }</style><b>http://example.org</b>"},
        {"text/html": "<script></script>", mime.TABLE: {"schema": {}, "data": []}},
        {mime.CHART: {"data": {"name": "a"}, "datasets": {"a": [{"data": {"url": "x"}}]}}},
    ],
)
def test_what_a_page_can_show_is_no_violation(data: dict[str, Any]) -> None:
    cell = {"id": "it", "metadata": {}, "outputs": [{"data": data}]}

    assert list(self_contained.violations([cell])) == []


def test_a_script_in_an_output_fails_the_run_with_page_cell_and_what_to_do(book: Path) -> None:
    code = "from IPython.display import HTML\nHTML('<script>go()</script>')"
    path = written(book / "animated.ipynb", wave=code)

    with pytest.raises(execute.ExecutionError) as error:
        execute.execute(path, {}, book)
    assert "animated.ipynb: cell wave: its output has an element <script>" in str(error.value)
    assert self_contained.FIX in str(error.value)


def a_display(name: str) -> dict[str, Any]:
    bundle = plain.frame(pd.DataFrame({"length": [6650, 6400]}, index=["Nile", "Amazon"]))
    return {"id": name, "cell_type": "code", "source": "rivers", "outputs": [{"data": bundle}]}


def a_text(source: str) -> dict[str, Any]:
    return {"id": "text", "cell_type": "markdown", "source": source}


@pytest.mark.parametrize("name", ["3f2a9c10", "0b1f3c5e-9d2a-4c1b-8e7f-001122334455"])
def test_a_cell_named_by_an_editor_gives_its_heading_as_title(name: str) -> None:
    above = [a_text("# Water"), a_text("## Rivers of {glue:text}`place`\n\nThe longest.")]
    cells = [*above, a_display(name), a_text("No heading."), a_display(name), a_display("seas")]
    titles = [each["title"] for index in range(6) for each in plain.exhibits(cells, index)]
    assert titles == ["Rivers of", "Rivers of (2)", "Seas"]


def test_without_a_heading_a_figure_is_titled_by_its_number() -> None:
    cells = [a_display("3f2a9c10"), a_display("4f2a9c10")]
    titles = [each["title"] for index in (0, 1) for each in plain.exhibits(cells, index)]
    assert titles == ["Table 1", "Table 2"]
