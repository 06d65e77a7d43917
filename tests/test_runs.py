"""Runs: what makes a result out of date, the same bytes twice, failures that leave nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from helpers import kernels, runs
from helpers.runs import Run, RunError


def cell(source: str, name: str, **metadata: Any) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata)


def notebook(path: Path, *cells: nbformat.NotebookNode) -> Path:
    text = nbformat.v4.new_markdown_cell("# One", id="title")
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"kernelspec": kernels.KERNEL, "language_info": {"name": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[text, *cells], metadata=metadata), path)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project of one notebook that reads a figure and takes a parameter."""
    files = {
        "data/figures.csv": "year,value\n2017,12.5\n",
        "data/documents/strategy.txt": "border\n",
        "helpers/__init__.py": "",
        "helpers/inner/noun.py": "unit = '%'\n",
        "requirements.txt": "pandas==3.1.1\n",
        "README.md": "A project.\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    notebook(
        tmp_path / "book" / "one.ipynb",
        cell("times: int = 1  # how often", "parameters", tags=["parameters"]),
        cell(
            "figure = float(open('data/figures.csv').read().split(',')[-1])\n"
            "{'value': figure * times}",
            "value",
        ),
        cell("object()\nprint('said')", "said"),
    )
    return tmp_path


def one(project: Path, **values: Any) -> Run:
    return Run(project / "book" / "one.ipynb", values)


def key(project: Path, **values: Any) -> str:
    return runs.key(one(project, **values), runs.environment(project))


def edit(path: Path, change: Any) -> None:
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


# What a result depends on


@pytest.mark.parametrize(
    "file",
    [
        "data/figures.csv",
        "data/documents/strategy.txt",
        "helpers/__init__.py",
        "helpers/inner/noun.py",
        "requirements.txt",
    ],
)
def test_a_result_is_out_of_date_when_what_it_depends_on_changes(project: Path, file: str) -> None:
    before = key(project)
    with (project / file).open("a", encoding="utf-8") as stream:
        stream.write("\n")

    assert key(project) != before


def test_a_new_helper_or_figure_counts(project: Path) -> None:
    keys = [key(project)]
    for name in ("helpers/other.py", "data/other.csv"):
        (project / name).write_text("", "utf-8")
        keys.append(key(project))

    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["cells"][2].update(source="{'value': 1}"),
        lambda d: d["cells"][0].update(source="# Another title"),
        lambda d: d["cells"][1]["metadata"].update(tags=[]),
        lambda d: d["cells"].reverse(),
        lambda d: d["cells"].pop(),
    ],
    ids=["code", "prose", "tags", "order", "fewer"],
)
def test_a_result_is_out_of_date_when_its_cells_change(project: Path, change: Any) -> None:
    before = key(project)
    edit(project / "book" / "one.ipynb", change)

    assert key(project) != before


def test_parameters_tell_results_apart_and_their_order_does_not(project: Path) -> None:
    keys = [key(project), key(project, times=2), key(project, times=3), key(project, times="2")]

    assert len(set(keys)) == 4
    assert key(project, times=2, other=1) == key(project, other=1, times=2)


def test_outputs_and_unrelated_files_do_not_matter(project: Path) -> None:
    before = key(project)

    edit(
        project / "book" / "one.ipynb",
        lambda d: d["cells"][1].update(
            outputs=[{"output_type": "stream", "name": "stdout", "text": "old"}], execution_count=9
        ),
    )
    edit(project / "book" / "one.ipynb", lambda d: d["metadata"].update(language_info={}))
    (project / "README.md").write_text("Other words.\n", "utf-8")
    (project / "tests").mkdir()
    (project / "tests" / "test_one.py").write_text("", "utf-8")
    notebook(project / "book" / "two.ipynb", cell("1", "value"))
    (project / "helpers" / "__pycache__").mkdir()
    (project / "helpers" / "__pycache__" / "noun.pyc").write_bytes(b"\0")

    assert key(project) == before


def test_lines_as_jupyter_saves_them_are_the_same_source(project: Path) -> None:
    path = project / "book" / "one.ipynb"
    lines = {"source": ["first = 1\n", "first"]}
    edit(path, lambda d: d["cells"][3].update(lines))
    before = key(project)
    edit(path, lambda d: d["cells"][3].update(source="first = 1\nfirst"))

    assert key(project) == before


def test_a_file_touched_without_a_change_does_not_matter(project: Path) -> None:
    before = key(project)
    (project / "data" / "figures.csv").touch()

    assert key(project) == before


# Executing


