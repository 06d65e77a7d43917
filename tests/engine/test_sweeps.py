"""Sweeps: the grid language, what is measured, a sweep that is killed, the folder it leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from pydantic import model_validator

from borderbook.cli import app
from borderbook.cli import sweep as command
from borderbook.execution import execute, runs
from borderbook.execution.runs import Outcome, Run
from borderbook.parameters import grid as grids
from borderbook.parameters.grid import grid
from borderbook.parameters.model import ParameterError, Parameters
from borderbook.publishing.build import SiteError
from borderbook.results import extract
from borderbook.sweeps import robustness, sweep
from helpers.regions import Group, neighbours
from tests.real_book import ROOT, ForeignTrade, SmallEnterprises

SHOWN = """
import time
from IPython.display import display
time.sleep(pause)
if times == 5:
    raise ValueError("five is too many")
fields = [{"name": "region", "type": "string", "unit": ""},
          {"name": "share", "type": "number", "unit": "%"}]
rows = [{"region": "Omsk", "share": 2.5 * times}, {"region": "Samara", "share": 4.0}]
table = {"name": "shares", "schema": {"fields": fields}, "data": rows}
record = {"id": "small", "statement": "The share is small.", "unit": "%", "printed": "2.5",
          "verdict": "holds" if times < 3 else "differs", "computed": 2.5 * times}
display({"application/vnd.dataresource+json": table, "text/plain": "shares"}, raw=True)
display({"application/vnd.borderbook.claim+json": {"data": [record]}, "text/plain": "1"}, raw=True)
open(LOG, "a").write(f"{times}\\n")
"""

SCRIPT = """
import sys
from pathlib import Path
from borderbook.execution import runs
from borderbook.parameters import grid as grids
from borderbook.sweeps import sweep as sweeps
from borderbook.parameters.model import Parameters

class Model(Parameters):
    times: int = 1
    pause: float = 0

root = Path(sys.argv[1])
plan = sweeps.Sweep(root / "book" / "one.ipynb", grids.grid(Model, sys.argv[2:], {"pause": 0.3}),
                    sys.argv[2:])
