"""Runs: what makes a result out of date, what is reused, the same bytes twice, clean failures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest

from borderbook import book
from borderbook.execution import execute, forkserver, runs
from borderbook.execution.result_store import Store
from borderbook.execution.runs import Run, RunError


def cell(source: str, name: str, **metadata: Any) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata)


def notebook(path: Path, *cells: nbformat.NotebookNode) -> Path:
    text = nbformat.v4.new_markdown_cell("# One", id="title")
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"kernelspec": execute.KERNEL, "language_info": {"name": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[text, *cells], metadata=metadata), path)
    return path


FILES = {
    "data/figures.csv": "year,value\n2017,12.5\n",
    "data/other.csv": "year,value\n2017,1\n",
    "data/documents/strategy.txt": "border\n",
    "helpers/__init__.py": "",
    "helpers/inner/__init__.py": "",
    "helpers/inner/noun.py": "from helpers import unit\n\ndef with_unit(value):\n"
    "    return f'{value} {unit.UNIT}'\n",
    "helpers/unit.py": "UNIT = '%'\n",
    "helpers/unused.py": "UNIT = 'persons'\n",
    "requirements.txt": "pandas==3.1.1\n",
    "README.md": "A project.\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project: `one` reads a figure, lists documents and uses a helper; `two` is alone."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    notebook(
        tmp_path / "book" / "one.ipynb",
        cell("times: int = 1  # how often", "parameters", tags=["parameters"]),
        cell(
            "import os\nfrom helpers.inner import noun\n"
            "figure = float(open('data/figures.csv').read().split(',')[-1])\n"
            "held = sorted(os.listdir('data/documents'))\n"
            "{'value': noun.with_unit(figure * times), 'held': held}",
            "value",
        ),
        cell("print('said')", "said"),
    )
    notebook(tmp_path / "book" / "two.ipynb", cell("'two'", "value"))
    return tmp_path


def one(project: Path, **values: Any) -> Run:
    return Run(project / "book" / "one.ipynb", values)


def executed(project: Path, *listed: Run) -> list[str]:
    """Return the sections that were executed, not reused."""
    fresh: list[str] = []

    def done(run: Run, reused: bool) -> None:
        if not reused:
            fresh.append(run.section)

    planned = listed or [Run(path) for path in runs.sections(project)]
    runs.execute(planned, project, done)
    return sorted(fresh)


def shown(path: Path, name: str = "value") -> str:
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    return str(cells[name].outputs[0].data["text/plain"])


def edit(path: Path, change: Any) -> None:
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def append(name: str, text: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")

    return change


def of_notebook(change: Any) -> Callable[[Path], None]:
    return lambda project: edit(project / "book" / "one.ipynb", change)


# What a result depends on


CHANGES: dict[str, tuple[Callable[[Path], None], list[str], str]] = {
    "a figure that it read": (
        append("data/figures.csv", "2018,13.5\n"), ["one"], "data/figures.csv changed"),
    "a helper that it imported": (
        append("helpers/inner/noun.py", "# more\n"), ["one"], "helpers/inner/noun.py changed"),
    "a helper of its helper": (
        append("helpers/unit.py", "UNIT = 'persons'\n"), ["one"], "helpers/unit.py changed"),
    "a file in a folder that it listed": (
        append("data/documents/plan.txt", ""), ["one"], "data/documents changed"),
    "code": (
        of_notebook(lambda d: d["cells"][3].update(source="print('more')")), ["one"],
        "cell said changed"),
    "prose": (
        of_notebook(lambda d: d["cells"][0].update(source="# More")), ["one"],
        "cell title changed"),
    "tags": (
        of_notebook(lambda d: d["cells"][1]["metadata"].update(tags=[])), ["one"],
        "cell parameters changed"),
    "order": (
        of_notebook(lambda d: d["cells"].append(d["cells"].pop(0))), ["one"],
        "its cells are in another order"),
    "fewer cells": (of_notebook(lambda d: d["cells"].pop()), ["one"], "cell said is gone"),
    "a figure that nobody read": (append("data/other.csv", "2018,2\n"), [], ""),
    "a helper that nobody imported": (append("helpers/unused.py", "UNIT = ''\n"), [], ""),
    "a new file beside the figures": (append("data/new.csv", "year\n"), [], ""),
    "the lock file": (append("requirements.txt", "altair==6.3\n"), [], ""),
    "the README": (append("README.md", "More.\n"), [], ""),
    "outputs": (
        of_notebook(lambda d: d["cells"][2].update(outputs=[], execution_count=9)), [], ""),
    "metadata": (of_notebook(lambda d: d["metadata"].update(language_info={})), [], ""),
    "the lines that Jupyter saves": (
        of_notebook(lambda d: d["cells"][2].update(
            source="".join(d["cells"][2]["source"]).splitlines(keepends=True))), [], ""),
    "bytecode": (append("helpers/__pycache__/unit.cpython-311.pyc", "x"), [], ""),
    "time stamps": (lambda project: os.utime(project / "data/figures.csv", (1, 1)), [], ""),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_exactly_what_depends_on_a_change_is_executed_again(project: Path, change: str) -> None:
    apply, expected, reason = CHANGES[change]
    assert executed(project) == ["one", "two"]
    apply(project)

    reasons = runs.why(one(project), project)
    assert executed(project) == expected
    assert reasons == ([reason] if reason else [])
    assert runs.why(one(project), project) == []


def test_an_edit_of_the_same_size_within_the_same_second_is_seen(project: Path) -> None:
    """Python's own bytecode is trusted by time and size; a run must not be."""
    path = project / "helpers" / "unit.py"
    stamp = (1_700_000_000, 1_700_000_000)
    seen = []
    for unit in ("%", "€", "£"):
        path.write_text(f"UNIT = '{unit}'\n", "utf-8")
        os.utime(path, stamp)
        seen.append(shown(runs.execute([one(project)], project)["one"]))

    assert [unit in text for unit, text in zip("%€£", seen, strict=True)] == [True, True, True]


