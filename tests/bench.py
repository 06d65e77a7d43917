"""`make bench`: ratios to what a user would pick instead, measured side by side in one run.

Each measure runs in copies of the checkout, with nothing cached that the measure does not say. The
figures go to _build/bench.json and, as a table, to standard output. No bound is asserted: machines
differ and are shared; the bound that the project aims at stands beside each ratio.

    python tests/bench.py [--only NAME ...] [--runs 100] [--loop 10]
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bench_pages
import psutil
import yaml

from borderbook.publishing import contents
from helpers.regions import Group

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "_build", ".cache", ".*_cache", ".hypothesis", "runs", "sweeps", "__pycache__"
)
BIN = Path(sys.executable).parent
ONE_BOOK = ("build", "--editions", "none")
"""What Jupyter Book builds too: the default book, without the editions beside it."""
GRID = ["neighbour=KZ", "exclude=each-region", "first_year=2010..2013", "last_year=2016..2018"]


class Bench:
    """Copies of the checkout in a folder, and the figures found so far."""

    def __init__(self, folder: Path, runs: int, loop: int) -> None:
        self.folder, self.runs, self.loop = folder, runs, loop
        self.figures: dict[str, Any] = {}
        self._numbers = itertools.count(1)

    def copy(self) -> Path:
        """Return a fresh copy of the checkout, without any cache."""
        target = self.folder / f"copy-{next(self._numbers)}"
        shutil.copytree(ROOT, target, ignore=LEFT_OUT)
        return target

    def put(self, name: str, value: float, unit: str, aim: str = "") -> None:
        """Note a figure, and say it."""
        self.figures[name] = {"value": round(value, 3), "unit": unit, "aim": aim}
        print(f"{name:<58}{value:>10.3f} {unit:<12}{aim}", flush=True)


def timed(command: list[str], folder: Path, **settings: str) -> float:
    """Return the seconds that a command takes in a folder; its helpers are that folder's."""
    env = {**os.environ, "PYTHONPATH": str(folder), **settings}
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds


def ours(folder: Path, *words: str) -> float:
    return timed([sys.executable, "-m", "borderbook.cli", *words], folder)


def jupyter_book(folder: Path) -> float:
    return timed([str(BIN / "jupyter-book"), "build", "."], folder)


def with_execution(folder: Path, kind: str) -> Path:
    """Return the folder, its book set to be executed by Jupyter Book itself."""
    path = folder / "_config.yml"
    settings = yaml.safe_load(path.read_text("utf-8"))
    settings["execute"] = {"execute_notebooks": kind, "timeout": 600}
    path.write_text(yaml.safe_dump(settings), "utf-8")
    return folder


def cold(bench: Bench) -> None:
    """Build the whole book from nothing, in turn with plain Jupyter Book."""
    pairs = []
    for _ in range(2):
        mine = ours(bench.copy(), *ONE_BOOK)
        theirs = jupyter_book(with_execution(bench.copy(), "force"))
        pairs.append((mine, theirs))
    bench.put("cold build", min(mine for mine, _ in pairs), "s")
    bench.put("cold build, jupyter-book force", min(theirs for _, theirs in pairs), "s")
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    bench.put("cold build / jupyter-book force", ratio, "", "at most 0.35")


def unchanged(bench: Bench) -> None:
    """Build again with nothing changed, in turn with Jupyter Book's cache."""
    mine, theirs = bench.copy(), with_execution(bench.copy(), "cache")
    ours(mine, *ONE_BOOK)
    jupyter_book(theirs)
    pairs = [(ours(mine, *ONE_BOOK), jupyter_book(theirs)) for _ in range(3)]
    again = statistics.median(mine for mine, _ in pairs)
    bench.put("build with nothing changed", again, "s", "under 1")
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    bench.put("nothing changed / jupyter-book cache", ratio, "", "at most 0.15")


def one_helper(bench: Bench) -> None:
    """Change a word that one section's helper writes, and build until the page says it."""
    folder = bench.copy()
    whole = ours(folder, *ONE_BOOK)
    path = folder / "helpers" / "foreign_trade" / "exhibits.py"
    page = folder / "_build" / "html" / "book" / "foreign-trade.html"
    text, times = path.read_text("utf-8"), []
    for word in ("first", "second", "third"):
        path.write_text(text.replace('"adds up"', f'"adds up, {word} edit"'), "utf-8")
        before = entries(folder)
        times.append(ours(folder, *ONE_BOOK))
        ran = entries(folder) - before
        if f"adds up, {word} edit" not in page.read_text("utf-8"):
            raise SystemExit("the new page does not say what the helper writes")
        if {name for name, _ in ran} != {"foreign-trade"}:
            raise SystemExit(f"not that section alone was executed, but {ran}")
    bench.put("one helper changed: time to the new page", statistics.median(times), "s")
    ratio = statistics.median(times) / whole
    bench.put("one helper changed / cold build", ratio, "", "at most 0.3")


