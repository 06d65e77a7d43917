"""Sweeps on many machines: a worker that dies, results equal to local ones, nothing left behind."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest

from borderbook import book
from borderbook.execution import packages, runs
from borderbook.execution.runs import Outcome, Run, RunError
from borderbook.sweeps import dask_client
from tests.engine.test_sweeps import made_project, wait_until
from tests.real_book import ROOT

LOOKING_ROUND = """
import pkgutil
from importlib.metadata import entry_points
from borderbook import formatting
from helpers import words
list(pkgutil.iter_modules()), entry_points()
"""
# What libraries do. That the workers' folders are others must not be told as what a run read.
WORKERS = 3


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project of one quick notebook that one stands in; content and engine travel."""
    made = made_project(tmp_path / "project", tmp_path / "executions.txt", LOOKING_ROUND)
    (made / "helpers" / "words.py").write_text("", "utf-8")
    (made / "borderbook").symlink_to(book.ENGINE)
    monkeypatch.setattr(book, "ENGINE", made / "borderbook")
    monkeypatch.chdir(made)
    for name in ("requirements.txt", "requirements-test.txt"):
        shutil.copyfile(ROOT / name, made / name)
    return made


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Return the Python of an environment with the same packages, but without this project."""
    place, packages = tmp_path / "environment", Path(sysconfig.get_paths()["purelib"])
    own = place / packages.relative_to(sys.prefix)
    own.mkdir(parents=True)
    for path in packages.iterdir():
        if "borderbook" not in path.name:
            (own / path.name).symlink_to(path)
    shutil.copyfile(Path(sys.prefix) / "pyvenv.cfg", place / "pyvenv.cfg")
    (place / "bin").mkdir()
    (place / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    return place / "bin" / "python"


@pytest.fixture
def cluster(tmp_path: Path, python: Path) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Start a scheduler and workers; if they find any `helpers`, it is another."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "helpers").mkdir(parents=True)
    (elsewhere / "helpers" / "__init__.py").write_text("raise ImportError('other helpers')")
    place = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(place), "--host", "127.0.0.1"]
    quiet = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    kept = ["--local-directory", str(tmp_path / "scratch")]
    with ExitStack() as stack:

        def start(command: str, *options: str) -> psutil.Process:
            process = subprocess.Popen(
                [python, "-m", f"distributed.cli.dask_{command}", *common, *options],
                cwd=elsewhere,
                env={**os.environ, "PYTHONPATH": str(elsewhere)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return psutil.Process(process.pid)

        start("scheduler", "--port", "0", *quiet)
        wait_until(place.exists)
        one = ["--no-nanny", "--nthreads", "1"]
        workers = [start("worker", *quiet, *kept, *one) for _ in range(WORKERS)]
        yield str(json.loads(place.read_text("utf-8"))["address"]), workers


def test_a_worker_that_dies_has_its_runs_done_elsewhere_and_results_are_the_local_ones(
    project: Path, tmp_path: Path, cluster: tuple[str, list[psutil.Process]]
) -> None:
    address, workers = cluster
    shutil.copytree(project, tmp_path / "local", symlinks=True)
    values = [*range(1, 5), *range(6, 18)]
    plan = [Run(project / "book" / "one.ipynb", {"times": n, "pause": 0.5}) for n in values]
    bad = Run(project / "book" / "one.ipynb", {"times": 5})
    killed: list[psutil.Process] = []
    found: list[Outcome] = []
    for outcome in dask_client.outcomes([bad, *plan], project, address):
        found.append(outcome)
        busy = next((w for w in workers if len(w.children(recursive=True)) > 2), None)
        if not killed and len(found) >= 2 and busy:
            killed = busy.children(recursive=True)
            os.kill(busy.pid, signal.SIGKILL)
            workers.remove(busy)

    assert killed
    failed = [outcome for outcome in found if outcome.notebook is None]
    assert [outcome.run for outcome in failed] == [bad], "the error of a cell is an outcome"
    assert "book/one.ipynb, cell 3 of the run: ValueError: five is too many" in failed[0].error
    assert sorted(o.run.parameters["times"] for o in found if o.notebook) == values

    local = [Run(tmp_path / "local" / "book" / "one.ipynb", run.parameters) for run in plan]
    here = {o.run.parameters["times"]: o for o in runs.outcomes(local, tmp_path / "local", jobs=2)}
    for outcome in found:
        if outcome.notebook:
            own = here[outcome.run.parameters["times"]].notebook
            assert own
            assert outcome.notebook.read_bytes() == own.read_bytes()
    there, at_home = dependencies(project), dependencies(tmp_path / "local")
    assert there.keys() == at_home.keys()
    for times, listed in there.items():
        assert set(listed) ^ set(at_home[times]) == set(), times
    names = [name for _, name, _ in dependencies(project)[1]]
    assert {"helpers/words.py", "borderbook/formatting.py"} <= set(names)
    again = list(runs.outcomes(plan, project))
    assert all(outcome.reused for outcome in again), "what came back is reused here"
    assert all(
        outcome.reused for outcome in dask_client.outcomes(plan, project, "tcp://127.0.0.1:1")
    )

    wait_until(lambda: not any(process.is_running() for process in killed))
    wait_until(lambda: not any(worker.children() for worker in workers))
    left = list((tmp_path / "scratch").rglob("borderbook-*/book"))
    assert len(left) == 1, "only the worker that was killed leaves its inputs"


def dependencies(project: Path) -> dict[int, list[tuple[str, str, str]]]:
    entries = [json.loads(p.read_bytes()) for p in project.glob(".cache/runs/one/*/*.json")]
    listed = {entry["parameters"]["times"]: entry["dependencies"] for entry in entries}
    return {times: [tuple(each) for each in named] for times, named in listed.items()}


def test_no_scheduler_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_client, "_PATIENCE", 1)
    with pytest.raises(RunError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        list(
            dask_client.outcomes(
                [Run(project / "book" / "one.ipynb")], project, "tcp://127.0.0.1:1"
            )
        )


def test_inputs_are_named_by_their_content(project: Path) -> None:
    first, packed = dask_client.archive(project)
    assert dask_client.archive(project) == (first, packed)
    (project / "data" / ".hidden").write_text("", "utf-8")
    (project / "README.md").write_text("", "utf-8")
    assert dask_client.archive(project)[0] == first
    (project / "data" / "figures.csv").write_text("1\n", "utf-8")
    assert dask_client.archive(project)[0] != first


def test_what_a_run_may_read_travels_and_an_engine_of_elsewhere_beside_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names() -> set[str]:
        return set(zipfile.ZipFile(io.BytesIO(dask_client.archive(project)[1])).namelist())

    inside = names()
    assert {"book/one.ipynb", "helpers/words.py", "borderbook/book.py", "_toc.yml"} <= inside
    assert {"_config.yml", "pyproject.toml", "requirements.txt", "data/"} <= inside
    monkeypatch.setattr(book, "ENGINE", Path(book.__file__).parent)
    outside = names()
    assert "borderbook/book.py" not in outside
    assert ".cache/aside/borderbook/book.py" in outside


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"python": "3.0.1"}, "3.0.1 here"),
        ({"packages": ["pandas-0.1"]}, "only here pandas-0.1"),
    ],
)
def test_a_worker_with_another_environment_does_not_execute(
    project: Path, tmp_path: Path, other: dict[str, Any], told: str
) -> None:
    order = {
        "notebook": "book/one.ipynb",
        "parameters": {},
        "timeout": None,
        "python": runs.environment()["Python"],
        "packages": packages.required(project),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "borderbook.sweeps.dask_client"],
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(order | other) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())

    assert told in answer["error"]
    assert not (tmp_path / "executions.txt").exists()