def test_a_return_to_an_earlier_state_reuses_the_earlier_result(project: Path) -> None:
    path = project / "data" / "figures.csv"
    executed(project)
    append("data/figures.csv", "2018,13.5\n")(project)
    executed(project)
    path.write_text(FILES["data/figures.csv"], "utf-8")

    assert executed(project) == []


def test_parameters_tell_results_apart_and_their_order_does_not(project: Path) -> None:
    assert executed(project, one(project), one(project, times=2), one(project, times=2.0)) == [
        "one", "one", "one",
    ]  # fmt: skip
    assert executed(project, one(project, times=3, other=1)) == ["one"]
    assert executed(project, one(project, other=1, times=3)) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import subprocess\nsubprocess.run(['true'])", "it started the program true"),
        ("import os\nos.system('true')", "it ran the command"),
        ("open('data/made.csv', 'w').write('1')", "it wrote data/made.csv"),
        (
            "import socket\ns = socket.socket()\n"
            "try:\n    s.connect(('127.0.0.1', 9))\nexcept OSError:\n    pass\ns.close()",
            "it connected to ('127.0.0.1', 9)",
        ),
    ],
)
def test_what_no_hook_can_follow_is_never_reused(project: Path, source: str, told: str) -> None:
    path = notebook(project / "book" / "loose.ipynb", cell(source, "loose"))
    notes: list[str] = []
    runs.execute([Run(path)], project, note=notes.append)

    assert executed(project, Run(path)) == ["loose"]
    assert [told in note for note in notes] == [True]
    assert told in runs.why(Run(path), project)[0]


@pytest.mark.parametrize("asks", ["Path(place).exists()", "Path(place).is_file()",
                                  "os.path.exists(place)", "os.path.isdir(place)"])  # fmt: skip
def test_what_is_asked_of_a_place_without_opening_it_is_followed(project: Path, asks: str) -> None:
    source = f"import os\nfrom pathlib import Path\nplace = 'data/more'\n{asks}"
    path = notebook(project / "book" / "asking.ipynb", cell(source, "asking"))
    run, more = Run(path), project / "data" / "more"
    assert shown(runs.execute([run], project)["asking"], "asking") == "False"
    assert executed(project, run) == []

    more.mkdir() if "isdir" in asks else more.touch()
    assert any("data/more" in line for line in runs.why(run, project))
    assert shown(runs.execute([run], project)["asking"], "asking") == "True"
    assert executed(project, run) == []
    if more.is_file():
        more.write_text("more", "utf-8")
        assert executed(project, run) == [], "it asked whether it is there, and no more"