def entries(folder: Path) -> set[tuple[str, str]]:
    found = (folder / ".cache" / "runs").glob("*/*/*.json")
    return {(path.parent.parent.name, path.name) for path in found}


def parameters(count: int) -> list[dict[str, Any]]:
    """Return as many different sets of parameters of `small-enterprises`."""
    left_out = ["RU-AL", "RU-ALT", "RU-AST", "RU-CHE", "RU-KGN", "RU-NVS", "RU-OMS", "RU-ORE"]
    single = [[], *([code] for code in left_out)]
    double = [list(pair) for pair in itertools.combinations(left_out, 2)]
    years = itertools.product(range(2010, 2014), range(2014, 2023))
    every = itertools.product(years, [*single, *double])
    return [
        {"first_year": first, "last_year": last, "exclude": exclude}
        for (first, last), exclude in itertools.islice(every, count)
    ]


SWEEP = """
import json, sys, time
from pathlib import Path
from borderbook.execution import runs
root = Path.cwd()
given = json.loads(sys.argv[1])
planned = [runs.Run(root / "book" / f"{sys.argv[2]}.ipynb", each) for each in given]
began = time.perf_counter()
failed = [o.error for o in runs.outcomes(planned, root) if o.notebook is None]
assert not failed, failed[0]
print(time.perf_counter() - began)
"""

LOOP = """
import json, sys, time
import papermill
began = time.perf_counter()
for number, each in enumerate(json.loads(sys.argv[1])):
    papermill.execute_notebook(
        f"book/{sys.argv[2]}.ipynb", f"out-{number}.ipynb", each, progress_bar=False
    )
print(time.perf_counter() - began)
"""


def swept(
    folder: Path, program: str, given: list[dict[str, Any]], section: str = "small-enterprises"
) -> float:
    """Return the seconds that the runs take, by the program's own clock."""
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(given), section],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return float(done.stdout.split()[-1])


