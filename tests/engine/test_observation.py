"""What a run does that Python's hooks do not tell of: seen all the same, or told, never stale."""

from __future__ import annotations

import ctypes
import os
import random
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from borderbook.execution import opened, packages, runs
from borderbook.execution.result_store import Store
from borderbook.execution.runs import Run, RunError
from tests.engine.test_runs import cell, executed, notebook, shown

ROWS = "year,value\n2017,12\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with rows in a text and in a database."""
    root = tmp_path / "project"
    (root / "data" / "deep").mkdir(parents=True)
    for name in ("rows.csv", "others.csv", "deep/rows.csv"):
        (root / "data" / name).write_text(ROWS, "utf-8")
    database(root / "data" / "rows.db", 12)
    return root


def database(path: Path, value: int) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("create table rows (value integer)")
        connection.execute("insert into rows values (?)", [value])
    connection.close()


def written(project: Path, name: str, source: str) -> Run:
    return Run(notebook(project / "book" / f"{name}.ipynb", cell(source, "value")))


def result(project: Path, run: Run) -> str:
    return shown(runs.execute([run], project)[run.section])


def dependencies(project: Path, section: str) -> set[tuple[str, str]]:
    entry = Store(project).latest(section)
    assert entry
    listed = entry.dependencies
    return {(kind, name) for kind, name, _ in listed if kind not in ("package", "module")}


def unseen(project: Path, section: str) -> str:
    entry = Store(project).latest(section)
    assert entry
    return "; ".join(entry.unseen)


# Files that libraries in C open

READERS = {
    "pyarrow": "from pyarrow import csv\ncsv.read_csv('data/rows.csv')['value'].to_pylist()[0]",
    "sqlite": "import sqlite3\n"
    "sqlite3.connect('data/rows.db').execute('select value from rows').fetchone()[0]",
    "fopen": "import ctypes\nc = ctypes.CDLL(None)\nc.fopen.restype = ctypes.c_void_p\n"
    "text = ctypes.create_string_buffer(99)\n"
    "c.fread(text, 1, 99, ctypes.c_void_p(c.fopen(b'data/rows.csv', b'r')))\n"
    "int(text.value.split(b',')[-1])",
    "link": "from pyarrow import csv\ncsv.read_csv('data/link/rows.csv')['value'].to_pylist()[0]",
}


def more(project: Path) -> None:
    (project / "data" / "rows.csv").write_text(ROWS.replace("12", "13"), "utf-8")
    (project / "data" / "deep" / "rows.csv").write_text(ROWS.replace("12", "13"), "utf-8")
    database(project / "data" / "rows.db", 13)


def test_a_file_that_a_library_in_c_reads_is_seen(project: Path) -> None:
    (project / "data" / "link").symlink_to("deep")
    planned = [written(project, name, source) for name, source in READERS.items()]
    first = runs.execute(planned, project, jobs=2)
    assert [shown(path) for path in first.values()] == ["12"] * len(planned)
    assert executed(project, *planned) == []

    more(project)
    assert executed(project, *planned) == sorted(READERS)
    assert [result(project, run) for run in planned] == ["13"] * len(planned)


def test_a_folder_that_a_library_in_c_lists_is_seen(project: Path) -> None:
    source = "from pyarrow import dataset\n"
    source += "dataset.dataset('data/deep', format='csv').to_table().num_rows"
    run = written(project, "one", source)
    assert result(project, run) == "1"
    assert {("folder", "data/deep"), ("file", "data/deep/rows.csv")} <= dependencies(project, "one")
    assert executed(project, run) == []
    (project / "data" / "deep" / "more.csv").write_text(ROWS, "utf-8")
    assert result(project, run) == "2"


def test_with_two_kernels_at_work_each_run_depends_on_what_it_opened_itself(project: Path) -> None:
    wait = "import time\nfor _ in range(20):\n    time.sleep(0.05)\n    {}\nNone"
    planned = [
        written(project, "one", wait.format("open('data/rows.csv').read()")),
        written(project, "two", wait.format(READERS["fopen"].replace("\n", "\n    "))),
        written(project, "others", READERS["pyarrow"].replace("rows", "others")),
    ]
    runs.execute(planned, project, jobs=2)

    read = {run.section: dependencies(project, run.section) for run in planned}
    assert read["one"] == read["two"] == {("file", "data/rows.csv")}
    assert {name for _, name in read["others"]} == {"data/others.csv"}