planned = plan.runs()
swept = sweeps.collect(plan, planned, runs.outcomes(planned, root, jobs=2), root)
print(len(set(swept.results["times"])))
"""


class Model(Parameters):
    times: int = 1
    pause: float = 0

    @model_validator(mode="after")
    def _few(self) -> Model:
        if self.times > 9:
            raise ValueError("times: at most 9")
        return self


def made_project(folder: Path, log: Path, more: str = "") -> Path:
    """Return a project of one quick notebook that logs each execution outside the project.

    `more` is code that it begins with.
    """
    for name in ("book", "helpers", "data"):
        (folder / name).mkdir(parents=True)
    (folder / "helpers" / "__init__.py").write_text("", "utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/one\n", "utf-8")
    (folder / "pyproject.toml").write_text('[tool.borderbook]\ncontent = "helpers"\n', "utf-8")
    (folder / "requirements.txt").write_text("pandas==3.1.1\n", "utf-8")
    shutil.copyfile(ROOT / "_config.yml", folder / "_config.yml")
    shutil.copyfile(ROOT / "book" / "references.bib", folder / "book" / "references.bib")
    cells = [
        nbformat.v4.new_code_cell(
            "times: int = 1\npause: float = 0", id="parameters", metadata={"tags": ["parameters"]}
        ),
        nbformat.v4.new_code_cell(
            f"{more}{SHOWN}".replace("LOG", repr(str(log))).strip(), id="shown"
        ),
    ]
    metadata = {"kernelspec": execute.KERNEL, "language_info": {"name": "python"}}
    document = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(document, folder / "book" / "one.ipynb")
    return folder


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "executions.txt"


@pytest.fixture
def project(tmp_path: Path, log: Path) -> Path:
    return made_project(tmp_path / "project", log)


def planned(project: Path, *axes: str) -> sweep.Sweep:
    return sweep.Sweep(project / "book" / "one.ipynb", grid(Model, axes, {}), axes)


def swept(plan: sweep.Sweep, project: Path) -> sweep.Swept:
    planned_runs = plan.runs()
    return sweep.collect(plan, planned_runs, runs.outcomes(planned_runs, project, jobs=2), project)


# The grid language


def values(axes: list[str], name: str, model: Any = SmallEnterprises, **fixed: Any) -> list[Any]:
    return [point.values[name] for point in grid(model, axes, fixed).accepted]


def test_all_combinations_are_there_the_first_axis_slowest_with_the_default_run() -> None:
    found = grid(SmallEnterprises, ["first_year=2011,2012", "last_year=2015..2016"], {})

    assert [tuple(point.values.values()) for point in found.points] == [
        (2010, 2022), (2011, 2015), (2011, 2016), (2012, 2015), (2012, 2016),
    ]  # fmt: skip
    assert found.default == {"first_year": 2010, "last_year": 2022}
    assert found.points[0].changed == {}, "the run that a build makes: reused"


def test_the_default_run_keeps_its_place_if_it_is_in_the_grid() -> None:
    assert values(["last_year=2021..2022,2020"], "last_year") == [2021, 2022, 2020]


def test_lists_are_joined_by_plus_and_an_empty_one_is_none() -> None:
    found = values(["exclude=RU-CHE+RU-SAM,none,RU-OMS"], "exclude")

    assert found == [["RU-CHE", "RU-SAM"], [], ["RU-OMS"]]


def test_each_region_follows_the_group_of_the_other_parameters() -> None:
    found = grid(SmallEnterprises, ["exclude=each-region", "neighbour=KZ,CN"], {})

    left_out = [(p.values["neighbour"], *p.values["exclude"]) for p in found.accepted]
    expected = [(n, code) for n in ("KZ", "CN") for code in Group(n).bordering]
    assert left_out == [("KZ",), *expected]
    fixed = values(["exclude=each-region"], "exclude", neighbour="CN")
    assert fixed == [[], *([code] for code in Group("CN").bordering)]


def test_each_neighbour_takes_all_and_what_cannot_be_formed_is_refused_with_its_reason() -> None:
    found = grid(SmallEnterprises, ["neighbour=each-neighbour", "exclude=none,each-region"], {})

    assert {p.values["neighbour"] for p in found.accepted} == set(neighbours())
    alone = [p for p in found.refused if p.values["neighbour"] == "KP"]
    assert "exclude leaves no region of the group" in alone[0].refused
    assert all(len(Group(p.values["neighbour"]).bordering) == 1 for p in found.refused)


def test_what_is_the_same_run_is_run_once() -> None:
    axes = ["exclude=RU-CHE+RU-SAM,RU-SAM+RU-CHE,RU-CHE+RU-CHE,RU-CHE,none"]

    assert values(axes, "exclude") == [["RU-CHE", "RU-SAM"], ["RU-CHE"], []]


def test_texts_are_what_their_type_says() -> None:
    assert values(["neighbour=NO,KZ"], "neighbour") == ["NO", "KZ"]
    assert values(["with_okrugs=true,false"], "with_okrugs") == [True, False]
    assert values(["last_year=02016"], "last_year") == [2022, 2016]


@pytest.mark.parametrize(
    ("axes", "fixed", "told"),
    [
        (["last_yaer=2016"], {}, "did you mean last_year"),
        (["last_year"], {}, "name=value"),
        (["last_year=2016", "last_year=2017"], {}, "twice"),
        (["last_year=2016"], {"last_year": 2017}, "twice"),
        (["last_year=2016"], {"exclud": []}, "did you mean exclude"),
        (["last_year=1e3"], {}, "whole number"),
        (["last_year=2018..2016"], {}, "from low to high"),
        (["last_year=2016,"], {}, "a value is missing"),
        (["exclude="], {}, "an empty list is none"),
        (["with_okrugs=maybe"], {}, "true or false"),
        (["first_year=1..200", "last_year=1..200"], {}, "40000 combinations"),
        (["first_year=1..99999999"], {}, "more than 10000"),
        ([], {}, "something to vary"),
    ],
)
def test_a_grid_that_cannot_be_is_told(axes: list[str], fixed: dict[str, Any], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        grid(SmallEnterprises, axes, fixed)


def test_each_region_is_for_sections_with_a_group() -> None:
    with pytest.raises(ParameterError, match="exclude: no such parameter"):
        grid(ForeignTrade, ["exclude=each-region"], {})


# What is measured


def table(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return the tidy table of rows (x, y, kind, name, value or verdict)."""
    made = [
        {"x": x, "y": y, "kind": kind, "table": "", "row": name, "column": "", "unit": "",
         "value": what if kind == "value" else float("nan"), "text": f"Statement {name}",
         "claim": name if kind == "claim" else "", "verdict": what if kind == "claim" else ""}
        for x, y, kind, name, what in rows
    ]  # fmt: skip
    return pd.DataFrame(made)