def sweep(bench: Bench) -> None:
    """Run many variants of a section, beside papermill in a loop over some of the same runs."""
    given = parameters(bench.runs)
    sample = given[:: max(len(given) // bench.loop, 1)][: bench.loop]
    folder = bench.copy()
    swept(folder, SWEEP, [{}])  # the figures are validated once in both folders
    mine = swept(folder, SWEEP, given) / len(given)
    folder = bench.copy()
    swept(folder, LOOP, [{}])
    theirs = swept(folder, LOOP, sample) / len(sample)
    bench.put(f"sweep of {len(given)} runs, time per run", mine, "s")
    bench.put(f"papermill loop over {len(sample)} of them, time per run", theirs, "s")
    bench.put("throughput of the sweep / papermill loop", theirs / mine, "times", "at least 6")


def growth_of_runs(bench: Bench) -> None:
    """Run 10, 100 and 1000 variants of the shortest section; time per run should not grow."""
    codes = Group("KZ").codes
    left_out = [each for many in range(1, 6) for each in itertools.combinations(codes, many)]
    found = {}
    for count in (10, 100, 1000):
        folder = bench.copy()
        swept(folder, SWEEP, [{}], "introduction")
        given = [{"exclude": list(each)} for each in left_out[:count]]
        found[count] = swept(folder, SWEEP, given, "introduction") / count
        bench.put(f"time per run in a sweep of {count}", found[count], "s")
    bench.put("time per run, 1000 / 100", found[1000] / found[100], "", "at most 1.2")


def growth_of_data(bench: Bench) -> None:
    """Run with 1, 10 and 100 times the rows of the resource that the section reads most."""
    found = {}
    for times in (1, 10, 100):
        folder = bench.copy()
        grow(folder, times)
        swept(folder, SWEEP, [{}])  # validated once
        found[times] = swept(folder, SWEEP, parameters(20)[1:]) / 19
        bench.put(f"time per run with {times} times the rows", found[times], "s")
    bench.put("time per run, rows 100 / 1", found[100] / found[1], "", "at most 1.2")


def grow(folder: Path, times: int) -> None:
    """Add generated indicators to small_enterprises until it has so many times the rows."""
    path = folder / "data" / "small_enterprises.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for number in range(times):
            mark = f"-{number}" if number else ""
            writer.writerows({**row, "indicator": f"{row['indicator']}{mark}"} for row in rows)
    descriptor = folder / "data" / "datapackage.json"
    package = json.loads(descriptor.read_text("utf-8"))
    for resource in package["resources"]:
        if resource["name"] == "small_enterprises":
            for field in resource["schema"]["fields"]:
                if field["name"] == "indicator":
                    del field["constraints"]["enum"]
    descriptor.write_text(json.dumps(package, ensure_ascii=False, indent=2), "utf-8")
    timed(
        [sys.executable, "-c", "from borderbook.datapackage import resources; resources.seal()"],
        folder,
    )


REMOTE = """
import json, sys, time
from pathlib import Path
from borderbook.execution import runs
from borderbook.sweeps import dask_client as remote
root = Path.cwd()
given = json.loads(sys.argv[1])
planned = [runs.Run(root / "book" / "small-enterprises.ipynb", each) for each in given]
list(remote.outcomes(planned[:2], root, sys.argv[2]))
began = time.perf_counter()
failed = [o.error for o in remote.outcomes(planned[2:], root, sys.argv[2]) if o.notebook is None]
assert not failed, failed[0]
print(time.perf_counter() - began)
"""


def workers(bench: Bench) -> None:
    """Run on one and on two Dask workers, each held to one core with all that it starts."""
    count = min(os.cpu_count() or 1, 2)
    found = {}
    for number in sorted({1, count}):
        folder = bench.copy()
        with cluster(number, folder) as (address, processes):
            peak = 0.0
            sweep = subprocess.Popen(
                [sys.executable, "-c", REMOTE, json.dumps(parameters(32)), address],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(folder)},
                stdout=subprocess.PIPE,
                text=True,
            )
            while sweep.poll() is None:
                peak = max(peak, *(memory(process) for process in processes))
                time.sleep(0.5)
            said = sweep.communicate()[0]
        found[number] = 30 / float(said.split()[-1])
        bench.put(f"runs per second, Dask workers: {number}", found[number], "1/s")
        bench.put(f"memory of a worker with its kernels, workers: {number}", peak / 1e6, "MB")
    ratio = found[count] / found[1] / count
    bench.put(f"throughput of {count} workers / {count} times one", ratio, "", "at least 0.8")


def memory(process: psutil.Process) -> float:
    """Return the private memory of a process and its children, bytes."""
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total


@contextmanager
def cluster(count: int, folder: Path) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Start a scheduler and workers on loopback; end them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    common = [sys.executable, "-m", "distributed.cli"]
    started: list[subprocess.Popen[bytes]] = []
    try:
        scheduler = [f"{common[2]}.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
        started.append(
            subprocess.Popen([*common[:2], *scheduler, "--no-dashboard"], **quiet)  # type: ignore[call-overload]
        )
        for number in range(count):
            worker = [f"{common[2]}.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
            started.append(
                subprocess.Popen([*common[:2], *worker, "--no-nanny"], **quiet)  # type: ignore[call-overload]
            )
            if hasattr(psutil.Process, "cpu_affinity"):
                psutil.Process(started[-1].pid).cpu_affinity([number])
        time.sleep(5)
        yield address, [psutil.Process(process.pid) for process in started[1:]]
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(20)


def pages(bench: Bench) -> None:
    """Look at every page of the book as a reader on a phone does, and weigh the whole site."""
    folder = bench.copy()
    ours(folder, "build")
    site = folder / "_build" / "html"
    names = [f"{page}.html" for page in contents.pages(contents.read(folder))]
    editions = sorted(
        (site / "editions").rglob("book/*.html"), key=lambda path: path.stat().st_size
    )
    names += [path.relative_to(site).as_posix() for path in editions[-2:]]  # the heaviest
    bench_pages.weights(bench, site, names)
    bench_pages.lighthouse(bench, site, names)


MEASURES: dict[str, Callable[[Bench], None]] = {
    "cold": cold,
    "unchanged": unchanged,
    "one-helper": one_helper,
    "sweep": sweep,
    "workers": workers,
    "growth-of-data": growth_of_data,
    "growth-of-runs": growth_of_runs,
    "pages": pages,
}


def main() -> None:
    """Measure, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=list(MEASURES), default=list(MEASURES))
    parser.add_argument("--runs", type=int, default=100, help="runs of the sweep")
    parser.add_argument(
        "--loop", type=int, default=10, help="how many of them papermill loops over"
    )
    given = parser.parse_args()
    target = ROOT / "_build" / "bench.json"
    known = json.loads(target.read_text("utf-8")) if target.exists() else {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(Path(folder), given.runs, given.loop)
        for name in given.only:
            MEASURES[name](bench)
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps({**known, **bench.figures}, indent=1) + "\n", "utf-8")
    print(f"written: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
