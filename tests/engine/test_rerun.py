"""`borderbook run` and `params`: what a folder holds, what is told, what a fault leaves behind."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import watchfiles
from hypothesis import given, settings
from hypothesis import strategies as st

from borderbook import book, cli
from borderbook.cli import run as rerun
from borderbook.cli import watch as watching
from borderbook.cli.app import settings as parameters_of
from borderbook.errors import UserError
from borderbook.execution import execute, forkserver, result_store, runs
from borderbook.execution.runs import Run
from borderbook.parameters import derive, model, values
from borderbook.publishing import build, run_page
from borderbook.results.extract import Results
from borderbook.site import extension
from tests.real_book import ROOT, GrossProduct

CELL = """
from IPython.display import display
from myst_nb import glue
from pandas import DataFrame

from borderbook.figures.tables import Column, Table
from borderbook.mime import CLAIM

rows = DataFrame({"year": ["2016", "2017"][:years], "share": [12.5 * times, 10.0][:years]})
glue("share", str(12.5 * times), display=False)
display(Table("shares", "Shares", rows, [Column("year", "Year"), Column("share", "S", "%", 1)]))
verdict = "holds" if times == 1 else "differs"
claim = {"id": "one", "statement": "It is 12.5.", "verdict": verdict, "reason": f"{times} times."}
html = '<details id="claim-one">It is 12.5 (<a href="claims.html#ledger-one">ledger</a>)</details>'
display({CLAIM: {"name": "statements", "data": [claim]}, "text/html": html}, raw=True)
assert times < 9, "times is too large"
"""


PARAMETERS = """
times: int = 1  # how often [0..9]
years: int = 2  # rows to show
label: str = "NO"  # a word
parts: list[str] = []  # some words
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of one section, whose other page is built and whose ledger is not."""
    root = tmp_path_factory.mktemp("project")
    (root / "book").mkdir()
    shutil.copyfile(ROOT / "_config.yml", root / "_config.yml")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/one\n", "utf-8")
    (root / "book" / "references.bib").write_text("", "utf-8")
    (root / "requirements.txt").write_text("", "utf-8")
    cells = [
        nbformat.v4.new_markdown_cell("# One\n\nIt is {glue:text}`share`.", id="title"),
        nbformat.v4.new_code_cell(
            PARAMETERS.strip(),
            id="parameters",
            metadata={"tags": ["parameters"]},
        ),
        nbformat.v4.new_markdown_cell("[There](two.ipynb#place), [nowhere](three.ipynb).", id="to"),
        nbformat.v4.new_code_cell(CELL.strip(), id="shares"),
    ]
    metadata = {"kernelspec": execute.KERNEL, "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, root / "book" / "one.ipynb")
    site = root / "_build" / "html" / "book"
    site.mkdir(parents=True)
    (site / "two.html").write_text('<h2 id="place">Two</h2>', "utf-8")
    (site / "index.html").write_text("<h1>Book</h1>", "utf-8")
    (site.parent / ".borderbook").touch()
    return root


@pytest.fixture(autouse=True)
def _here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the project, where a test uses it."""
    if "project" in request.fixturenames:
        monkeypatch.chdir(request.getfixturevalue("project"))


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return what runs a command: exit status, what went to standard output, what to error."""

    def ran(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["borderbook", *words])
        monkeypatch.setenv("COLUMNS", "80")
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return ran


def one(project: Path, **values: Any) -> Run:
    return Run(project / "book" / "one.ipynb", values)


Command = Callable[..., tuple[int, str, str]]


# A run


@pytest.fixture(scope="module")
def ran(project: Path) -> tuple[Path, str]:
    """Return the folder of a run with other parameters, and what was told of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        patch.setattr(rerun.out, "width", 80)
        with rerun.out.capture() as told:
            rerun.once(rerun.plan("one", ["times=2", "years=1"], None))
    return project / "runs" / "one" / "times-2_years-1", told.get()


def test_a_run_leaves_its_notebook_tables_claims_and_a_page_and_nothing_else(
    project: Path, ran: tuple[Path, str]
) -> None:
    folder, _ = ran
    held = runs.execute([one(project, times=2, years=1)], project)["one"]
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    assert {name for name in files if not name.startswith("_static/")} == {
        *(".borderbook", "index.html", "one.ipynb", "claims.json"),
        *("tables/shares.csv", "tables/shares.json"),
        *("citations/shares.bib", "citations/shares.txt"),
        *(
            f"changes/{table}{ending}"
            for table in ("verdicts", "values", "cells", "lines")
            for ending in (".csv", ".json", ".bib", ".txt")
        ),
    }
    assert (folder / "one.ipynb").read_bytes() == held.read_bytes()
    assert (folder / "tables" / "shares.csv").read_text("utf-8") == "year,share\n2016,25.0\n"
    assert [each["verdict"] for each in json.loads((folder / "claims.json").read_text())] == [
        "differs"
    ]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name], "nothing half-made"