def claims_on(verdict: Any) -> pd.DataFrame:
    cells = [(x, y) for x in ("none", "a", "b") for y in (1, 2)]
    return table(*((x, y, "claim", "c", verdict(x, y)) for x, y in cells))


DEFAULT = {"x": "none", "y": 2}


@pytest.mark.parametrize(
    ("verdict", "counts", "where"),
    [
        (lambda x, y: "holds", {"holds": 6}, {}),
        (
            lambda x, y: "differs" if x == "a" else "holds",
            {"holds": 4, "differs": 2},
            {"differs": "x = a"},
        ),
        (
            lambda x, y: "differs" if x == "a" and y == 1 else "holds",
            {"holds": 5, "differs": 1},
            {"differs": "x = a; y = 1"},
        ),
        (
            lambda x, y: "holds" if x == "none" and y == 2 else "differs",
            {"holds": 1, "differs": 5},
            {"holds": "the default run"},
        ),
        (
            lambda x, y: "differs" if (x, y) in (("a", 1), ("b", 2)) else "holds",
            {"holds": 4, "differs": 2},
            {"differs": "x = a; y = 1, or x = b; y = 2"},
        ),
    ],
)
def test_a_verdict_is_robust_or_flips_where_it_does(
    verdict: Any, counts: dict[str, int], where: dict[str, str]
) -> None:
    found = robustness.verdicts(claims_on(verdict), DEFAULT).iloc[0]

    assert found["verdicts"] == counts
    assert next(iter(found["verdicts"])) == found["default"] == verdict("none", 2)
    assert found["where"] == where
    assert bool(found["robust"]) is (len(counts) == 1)
    assert found["runs"] == 6


def test_words_for_runs_are_as_short_as_is_exact() -> None:
    every = [("none", 3), *((x, y) for x in ("a", "b", "c") for y in (1, 2))]

    def where(*chosen: tuple[str, int]) -> str:
        return robustness.where(("x", "y"), every, chosen)

    assert where(("a", 1), ("b", 1), ("c", 1)) == "y = 1", "not: and x other than none"
    assert where(*every[1:]) in ("x other than none", "y other than 3")
    assert where(*every) == "every run"
    assert where(("a", 1), ("b", 2), ("c", 1), ("c", 2), ("none", 3)).endswith(" and 2 more")


def test_verdicts_by_a_parameter_count_runs_and_leave_robust_claims_out() -> None:
    both = pd.concat(
        [
            claims_on(lambda x, y: "differs" if x == "a" and y == 1 else "holds"),
            table(*((x, y, "claim", "sure", "holds") for x in ("none", "a") for y in (1, 2))),
        ]
    )

    found = robustness.by_value(both, "x")

    assert set(found["claim"]) == {"c"}
    assert dict(zip(found["value"], found["verdicts"], strict=True)) == {
        "none": {"holds": 2}, "a": {"differs": 1, "holds": 1}, "b": {"holds": 2},
    }  # fmt: skip


def test_a_range_has_its_ends_where_they_are_and_the_default() -> None:
    numbers = {("none", 1): 3.0, ("none", 2): 4.0, ("a", 1): 9.0, ("a", 2): 9.0, ("b", 1): 3.5}
    rows = [(x, y, "value", "n", value) for (x, y), value in numbers.items()]
    same = [(x, y, "value", "same", 1.0) for x, y in numbers if x != "none"]

    found = robustness.ranges(table(*rows, *same), DEFAULT).set_index("row")

    assert found.loc["n", ["runs", "default", "least", "most"]].to_list() == [5, 4.0, 3.0, 9.0]
    assert found.loc["n", "least_at"] == "x = none; y = 1"
    assert found.loc["n", "most_at"] == "x = a"
    assert found["varies"].to_dict() == {"n": True, "same": False}
    assert pd.isna(found.loc["same", "default"]), "the default run does not have it"