def test_a_file_that_a_library_in_c_writes_is_told(project: Path) -> None:
    run = written(
        project, "one", "import sqlite3\nc = sqlite3.connect('data/rows.db')\n"
        "c.execute('insert into rows values (1)')\nc.commit()",
    )  # fmt: skip
    runs.execute([run], project)
    assert "it wrote data/rows.db" in unseen(project, "one")
    assert executed(project, run) == ["one"]


@pytest.mark.parametrize("kind", [opened.Fanotify, opened.Inotify])
def test_every_file_that_is_opened_is_told_by_either_way(project: Path, kind: Any) -> None:
    beside = project.parent / "beside.csv"
    beside.write_text(ROWS, "utf-8")
    (project / "data" / "linked.csv").symlink_to(beside)
    watcher = kind(*opened._places(project, ()))
    c = ctypes.CDLL(None)
    c.fopen.restype = c.opendir.restype = ctypes.c_void_p
    names = ["data/rows.csv", "data/deep/rows.csv", "data/linked.csv"]
    for name in names:
        assert c.fopen(os.fsencode(project / name), b"r")
    subprocess.run(["cat", project / "data" / "others.csv"], check=True, capture_output=True)

    assert c.closedir(ctypes.c_void_p(c.opendir(os.fsencode(project / "data")))) == 0

    listed = [
        (Path(path).relative_to(project).as_posix(), inside) for path, _, inside in watcher.events()
    ]
    folders = {name for name, is_folder in listed if is_folder}
    events = {name for name, is_folder in listed if not is_folder}

    assert folders == ({"data"} if kind is opened.Fanotify else set())
    by_others = {"data/others.csv"} if kind is opened.Inotify else set()
    assert events == {*names, *by_others}
    assert list(watcher.events()) == []