def test_a_run_twice_gives_the_same_bytes_and_once_is_enough(project: Path) -> None:
    told: list[tuple[str, bool]] = []

    def done(run: Run, reused: bool) -> None:
        told.append((run.section, reused))

    notebook(project / "book" / "two.ipynb", cell("'two'", "value"))
    both = [Run(path) for path in runs.sections(project)]
    first = {name: path.read_bytes() for name, path in runs.execute(both, project, done).items()}
    again = runs.execute(both, project, done)
    assert list(first) == list(again) == ["one", "two"]
    assert sorted(told) == [("one", False), ("one", True), ("two", False), ("two", True)]
    for path in again.values():
        path.unlink()
    fresh = runs.execute(both, project)

    assert {name: path.read_bytes() for name, path in fresh.items()} == first
    executed = nbformat.read(fresh["one"], as_version=4)
    assert executed.cells[2].outputs[0].data["text/plain"] == "{'value': 12.5}"
    assert [cell.id for cell in executed.cells] == ["title", "parameters", "value", "said"]
    assert executed.metadata == {"kernelspec": kernels.KERNEL, "language_info": {"name": "python"}}
    assert all(set(cell.metadata) <= {"tags"} for cell in executed.cells)


def test_parameters_reach_the_notebook_in_a_cell_with_a_name_of_its_own(project: Path) -> None:
    path = runs.execute([one(project, times=2)], project)["one"]

    cells = nbformat.read(path, as_version=4).cells
    assert [cell.id for cell in cells][:3] == ["title", "parameters", "injected-parameters"]
    assert "times = 2" in cells[2].source
    assert cells[3].outputs[0].data["text/plain"] == "{'value': 25.0}"


def test_a_failing_notebook_is_told_and_the_others_are_kept(project: Path) -> None:
    notebook(project / "book" / "bad.ipynb", cell("1", "fine"), cell("1 / 0", "division"))
    notebook(project / "book" / "worse.ipynb", cell("raise KeyError('RU-XXX')", "lookup"))
    planned = [Run(path) for path in runs.sections(project)]

    with pytest.raises(RunError) as caught:
        runs.execute(planned, project)

    message = str(caught.value)
    told = message.split("\n\n")
    assert len(told) == 2
    assert "book/bad.ipynb" in told[0]
    assert "ZeroDivisionError: division by zero" in told[0]
    assert "cell 3" in told[0], "counted with the title"
    assert "book/worse.ipynb" in told[1]
    assert "KeyError: 'RU-XXX'" in told[1]
    stored = [path.name.partition("-")[0] for path in (project / ".cache" / "runs").iterdir()]
    assert stored == ["one"], "no half-made file, and the good result is there to be reused"
    reused: list[bool] = []
    runs.execute([one(project)], project, lambda run, again: reused.append(again))
    assert reused == [True]


def test_a_kernel_that_dies_is_a_failure_with_the_name_of_the_notebook(project: Path) -> None:
    dying = notebook(project / "book" / "dying.ipynb", cell("import os; os._exit(1)", "exit"))

    with pytest.raises(RunError, match=r"dying\.ipynb"):
        runs.execute([Run(dying)], project)

    assert list((project / ".cache" / "runs").glob("*")) == []


# What is kept of an executed notebook


def test_times_versions_and_random_ids_go_and_content_stays() -> None:
    document = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "mine", "display_name": "Mine"},
            "language_info": {"name": "python", "version": "3.11.9"},
            "papermill": {"duration": 1.7, "start_time": "2026-11-23T10:00:00"},
            "widgets": {},
        },
        cells=[
            nbformat.v4.new_code_cell(
                "x = 1",
                id="4b1f2c3d",
                metadata={
                    "tags": ["injected-parameters"],
                    "papermill": {"duration": 0.1},
                    "execution": {"iopub.execute_input": "2026-11-23T10:00:00"},
                },
            ),
            cell("x", "value", collapsed=True),
        ],
    )
    document.cells[1].outputs = [nbformat.v4.new_output("stream", name="stdout", text="1\n")]

    kept = kernels.canonical(document)

    assert kept.metadata == {"kernelspec": kernels.KERNEL, "language_info": {"name": "python"}}
    assert kept.cells[0].id == "injected-parameters"
    assert kept.cells[0].metadata == {"tags": ["injected-parameters"]}
    assert kept.cells[1].metadata == {}
    assert [cell.source for cell in kept.cells] == ["x = 1", "x"]
    assert kept.cells[1].outputs[0].text == "1\n"
    assert "2026" not in kernels.dumps(kept)
    assert kernels.dumps(kernels.canonical(kept)) == kernels.dumps(kept)


def test_a_notebook_is_written_as_jupyter_writes_it() -> None:
    """Line by line: a change of one line of code is a change of one line of the file."""
    document = nbformat.v4.new_notebook(cells=[cell("first = 1\nfirst", "value")])
    document.cells[0].outputs = [
        nbformat.v4.new_output("execute_result", {"text/plain": "1\n2"}, execution_count=1)
    ]

    assert kernels.dumps(document).rstrip("\n") == nbformat.writes(document).rstrip("\n")


def test_a_notebook_that_is_not_valid_is_not_written() -> None:
    broken = nbformat.v4.new_notebook(cells=[cell("x", "value")])
    del broken.cells[0]["source"]

    with pytest.raises(nbformat.ValidationError):
        kernels.dumps(broken)