def test_rows_of_one_name_are_told_apart() -> None:
    fields = [{"name": name, "type": "string"} for name in ("source", "title")]
    rows = [{"source": "Rosstat", "title": title} for title in ("Regions", "Trade", "Trade")]
    resource = {"name": "t", "schema": {"fields": fields}, "data": rows}

    found = extract.Results({"t": resource}, {}, {}, {})

    names = ["Rosstat, Regions", "Rosstat, Trade", "Rosstat, Trade (2)"]
    assert [cell.row for cell in found.cells()] == names


# A sweep


def test_a_sweep_gives_one_tidy_table_whatever_fails(project: Path) -> None:
    plan = planned(project, "times=4,5,10")
    first = swept(plan, project)

    assert [point.values["times"] for point in plan.grid.refused] == [10]
    assert [(point.values["times"], error) for point, error in first.failures] == [
        (5, "book/one.ipynb, cell 3 of the run: ValueError: five is too many")
    ]
    rows = first.results
    assert list(rows.columns) == [
        *("times", "kind", "table", "row", "column", "value", "text", "unit"),
        *("claim", "verdict", "printed", "computed"),
    ]
    assert rows["times"].drop_duplicates().to_list() == [1, 4]
    shares = rows[(rows["kind"] == "table") & (rows["row"] == "Omsk")]
    assert shares["value"].to_list() == [2.5, 10.0]
    assert shares["unit"].to_list() == ["%", "%"]
    claims = rows[rows["kind"] == "claim"]
    assert claims["verdict"].to_list() == ["holds", "differs"]
    assert claims["computed"].to_list() == ["2.5", "10.0"]
    again = swept(plan, project)
    pd.testing.assert_frame_equal(again.results, rows)
    nothing = sweep.tidy([], plan.grid)
    assert nothing.dtypes.to_dict() == rows.dtypes.to_dict()


