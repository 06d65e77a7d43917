"""What is installed: a lock for the book and one for the tests, quick imports, a browser."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from borderbook.execution.packages import required
from tests.real_book import ROOT

GRAMMARS = """
import sys
import altair, jsonschema, jupyter_events, nbformat
print([name for name in ("lark", "rfc3987_syntax") if name in sys.modules])
"""
APT_GET = """#!/bin/sh
echo "$@" >> "{told}"
case "$*" in *install*) printf '#!/bin/sh\\n' > "{made}"; /bin/chmod +x "{made}";; esac
"""
SUDO = """#!/bin/sh
shift
exec "$@"
"""


def pinned(name: str) -> dict[str, set[str]]:
    """Return the versions that a lock pins for each package."""
    found: dict[str, set[str]] = {}
    text = (ROOT / name).read_text("utf-8")
    for package, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


def wanted(name: str) -> set[str]:
    lines = [line.split("#")[0] for line in (ROOT / name).read_text("utf-8").splitlines()]
    found = (re.match(r"[\w.-]+", line) for line in lines if not line.startswith("-"))
    return {match[0].lower() for match in found if match}


def imported(path: Path) -> Iterator[str]:
    """Return the top names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_importing_altair_builds_no_grammars() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", GRAMMARS], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_each_lock_holds_what_is_wanted_and_both_agree() -> None:
    book, tests = pinned("requirements.txt"), pinned("requirements-test.txt")
    assert wanted("requirements.in") <= book.keys()
    assert wanted("requirements-test.in") <= tests.keys()
    assert not wanted("requirements-test.in") & book.keys()
    assert [name for name in book.keys() & tests.keys() if not tests[name] <= book[name]] == []


def test_the_book_needs_nothing_from_the_lock_of_the_tests() -> None:
    packages, locked = packages_distributions(), pinned("requirements.txt")
    files = [path for name in ("borderbook", "helpers") for path in (ROOT / name).rglob("*.py")]
    own = {"borderbook", "helpers", *(path.stem for path in files)}
    asked = {name for path in files for name in imported(path)} - own - sys.stdlib_module_names
    assert "altair" in asked
    unlocked = [
        name
        for name in sorted(asked)
        if not {re.sub(r"[-_.]+", "-", found).lower() for found in packages.get(name, ())}
        & locked.keys()
    ]
    assert unlocked == []


def test_runs_do_not_depend_on_what_only_tests_need() -> None:
    names = {name.rpartition("-")[0] for name in required(ROOT)}
    assert {"altair", "ipykernel", "numpy"} <= names
    assert not {"pytest", "pytest-xdist", "types-pyyaml", "borderbook", "pip"} & names


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a machine that has no browser, and reaches none to fetch."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "env").symlink_to(shutil.which("env") or "")
    nowhere = {"PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9"}
    own = {"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers")}
    return {**os.environ, **nowhere, **own}


def chromium(settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.chromium"]
    return subprocess.run(
        command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False
    )


def program(settings: dict[str, str], name: str, content: str) -> None:
    path = Path(settings["PATH"], name)
    path.write_text(content, "utf-8")
    path.chmod(0o755)


def test_a_browser_that_is_there_is_left_alone(bare: dict[str, str]) -> None:
    program(bare, "google-chrome", "#!/bin/sh\n")
    done = chromium(bare)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_a_browser_debians_is_installed(bare: dict[str, str], tmp_path: Path) -> None:
    told, made = tmp_path / "told.txt", tmp_path / "bin" / "chromium"
    program(bare, "apt-get", APT_GET.format(told=told, made=made))
    program(bare, "sudo", SUDO)
    done = chromium(bare)
    assert done.returncode == 0, done.stderr
    assert told.read_text("utf-8").splitlines() == ["-qq update", "-qq --yes install chromium"]


def test_where_no_browser_can_be_had_it_is_said_what_to_install(bare: dict[str, str]) -> None:
    done = chromium(bare)
    assert done.returncode == 1
    assert "apt-get install chromium" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_make_clean_removes_what_commands_made_and_nothing_else(tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    ours = (
        "_build/html/.borderbook",
        "_build/html/a.html",
        "_build/borderbook.pdf",
        ".cache/runs/a",
    )
    theirs = ("_build/thesis/thesis.txt", "_build/a note.txt", ".cache/mine/a.txt")
    for name in (*ours, *theirs):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", "utf-8")
    subprocess.run(["make", "--silent", "clean"], cwd=tmp_path, check=True)
    assert [name for name in ours if (tmp_path / name).exists()] == []
    assert [name for name in theirs if not (tmp_path / name).exists()] == []
    shutil.rmtree(tmp_path / "_build")
    (tmp_path / "_build" / "html").mkdir(parents=True)
    (tmp_path / "_build" / "html" / ".borderbook").write_text("x", "utf-8")
    subprocess.run(["make", "--silent", "clean"], cwd=tmp_path, check=True)
    assert not (tmp_path / "_build").exists()


def test_make_clean_knows_each_folder_of_the_cache() -> None:
    code = "".join(
        path.read_text("utf-8")
        for folder in ("borderbook", "helpers")
        for path in (ROOT / folder).rglob("*.py")
    )
    named = set(re.findall(r'(?:\.cache"|caches) / "([a-z]+)"', code))
    [kept] = re.findall(r"(?m)^KEPT := (.+)$", (ROOT / "Makefile").read_text("utf-8"))
    assert {"runs", "sites", "bytecode", "documents"} <= named
    assert named - set(kept.split()) == set()