def test_a_file_that_changes_while_it_is_read_is_read_again(project: Path) -> None:
    source = (
        "import time\nfirst = open('data/figures.csv').read()\nopen('/dev/null')\n"
        "for _ in range(100):\n"
        "    time.sleep(0.05)\n"
        "    if open('data/figures.csv').read() != first:\n"
        "        break"
    )
    path = notebook(project / "book" / "slow.ipynb", cell(source, "slow"))
    notes: list[str] = []
    timer = threading.Timer(1.5, append("data/figures.csv", "2018,13.5\n"), [project])
    timer.start()
    runs.execute([Run(path)], project, note=notes.append)
    timer.join()

    assert any("data/figures.csv changed while it ran" in note for note in notes)
    assert runs.why(Run(path), project)


# The store


@pytest.mark.parametrize("kind", ["*.json", "*.ipynb"])
def test_a_damaged_result_is_told_and_made_again(project: Path, kind: str) -> None:
    first = runs.execute([one(project)], project)["one"].read_bytes()
    file = next((project / ".cache" / "runs" / "one").rglob(kind))
    file.write_bytes(file.read_bytes().replace(b"12.5", b"99.9").replace(b"one", b"two"))
    notes: list[str] = []
    again = runs.execute([one(project)], project, note=notes.append)["one"].read_bytes()

    assert again == first
    assert len(notes) == 1
    assert "is damaged" in notes[0]
    assert executed(project, one(project)) == []


def test_what_was_unused_for_longest_is_pruned_first(project: Path) -> None:
    planned = [one(project, times=times) for times in (1, 2, 3)]
    for run in planned:
        executed(project, run)
    store = Store(project)
    count, taken = store.size()
    assert count == 3
    assert executed(project, planned[0]) == []

    assert store.prune(taken) == 0
    assert store.prune(taken - 1) == 1
    assert store.size()[0] == 2
    assert executed(project, planned[0]) == executed(project, planned[2]) == []
    assert executed(project, planned[1]) == ["one"]
    store.clear()
    assert store.size() == (0, 0)


def test_several_builds_at_once_share_a_store(project: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from borderbook.execution import runs\n"
        "root = Path(sys.argv[1])\n"
        "found = runs.execute([runs.Run(p) for p in runs.sections(root)], root)\n"
        "print([path.read_text() for path in found.values()])"
    )
    builds = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(project)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = {build.communicate()[0] for build in builds}

    assert [build.returncode for build in builds] == [0, 0, 0]
    assert len(said) == 1
    assert executed(project) == []


# Executing