def test_the_page_opens_from_disk_and_every_address_on_it_leads_somewhere(
    project: Path, ran: tuple[Path, str]
) -> None:
    folder, _ = ran
    html = (folder / "index.html").read_text("utf-8")
    loaded = re.findall(r'<(?:link|script|img)\b[^>]*(?:href|src)="([^"]*)"', html)
    anchors = set(re.findall(r'\bid="([^"]*)"', html))
    links = dict(re.findall(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL))

    assert loaded
    for address in loaded:
        assert (folder / address.partition("?")[0]).is_file(), address
    for address in links:
        path, _, fragment = address.partition("#")
        if re.match(r"https:", path):
            continue  # the foot names the theme
        target = folder / path
        assert target.resolve().is_file() or not path, address
        if fragment:
            assert fragment in anchors or (path and f'id="{fragment}"' in target.read_text("utf-8"))
    up = "../../../_build/html/book"
    assert links[f"{up}/two.html#place"] == "There"
    assert f"{up}/index.html" in links
    assert ", nowhere." in re.sub(r"<[^>]+>", "", html), "no such page: plain text"
    assert links["#claim-one"].startswith("It is 12.5")
    assert links["tables/shares.csv"] == "Data (CSV)"
    assert "ledger" not in links.values(), "the site has no such page"
    assert "sidebar/search" not in html
    assert "related-pages" not in html or 'class="next-page"' not in html


def test_what_changed_stands_on_the_page_under_the_title(ran: tuple[Path, str]) -> None:
    html = (ran[0] / "index.html").read_text("utf-8")
    words = " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<article") :]).split())
    order = ["One", "It is 25.0", "What changed against the default run", "times = 2"]
    order += ["1 statement gets another verdict", "share 12.5 25.0 +12.5"]
    order += ["Code: changes", "Code: parameters", "Code: shares"]

    places = [words.index(each) for each in order]

    assert places == sorted(places)
    assert "It is 12.5. holds differs 2 times." in words
    assert "share 12.5 25.0 +12.5" in words
    assert "2016 S 12.5 25.0 +12.5 % shares" in words
    assert "2017 row shares disappears" in words


def test_what_changed_is_told_in_the_terminal_with_summary_and_place(
    ran: tuple[Path, str],
) -> None:
    folder, told = ran
    *lines, summary, place = told.splitlines()

    assert all(len(line) <= 80 for line in lines)
    assert summary == (
        "one, times = 2, years = 1: 1 verdict flipped, 1 value in the text changed, "
        "1 table cell changed, 1 row disappeared"
    )
    assert place == str(folder / "index.html")
    assert "holds → differs: 1" in told
    assert "    It is 12.5." in told
    assert "      2 times." in told
    assert re.search(r"2016 +S +12\.5 +25\.0 +\+12\.5 +% +shares", told)