def test_a_killed_sweep_goes_on_with_nothing_lost_or_done_twice(project: Path, log: Path) -> None:
    axes = "times=1..4,6..13"
    command_line = [sys.executable, "-c", SCRIPT, str(project), axes]
    with subprocess.Popen(command_line, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        kept = project / ".cache" / "runs"
        wait_until(lambda: len(list(kept.glob("one/*/*.json"))) >= 3)
        os.kill(process.pid, signal.SIGKILL)
    time.sleep(1)
    entries = [json.loads(path.read_bytes()) for path in kept.glob("one/*/*.json")]
    finished = {entry["parameters"].get("times", 1) for entry in entries}
    before = log.read_text("utf-8").split()

    done = subprocess.run(
        command_line, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )

    every = {*range(1, 5), *range(6, 14)}
    executed = [int(line) for line in log.read_text("utf-8").split()[len(before) :]]
    assert 3 <= len(finished) < len(every)
    assert sorted(executed) == sorted(every - finished), "what was finished is not done again"
    assert done.stdout.split() == [str(len(every))], "and nothing is missing"


def wait_until(met: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.05)


def test_the_folder_holds_results_and_a_page_that_opens_from_disk(project: Path) -> None:
    plan = planned(project, "times=2..4,5,10")
    folder = sweep.write(plan, swept(plan, project), project)

    assert folder == project / "sweeps" / "one" / "times-2..4,5,10"
    table = pd.read_parquet(folder / "results.parquet")
    assert len(table) == len((folder / "results.csv").read_text("utf-8").splitlines()) - 1 == 12
    failures = (folder / "failures.csv").read_text("utf-8").splitlines()
    assert failures[0] == "times,reason"
    assert failures[1].startswith("5,") and "five is too many" in failures[1]  # noqa: PT018
    assert (folder / "refused.csv").read_text("utf-8") == "times,reason\n10,times: at most 9\n"
    page = (folder / "index.html").read_text("utf-8")
    for said in (
        "The only statement has more than one verdict in 4 runs.",
        "The share is small.",
        "holds in 2, differs in 2",
        "Differs: times = 3, 4",
        "1 number varies with the parameters",
        "five is too many",
        "times: at most 9",
        "borderbook sweep one --grid times=2..4,5,10",
    ):
        assert said in page, said
    for address in ("downloads/index/ranges.csv", "_static/book.css", "results.csv"):
        assert f'"{address}' in page
        assert (folder / address).exists()
    left = [path.name for path in folder.parent.iterdir()]
    assert left == [folder.name], "nothing half made is left"


def test_a_page_that_cannot_be_rendered_leaves_the_last_results(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(project, "times=2")
    found = swept(plan, project)
    folder = project / "sweeps" / "one" / plan.slug
    folder.mkdir(parents=True)
    (folder / "results.csv").write_text("the last", "utf-8")

    def fail(*args: Any) -> Path:
        raise SiteError("no")

    monkeypatch.setattr(sweep, "render", fail)
    with pytest.raises(SiteError):
        sweep.write(plan, found, project)

    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert (folder / "results.csv").read_text("utf-8") == "the last"


def test_slugs_are_readable_and_tell_sweeps_apart() -> None:
    def slug(*axes: str, fixed: tuple[str, ...] = ()) -> str:
        return sweep.Sweep(Path("one.ipynb"), grid(Model, ["times=1"], {}), axes, fixed).slug

    assert slug("exclude=each-region", "last_year=2016..2018") == (
        "exclude-each-region--last_year-2016..2018"
    )
    assert slug("times=1", fixed=("pause=0.5",)) == "times-1--pause-0.5"
    long = slug("times=" + ",".join(map(str, range(100))))
    assert len(long) < 100
    assert long != slug("times=" + ",".join(map(str, range(101))))
    assert "/" not in slug("times=../../x")


# The command


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    lines: list[str] = []
    monkeypatch.setattr(
        command.console, "print", lambda *a, **_: lines.append("".join(map(str, a)))
    )
    return lines


def fake(monkeypatch: pytest.MonkeyPatch, folder: Path, end: BaseException | None) -> None:
    """Have runs end at once: the first done, the second failed, then `end`."""
    done = ROOT / "book" / "small-enterprises.ipynb"

    def outcomes(planned: list[Run], root: Path, **how: Any) -> Iterator[Outcome]:
        yield Outcome(planned[0], done)
        if end:
            raise end
        yield Outcome(planned[1], None, error="it failed")

    monkeypatch.setattr(runs, "outcomes", outcomes)
    monkeypatch.setattr(sweep, "write", lambda *_: folder)


def test_a_failed_run_is_listed_and_the_status_says_so(
    monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    fake(monkeypatch, ROOT / "sweeps" / "x", None)

    with pytest.raises(SystemExit) as caught:
        app(["sweep", "small-enterprises", "--grid", "last_year=2016,2009"])

    assert caught.value.code == 2
    text = "\n".join(told)
    assert "refused: last_year=2009: last_year=2009: allowed: 2010 to 2022" in text
    assert "1 of 2 runs done (1 executed, 0 reused), 1 failed" in text
    assert "failed: last_year=2016: it failed" in text
    assert "sweeps/x/index.html written" in text


def test_an_interrupted_sweep_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    fake(monkeypatch, ROOT / "sweeps" / "x", KeyboardInterrupt())

    with pytest.raises(SystemExit) as caught:
        app(["sweep", "small-enterprises", "--grid", "last_year=2016"])

    assert caught.value.code == 130
    assert any("1 of 2 runs done" in line and "the same command" in line for line in told)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nothing", "--grid", "x=1"], "nothing: no such section"),
        (
            ["small-enterprises", "--grid", "last_year=2016", "-p", "first_year=2030"],
            "refuses every combination",
        ),
        (
            ["small-enterprises", "--grid", "last_year=1990,1991"],
            "refuses every combination of the grid: last_year=1990: allowed: 2010 to 2022; last",
        ),
        (
            ["small-enterprises", "--grid", "last_year=2016", "--scheduler", "x", "--jobs", "2"],
            "--jobs",
        ),
    ],
)
def test_a_sweep_that_cannot_be_is_told(arguments: list[str], reason: str, told: list[str]) -> None:
    with pytest.raises(ParameterError, match=reason):
        app(["sweep", *arguments])


def test_words_of_the_grid_are_read_back() -> None:
    for value in (["RU-CHE", "RU-SAM"], [], ["RU-OMS"]):
        assert values([f"exclude={grids.word(value)}"], "exclude")[-1] == value