def test_a_run_twice_gives_the_same_bytes_in_forked_and_ordinary_kernels(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for fork in ("1", "1", "0"):
        monkeypatch.setenv("BORDERBOOK_FORK", fork)
        found = runs.execute([Run(path) for path in runs.sections(project)], project)
        records = [Store(project).latest(section) for section in found]
        depended = [
            # A forked kernel holds more libraries.
            [each for each in record.dependencies if each[0] != "package" or fork == "1"]
            for record in records
            if record
        ]
        made.append(({name: path.read_bytes() for name, path in found.items()}, depended))
        Store(project).clear()

    assert made[0] == made[1]
    assert made[0][0] == made[2][0]
    inputs = [[each for each in one if each[0] != "package"] for one in made[0][1]]
    assert inputs == made[2][1]
    assert list(made[0][0]) == ["one", "two"]
    everything = {(kind, Path(name)) for kind, name, _ in made[0][1][0]}
    engine = {path.relative_to(book.ENGINE).name for _, path in everything if path.is_absolute()}
    assert "ipython.py" in engine, "the engine lies elsewhere, and counts too"
    names = {(kind, path.as_posix()) for kind, path in everything if not path.is_absolute()}
    assert {name.partition(":")[0] for kind, name in names if kind == "package"} >= {"ipykernel"}
    assert {(kind, name) for kind, name in names if kind != "package"} == {
        ("module", "helpers/__init__.py"),
        ("module", "helpers/inner/__init__.py"),
        ("module", "helpers/inner/noun.py"),
        ("module", "helpers/unit.py"),
        ("file", "data/figures.csv"),
        ("folder", "data/documents"),
    }


def test_an_executed_notebook_holds_outputs_and_names(project: Path) -> None:
    path = runs.execute([one(project)], project)["one"]

    cells = nbformat.read(path, as_version=4)
    assert shown(path) == "{'value': '12.5 %', 'held': ['strategy.txt']}"
    assert [cell.id for cell in cells.cells] == ["title", "parameters", "value", "said"]
    assert cells.metadata == {"kernelspec": execute.KERNEL, "language_info": {"name": "python"}}
    assert all(set(cell.metadata) <= {"tags"} for cell in cells.cells)


def test_a_run_leaves_no_kernel_and_no_scratch(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = psutil.Process()
    before = set(me.children(recursive=True))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    executed(project)

    new = set(me.children(recursive=True)) - before
    kernels_left = [child for child in new if "python" in child.name()]
    assert len(kernels_left) <= 1, "the process that forks kernels, and no kernel"
    assert list(scratch.iterdir()) == []


def test_a_long_name_of_the_folder_for_scratch_files_is_no_hindrance(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / ("long" * 30)
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert executed(project)
    assert list(scratch.iterdir()) == []


def test_parameters_reach_the_notebook_in_a_cell_with_a_name_of_its_own(project: Path) -> None:
    path = runs.execute([one(project, times=2)], project)["one"]

    cells = nbformat.read(path, as_version=4).cells
    assert [cell.id for cell in cells][:3] == ["title", "parameters", "injected-parameters"]
    assert "times = 2" in cells[2].source
    assert "25.0 %" in shown(path)


def test_kernels_are_isolated_from_each_other(project: Path) -> None:
    change = "import sys, os, json\nheld = getattr(json, 'mark', None), os.environ.get('MARK')\n"
    mark = "json.mark = 1; os.environ['MARK'] = '1'; os.chdir('/')\nheld"
    path = notebook(project / "book" / "marks.ipynb", cell(change + mark, "value"))
    seen = []
    for times in (1, 2):
        found = runs.execute([Run(path, {"times": times})], project)
        seen.append(shown(found["marks"]))

    assert seen == ["(None, None)", "(None, None)"]


def test_a_failing_notebook_is_told_and_the_others_are_kept(project: Path) -> None:
    notebook(project / "book" / "bad.ipynb", cell("1", "fine"), cell("1 / 0", "division"))
    notebook(project / "book" / "worse.ipynb", cell("raise KeyError('RU-XXX')", "lookup"))
    planned = [Run(path) for path in runs.sections(project)]

    with pytest.raises(RunError) as caught:
        runs.execute(planned, project)

    told = str(caught.value).split("\n\n")
    assert len(told) == 2
    assert "book/bad.ipynb" in told[0]
    assert "ZeroDivisionError: division by zero" in told[0]
    assert "cell 3" in told[0], "counted with the title"
    assert "book/worse.ipynb" in told[1]
    assert "KeyError: 'RU-XXX'" in told[1]
    stored = sorted(path.name for path in (project / ".cache" / "runs").iterdir())
    assert stored == ["one", "two"], "no half-made file, and good results are there to be reused"
    assert executed(project, one(project)) == []


def test_a_kernel_that_dies_is_a_failure_with_the_name_of_the_notebook(project: Path) -> None:
    dying = notebook(project / "book" / "dying.ipynb", cell("import os; os._exit(1)", "exit"))

    with pytest.raises(RunError, match=r"dying\.ipynb"):
        runs.execute([Run(dying)], project)

    assert not (project / ".cache" / "runs" / "dying").exists()


SLEEPERS = "import subprocess, time\nchild = subprocess.Popen(['sleep', '{}'])\ntime.sleep({})"


def sleepers(seconds: str) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", seconds]]


def gone(seconds: str) -> bool:
    for _ in range(100):
        if not sleepers(seconds):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("fork", ["1", "0"])
def test_a_kernel_past_its_time_is_killed_with_its_children(
    project: Path, monkeypatch: pytest.MonkeyPatch, fork: str
) -> None:
    monkeypatch.setenv("BORDERBOOK_FORK", fork)
    path = notebook(project / "book" / "long.ipynb", cell(SLEEPERS.format("6001", 6001), "long"))

    [outcome] = runs.outcomes([Run(path)], project, timeout=2)

    assert outcome.notebook is None
    assert "long.ipynb" in outcome.error
    assert "ended after 2 s;" in outcome.error
    assert gone("6001")


def test_an_interrupt_kills_the_kernels_with_their_children(project: Path) -> None:
    path = notebook(project / "book" / "long.ipynb", cell(SLEEPERS.format("6002", 6002), "long"))
    program = (
        "import signal, sys; from pathlib import Path; from borderbook.execution import runs\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # even if started to ignore it\n"
        "runs.execute([runs.Run(Path(sys.argv[1]))], Path(sys.argv[2]))"
    )
    build = subprocess.Popen(
        [sys.executable, "-c", program, str(path), str(project)], stderr=subprocess.PIPE
    )
    for _ in range(600):
        if sleepers("6002"):
            break
        time.sleep(0.05)
    assert sleepers("6002")
    build.send_signal(signal.SIGINT)
    build.communicate(timeout=20)

    assert build.returncode != 0
    assert gone("6002")


def test_a_build_that_is_killed_leaves_no_kernel(project: Path) -> None:
    path = notebook(project / "book" / "long.ipynb", cell("import time\ntime.sleep(6003)", "long"))
    program = (
        "import sys; from pathlib import Path; from borderbook.execution import forkserver, runs\n"
        "fork = forkserver.FORK_SERVER.fork\n"
        "def told(*args):\n"
        "    child = fork(*args)\n"
        "    print(child.pid, flush=True)\n"
        "    return child\n"
        "forkserver.FORK_SERVER.fork = told\n"
        "runs.execute([runs.Run(Path(sys.argv[1]))], Path(sys.argv[2]))"
    )
    build = subprocess.Popen(
        [sys.executable, "-c", program, str(path), str(project)], stdout=subprocess.PIPE
    )
    assert build.stdout is not None
    kernel = int(build.stdout.readline())
    assert psutil.pid_exists(kernel)
    build.kill()
    build.communicate()

    for _ in range(100):
        if not psutil.pid_exists(kernel):
            break
        time.sleep(0.05)
    assert not psutil.pid_exists(kernel)


@pytest.mark.skipif(not forkserver.can_fork(), reason="kernels are forked on Linux only")
def test_a_fork_server_that_has_ended_is_started_again(project: Path) -> None:
    executed(project, one(project))
    forkserver.FORK_SERVER.close()

    assert executed(project, one(project, times=2)) == ["one"]


@pytest.mark.parametrize("fork", ["1", "0"])
def test_papermill_has_the_engine_too(project: Path, tmp_path: Path, fork: str) -> None:
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "--engine", "borderbook", "--no-progress-bar"]
    done = subprocess.run(
        [*command, "book/one.ipynb", str(out), "-p", "times", "2"],
        cwd=project,
        env={**os.environ, "BORDERBOOK_FORK": fork},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    expected = runs.execute([one(project, times=2)], project)["one"]
    assert nbformat.read(out, as_version=4) == nbformat.read(expected, as_version=4)


def test_papermill_s_own_engine_gives_the_same_outputs(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        project / "book" / "one.ipynb", out, {"times": 2}, cwd=project, progress_bar=False
    )
    plain = execute.canonical(nbformat.read(out, as_version=4))

    expected = runs.execute([one(project, times=2)], project)["one"]
    assert plain == nbformat.read(expected, as_version=4)


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

    kept = execute.canonical(document)

    assert kept.metadata == {"kernelspec": execute.KERNEL, "language_info": {"name": "python"}}
    assert kept.cells[0].id == "injected-parameters"
    assert kept.cells[0].metadata == {"tags": ["injected-parameters"]}
    assert kept.cells[1].metadata == {}
    assert [cell.source for cell in kept.cells] == ["x = 1", "x"]
    assert kept.cells[1].outputs[0].text == "1\n"
    assert "2026" not in execute.dumps(kept)
    assert execute.dumps(execute.canonical(kept)) == execute.dumps(kept)


def test_a_notebook_is_written_as_jupyter_writes_it() -> None:
    """Line by line: a change of one line of code is a change of one line of the file."""
    document = nbformat.v4.new_notebook(cells=[cell("first = 1\nfirst", "value")])
    document.cells[0].outputs = [
        nbformat.v4.new_output("execute_result", {"text/plain": "1\n2"}, execution_count=1)
    ]

    assert execute.dumps(document).rstrip("\n") == nbformat.writes(document).rstrip("\n")


def test_a_notebook_that_is_not_valid_is_not_written() -> None:
    broken = nbformat.v4.new_notebook(cells=[cell("x", "value")])
    del broken.cells[0]["source"]

    with pytest.raises(nbformat.ValidationError):
        execute.dumps(broken)