def test_where_files_cannot_be_followed_it_is_told_and_the_run_is_made(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = written(project, "one", "'made'")
    notes: list[str] = []
    reason = "the system does not tell"
    monkeypatch.setattr(
        "borderbook.execution.execute.execute",
        lambda *args: _Executed(notebook_text(run), (("blind", reason, ""),)),
    )
    other = written(project, "two", "'made'")
    runs.execute([run, other], project, note=notes.append)
    assert notes == [f"files that libraries in C open are not followed here: {reason}"]
    assert executed(project, run) == []


class _Executed:
    def __init__(self, text: str, record: Any) -> None:
        self.text, self.record = text, record


def notebook_text(run: Run) -> str:
    return run.notebook.read_text("utf-8")


# What is asked of the file system, of the environment, of clock and chance


@pytest.mark.parametrize("asks", ["os.path.getsize(place)", "Path(place).stat().st_size"])
def test_the_size_of_a_file_is_followed(project: Path, asks: str) -> None:
    run = written(
        project, "one", f"import os\nfrom pathlib import Path\nplace = 'data/rows.csv'\n{asks}"
    )
    assert result(project, run) == str(len(ROWS))
    assert executed(project, run) == []
    (project / "data" / "rows.csv").write_text(f"{ROWS}2018,1\n", "utf-8")
    assert result(project, run) == str(len(ROWS) + 7)


def test_a_variable_that_the_project_reads_is_a_dependency_and_no_other(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "kitchen.py").write_text(
        "import os\n\ndef oven():\n    return os.environ.get('OVEN', 'none')\n", "utf-8"
    )
    read = "import os\nfrom pathlib import Path\nimport kitchen\nimport pandas as pd\n"
    read += "os.environ['SET'] = '1'\n"
    read += "[kitchen.oven(), os.getenv('FLOUR'), 'SALT' in os.environ, os.environ['SET'],"
    read += " Path.home().name, len(pd.DataFrame())]"
    run = written(project, "one", read)
    monkeypatch.setenv("OVEN", "hot")
    monkeypatch.setenv("HOME", "/nowhere/me")
    for name in ("FLOUR", "SALT"):
        monkeypatch.delenv(name, raising=False)
    assert result(project, run) == "['hot', None, False, '1', 'me', 0]"
    names = {name for kind, name in dependencies(project, "one") if kind == "variable"}
    assert names == {"OVEN", "FLOUR", "SALT", "HOME"}

    monkeypatch.setenv("OTHER", "1")
    assert executed(project, run) == []
    monkeypatch.setenv("OVEN", "cold")
    assert runs.why(run, project) == ["variable OVEN of the environment changed"]
    assert result(project, run).startswith("['cold'")
    monkeypatch.setenv("OVEN", "hot")
    assert executed(project, run) == [], "an earlier result is that of an earlier state"


def test_who_asks_for_all_variables_depends_on_all(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = written(
        project, "one", "import os\nsorted(name for name in os.environ if 'OVEN' in name)"
    )
    assert result(project, run) == "[]"
    assert executed(project, run) == []
    monkeypatch.setenv("OVEN", "hot")
    assert result(project, run) == "['OVEN']"


@pytest.mark.parametrize(("name", "value"), [("TZ", "Asia/Tokyo"), ("LC_ALL", "tr_TR.UTF-8")])
def test_zone_and_locale_are_the_same_wherever_a_run_is_made(
    project: Path, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    run = written(
        project, "one", "import time, locale\n[time.localtime(0).tm_hour, locale.getlocale()]"
    )
    assert result(project, run) == "[0, ('en_US', 'UTF-8')]"


UNSTABLE = {
    "import time\ntime.time() > 0": "read the clock (time.time)",
    "import time\nlen(time.strftime('%Y'))": "read the clock (time.strftime)",
    "from datetime import datetime\ndatetime.now().year > 0": "read the clock (datetime.now)",
    "from datetime import date\ndate.today().year > 0": "read the clock (time.time)",
    "import pandas as pd\npd.Timestamp.now().year > 0": "read the clock (Timestamp.now)",
    "import random\nrandom.random() < 2": "drew by chance without a seed (random)",
    "import random\nrandom.Random().random() < 2": "drew by chance without a seed (random)",
    "import uuid\nuuid.uuid4().version": "drew by chance without a seed (os.urandom)",
    "import numpy as np\nnp.random.rand() < 2": "drew by chance without a seed (numpy.random)",
    "import numpy as np\nnp.random.default_rng().random() < 2": "drew by chance without a seed",
    "import pandas as pd\nlen(pd.DataFrame({'a': [1, 2]}).sample(1))": "(numpy.random)",
    "import kitchen\nkitchen.year() > 0": "code cell 1 read the clock (datetime.now)",
}
STABLE = """
import datetime, logging, random, time, tempfile
import numpy as np, pandas as pd
random.seed(1), np.random.seed(1)
random.random(), random.Random(2).random(), np.random.rand(), np.random.default_rng(3).random()
pd.DataFrame({'a': [1, 2]}).sample(1, random_state=1)
logging.getLogger('quiet').info('nothing')
time.gmtime(0), time.strftime('%Y', time.gmtime(0)), datetime.datetime(2020, 1, 1), time.sleep(0)
isinstance(datetime.datetime(2020, 1, 1), datetime.date)
"""


def test_clock_and_chance_are_told_with_their_cell_and_never_reused(project: Path) -> None:
    (project / "kitchen.py").write_text(
        "from datetime import datetime\n\ndef year():\n    return datetime.now().year\n", "utf-8"
    )
    planned = {
        written(project, f"s{n}", source): told for n, (source, told) in enumerate(UNSTABLE.items())
    }
    notes: list[str] = []
    runs.execute(planned, project, note=notes.append)
    for run, told in planned.items():
        [note] = [note for note in notes if note.startswith(f"{run.section} will be executed")]
        assert f"code cell 1 {told}" in note or told in note
    assert executed(project, *planned) == sorted(run.section for run in planned)


def test_a_seed_and_a_given_time_are_stable(project: Path) -> None:
    run = written(project, "one", STABLE)
    first = result(project, run)
    assert unseen(project, "one") == ""
    Store(project).clear()
    assert result(project, run) == first == "True"


# Packages


def distribution(folder: Path, name: str, version: str, *, source: str = "") -> None:
    """Install a distribution of one module into a folder of packages."""
    for old in folder.glob(f"{name}-*.dist-info"):
        old.rename(old.with_name(f"{name}-{version}.dist-info"))
    metadata = folder / f"{name}-{version}.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (metadata / "RECORD").write_text(f"{name}.py,,\n{metadata.name}/RECORD,,\n", "utf-8")
    if source:
        (folder / f"{name}.py").write_text(source, "utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of packages that is not the environment's own, as system packages lie in."""
    place = tmp_path / "system" / "dist-packages"
    distribution(place, "ovens", "1.0", source="HOT = 1\n")
    distribution(place, "pans", "1.0", source="HOT = 2\n")
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setenv("PYTHONPATH", str(place))
    return place


def test_a_run_depends_on_the_distributions_that_it_imported_wherever_they_lie(
    project: Path, site: Path
) -> None:
    run = written(project, "one", "import ovens\novens.HOT")
    assert result(project, run) == "1"
    entry = Store(project).latest("one")
    assert entry
    named = {name: version for kind, name, version in entry.dependencies if kind == "package"}
    assert named["ovens: ovens"] == "1.0"
    assert not any(name.startswith(("pans", "pytest")) for name in named)

    distribution(site, "pans", "2.0")
    distribution(site, "spoons", "1.0", source="")
    assert executed(project, run) == [], "packages that it did not import"
    distribution(site, "ovens", "1.1", source="HOT = 11\n")
    assert runs.why(run, project) == ["package ovens changed"]
    assert result(project, run) == "11"


def test_a_module_outside_the_folders_of_packages_counts_by_content(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose" / "stove.py").write_text("HOT = 1\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "loose"))
    run = written(project, "one", "import stove\nstove.HOT")
    assert result(project, run) == "1"
    assert executed(project, run) == []
    (tmp_path / "loose" / "stove.py").write_text("HOT = 2\n", "utf-8")
    assert result(project, run) == "2"


def test_a_module_of_the_project_that_hides_a_library_is_seen(project: Path, site: Path) -> None:
    run = written(project, "one", "import ovens\novens.HOT")
    assert result(project, run) == "1"
    (project / "ovens.py").write_text("HOT = 3\n", "utf-8")
    assert runs.why(run, project) == ["package ovens changed"]
    assert result(project, run) == "3"
    assert executed(project, run) == []

    (project / "pandas.py").write_text("", "utf-8")
    other = written(project, "two", "import pandas\nhasattr(pandas, 'DataFrame')")
    with pytest.raises(RunError, match=r"pandas\.py has the name of a module .* another name"):
        result(project, other)
    (project / "pandas.py").rename(project / "bears.py")
    assert result(project, other) == "True"


def test_packages_are_told_from_their_folders_as_importlib_tells_them() -> None:
    from importlib import metadata

    known = packages.versions()
    for name in random.Random(1).sample(sorted(known), 20):
        assert known[name] == metadata.version(name)
    brought = metadata.packages_distributions()
    for module in ("pandas", "yaml", "dateutil", "PIL"):
        assert set(packages.providers([module])) == {each.lower() for each in brought[module]}


# What is shown does not tell of the process


def test_a_warning_and_a_traceback_show_no_path_and_no_process(project: Path) -> None:
    source = "import traceback, warnings\nwarnings.warn('careful')\n"
    source += "try:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()\n"
    source += "def where(): return where.__code__.co_filename\nwhere()"
    made = []
    for _ in range(2):
        path = notebook(project / "book" / "one.ipynb", cell(source, "value"))
        made.append(runs.execute([Run(path)], project)["one"].read_text("utf-8"))
        Store(project).clear()

    assert made[0] == made[1]
    assert "cell-1.py:2: UserWarning: careful" in made[0]
    assert "ipykernel_" not in made[0]
    assert str(os.getpid()) not in made[0]