def test_a_run_that_was_made_before_is_reused_and_equal_parameters_are_the_default_run(
    project: Path, ran: tuple[Path, str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("executed")

    monkeypatch.setattr(execute, "execute", never)

    status, told, _ = command("run", "one", "-p", "times=1", "-p", "label=NO")

    assert status == 0
    page = project / "runs" / "one" / "default" / "index.html"
    assert told.splitlines() == [
        "one, default run: 1 tables, 0 charts, 1 statements, 1 values in the text",
        str(page),
    ]
    assert "What changed" not in page.read_text("utf-8")
    assert not (page.parent / "changes").exists()


# Faults


def test_a_cell_that_fails_is_one_message_and_no_folder(
    project: Path, ran: tuple[Path, str], command: Command
) -> None:
    status, told, error = command("run", "one", "-p", "times=9")

    assert status == 2
    assert told == ""
    assert "one.ipynb, cell 5" in error
    assert "AssertionError: times is too large" in error
    assert error.count("AssertionError") == 1
    assert not list((project / "runs" / "one").glob("*times-9*"))


def test_a_page_with_a_fault_leaves_the_folder_as_it_was(
    project: Path, ran: tuple[Path, str], tmp_path: Path
) -> None:
    folder, _ = ran
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    document = json.loads((folder / "one.ipynb").read_text("utf-8"))
    document["cells"][0]["source"] = "# One\n\n```{nothing}\n```"
    broken = tmp_path / "one.ipynb"
    broken.write_text(json.dumps(document), "utf-8")

    run = one(project, times=2, years=1)
    page = run_page.Page(project, run, folder, executed=broken, default=folder / "one.ipynb")

    with (
        build.Renderer() as renderer,
        pytest.raises(build.SiteError, match=r"(?s)page of one, times-2_years-1: .*nothing"),
    ):
        run_page.write(page, renderer)

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not list(folder.parent.glob(".*"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "on"], "on: no such section; did you mean one?"),
        (["params", "on"], "on: no such section; did you mean one?"),
        (["run", "one", "-p", "time=2"], "time: no such parameter; did you mean times?"),
        (["run", "one", "-p", "times"], "'times': write a parameter as name=value"),
        (["run", "one", "-p", "times=1e3"], "times='1e3' cannot be used; allowed: a whole number"),
        (["run", "one", "-p", "times=10"], "times=10: allowed: 0 to 9"),
        (["run", "one", "-f", "none.yml"], "none.yml: there is no such file"),
        (["build", "-p", "lable=CN"], "lable: no such parameter; did you mean label?"),
        (["build", "-p", "years=1e3"], "years='1e3' cannot be used"),
    ],
)
def test_what_the_user_can_mend_is_told_in_a_line_and_nothing_runs(
    words: list[str], told: str, project: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("executed")

    monkeypatch.setattr(runs, "outcomes", never)

    status, out, error = command(*words)

    assert status == 2
    assert out == ""
    assert told in " ".join(error.split())
    assert "Traceback" not in error


# Parameters from files and words


def test_a_file_of_parameters_is_read_by_their_types_and_words_win(
    project: Path, tmp_path: Path
) -> None:
    file = tmp_path / "params.yml"
    file.write_text("label: NO\ntimes: 007\nyears: 2\nparts: [NO, 1e3, 'yes']\n", "utf-8")

    assert parameters_of(["years=1"], "one", file) == {
        "label": "NO",
        "times": 7,
        "years": 1,
        "parts": ["NO", "1e3", "yes"],
    }
    file.write_text("parts: a,b", "utf-8")
    assert parameters_of([], "one", file) == {"parts": ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- times", "holds no mapping"),
        ("", "holds no mapping"),
        ("times: [", "params.yml, line 1"),
        ("times: {a: 1}", "times={'a': '1'} cannot be used; allowed: a whole number"),
        ("times: [1, 2]", r"times=['1', '2'] cannot be used; allowed: a whole number"),
        ("times: no", "times='no' cannot be used; allowed: a whole number"),
        ("tims: 1", "tims: no such parameter; did you mean times?"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(
    project: Path, tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "params.yml"
    file.write_text(text, "utf-8")

    with pytest.raises(UserError, match=re.escape(told)):
        parameters_of([], "one", file)


def test_params_says_type_default_allowed_values_and_meaning(command: Command) -> None:
    status, told, _ = command("params", "data")

    assert status == 0
    words = " ".join(told.split())
    for said in ("rows", "whole number", "3", "from 1 to", "first rows of"):
        assert said in words
    assert all(len(line) <= 80 for line in told.splitlines())


def test_params_without_a_section_lists_all_of_them(command: Command) -> None:
    _, told, _ = command("params")

    lines = dict(line.split(maxsplit=1) for line in told.splitlines() if line[:1].isalpha())
    assert list(lines) == ["Section", *derive.sections()]
    assert lines["foreign-trade"].strip() == "first_year, last_year"


def test_params_as_json_is_a_schema(command: Command) -> None:
    _, single, _ = command("params", "gross-product", "--json")
    _, every, _ = command("params", "--json")

    assert json.loads(single) == values.schema(GrossProduct)
    assert json.loads(every)["gross-product"] == json.loads(single)
    assert list(json.loads(every)) == derive.sections()


# Names of folders


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "default"),
        ({"neighbour": "CN", "last_year": 2016}, "neighbour-CN_last-year-2016"),
        ({"exclude": ["RU-CHE", "RU-SAM"]}, "exclude-RU-CHE+RU-SAM"),
        ({"with_okrugs": True}, "with-okrugs-true"),
    ],
)
def test_the_name_of_a_run_is_readable(values: dict[str, Any], name: str) -> None:
    assert run_page.slug(values) == name


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"word": "x" * 40}, {"word": "x" * 41}),
        ({"word": "a b"}, {"word": "a-b"}),
        ({"word": ""}, {"word": "none"}),
        ({"words": ["a", "b"]}, {"words": ["a+b"]}),
        ({"words": ["RU-CHE"] * 9}, {"words": ["RU-CHE"] * 8 + ["RU-SAM"]}),
        ({"a": "b_c-d"}, {"a": "b", "c": "d"}),
    ],
)
def test_names_of_runs_that_would_be_alike_are_told_apart(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    assert run_page.slug(first) != run_page.slug(second)


SETS = st.fixed_dictionaries(
    {},
    optional={
        "word": st.text(max_size=40),
        "words": st.lists(st.text(max_size=9), max_size=9),
        "last_year": st.integers(),
    },
)


@settings(max_examples=50)
@given(SETS, SETS)
def test_the_name_of_a_run_is_its_own_and_can_name_a_folder(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    same = json.dumps(first) == json.dumps(second)

    assert (run_page.slug(first) == run_page.slug(second)) == same
    assert re.fullmatch(r"[A-Za-z0-9._+-]+", run_page.slug(first))
    assert len(run_page.slug(first)) < 200
    assert not run_page.slug(first).startswith(".")


# Addresses


def test_addresses_lead_to_the_page_itself_its_files_or_the_built_site(tmp_path: Path) -> None:
    site, folder = tmp_path / "site", tmp_path / "runs" / "one"
    site.mkdir()
    (site / "data.html").write_text('<p id="gdp">', "utf-8")
    own = '<p id="here"></p>'

    def became(anchor: str) -> str:
        return run_page.relinked(own + anchor, "one", site, folder).removeprefix(own)

    assert became('<a href="#here">x</a>') == '<a href="#here">x</a>'
    assert became('<a href="one.html#here">x</a>') == '<a href="#here">x</a>'
    assert became('<a href="index.html#here">x</a>') == '<a href="#here">x</a>'
    assert became('<a href="#gone">x</a>') == "x"
    assert became('<a id="k" href="data.html#gdp" b>x</a>') == (
        '<a id="k" href="../../site/data.html#gdp" b>x</a>'
    )
    assert became('<a href="data.html#none">x</a>') == '<a href="../../site/data.html">x</a>'
    assert became('<a href="none.html#gdp"><b>x</b></a>') == "<b>x</b>"
    assert became('<a class="v" href="none.html">x</a>') == '<span class="v">x</span>'
    assert (
        became('<a href="https://example.org/a">x</a>') == '<a href="https://example.org/a">x</a>'
    )
    assert became('<a href="../downloads/index/a.svg" download>x</a>') == (
        '<a href="charts/a.svg" download>x</a>'
    )
    assert became('<a href="../downloads/index/a.vl.json" download>x</a>') == (
        '<a href="charts/a.vl.json" download>x</a>'
    )
    assert became('<figure data-spec="../downloads/index/a.vl.json">') == "<figure>"
    assert became('<a href="../downloads/all.zip" download>x</a>') == "x", "the site has none"
    assert became('<link rel="next" href="two.html">') == ""
    assert became('<img src="../_images/a.png">') == '<img src="_images/a.png">'


# Watching


def entry(
    root: Path, *dependencies: tuple[str, str, str], section: str = "one", **values: Any
) -> None:
    held = result_store.Entry(
        section=section,
        parameters=values,
        cells=runs.cells(root / "book" / f"{section}.ipynb"),
        environment={},
        dependencies=dependencies,
        seconds=1,
        output="0",
    )
    result_store.Store(root).add("key", held, "{}")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a run of a project of a notebook, a figure and a folder, which was executed."""
    for name, content in {"book/one.ipynb": '{"cells": []}', "data/a.csv": "1"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    (tmp_path / "data" / "documents").mkdir()
    (tmp_path / "_toc.yml").touch()
    monkeypatch.chdir(tmp_path)
    state = result_store.State(tmp_path)
    read = (
        *(("file", "data/a.csv"), ("folder", "data/documents")),
        ("part", "data/datapackage.json#sources"),
    )
    entry(tmp_path, *((kind, name, state.digest(kind, name)) for kind, name in read), times=2)
    entry(tmp_path, ("module", "helpers/default.py", ""))
    return Run(tmp_path / "book" / "one.ipynb", {"times": 2})


def test_only_what_the_run_or_the_default_run_read_is_watched(small: Run, tmp_path: Path) -> None:
    read = watching.inputs(small, False, [tmp_path / "params.yml"])

    touching = ["book/one.ipynb", "data/a.csv", "data/documents/new.txt", "data/datapackage.json"]
    touching += ["helpers/default.py", "params.yml", "requirements.txt"]
    for name in touching:
        assert read.touched(tmp_path / name), name
    for name in ("README.md", "data/b.csv", "book/two.ipynb", "helpers/other.py"):
        assert not read.touched(tmp_path / name), name
    assert read.touched(Path(extension.__file__)), "what renders the page"
    assert {tmp_path / "book", tmp_path / "data", tmp_path / "data" / "documents"} <= set(
        read.watched()
    )


@pytest.mark.parametrize(
    "name",
    [
        *("site/figure_html.py", "site/page_context.py", "site/templates/page.html"),
        *("site/static/borderbook.css", "figures/images.py", "figures/tables.py"),
        *("publishing/run_page.py", "publishing/single_page.py", "results/diff_tables.py"),
    ],
)
def test_all_of_the_engine_that_makes_pages_is_watched(name: str, small: Run) -> None:
    path = book.ENGINE / name
    assert path.is_file()
    assert watching.inputs(small, False, []).touched(path)


SHARE = "{glue:text}`two.ipynb::share`"


def test_what_stands_beside_the_pages_and_what_other_sections_read_is_watched(
    small: Run, tmp_path: Path
) -> None:
    cells = [{"cell_type": "markdown", "id": "a", "source": SHARE, "metadata": {}}]
    small.notebook.write_text(json.dumps({"cells": cells}), "utf-8")
    for name in ("two.ipynb", "map.svg", "references.md"):
        (tmp_path / "book" / name).write_text('{"cells": []}', "utf-8")
    dependency = ("file", "data/of_two.csv", "")
    entry(tmp_path, dependency, section="two")

    read = watching.inputs(small, False, [])

    for name in ("book/two.ipynb", "data/of_two.csv", "book/map.svg", "book/references.md"):
        assert read.touched(tmp_path / name), name
    assert read.touched(tmp_path / "pyproject.toml")


def test_after_a_failure_anything_in_the_project_may_mend_it(small: Run, tmp_path: Path) -> None:
    read = watching.inputs(small, True, [])

    assert read.touched(tmp_path / "data" / "b.csv")
    assert read.touched(tmp_path / "book" / "two.ipynb")


def test_a_change_that_no_event_told_of_is_seen_by_content(small: Run, tmp_path: Path) -> None:
    assert watching.stale(small) == []
    (tmp_path / "data" / "a.csv").write_text("2", "utf-8")
    assert watching.stale(small) == ["data/a.csv"]
    (tmp_path / "data" / "documents" / "b.txt").write_text("", "utf-8")
    assert watching.stale(small) == ["data/a.csv", "data/documents"]


def test_a_change_runs_again_a_fault_does_not_end_it_and_an_interrupt_does(
    small: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended: list[bool] = []
    given: list[Results | None] = []
    events = iter([{(2, str(tmp_path / "data" / "a.csv"))}, set(), {(2, str(small.notebook))}])

    def watch(*_: object, **__: object) -> Iterator[set[tuple[int, str]]]:
        yield from events
        raise KeyboardInterrupt

    def once(run: Run, before: Results | None) -> Results:
        given.append(before)
        if len(given) == 2:
            raise runs.RunError("one.ipynb, cell 3: a fault")
        return Results({}, {}, {}, {"time": str(len(given))})

    monkeypatch.setattr(watchfiles, "watch", watch)
    monkeypatch.setattr(forkserver.FORK_SERVER, "close", lambda: ended.append(True))

    watching.rerun(lambda: small, once, None)

    told = capsys.readouterr().err
    assert [each and each.values["time"] for each in given] == [None, "1", "1"]
    assert told.index("changed: data/a.csv") < told.index("a fault")
    assert told.index("a fault") < told.index("changed: book/one.ipynb")
    assert told.rstrip().endswith("ended")
    assert ended == [True], "no kernel is left"


def test_a_change_of_the_program_itself_starts_it_anew(
    small: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {(2, str(Path(model.__file__)))}
    started: list[list[str]] = []

    class Replaced(BaseException):
        pass

    def execv(program: str, words: list[str]) -> None:
        started.append(words)
        raise Replaced

    monkeypatch.setattr(watchfiles, "watch", lambda *_, **__: iter([event]))
    monkeypatch.setattr(watching.os, "execv", execv)

    with pytest.raises(Replaced):
        watching.wait(small, False, [])

    assert started == [[sys.executable, *sys.orig_argv[1:]]]
