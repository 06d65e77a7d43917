"""Several files replaced as one, whatever ends the process in between."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from borderbook.datapackage import transaction
from borderbook.datapackage.transaction import JournalError

OLD = {"a.csv": b"old a", "deep/b.csv": b"old b", "package.json": b"old package"}
NEW = {
    "a.csv": b"new a",
    "deep/b.csv": b"new b",
    "fresh/c.yml": b"c",
    "package.json": b"new package",
}

# Ends the process at the n-th step that touches the disk.
DYING = """
import os, sys
from pathlib import Path
from borderbook.datapackage import transaction
folder, last_step, contents = Path(sys.argv[1]), int(sys.argv[2]), {contents!r}
steps = 0
def step(event, given):
    global steps
    if event == "open" and given[1] != "wb" or event not in TOUCHES:
        return
    steps += 1
    if steps > last_step:
        os._exit(9)
TOUCHES = {{"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}}
sys.addaudithook(step)
{call}
"""
REPLACE = "transaction.replace(folder, contents, {})"
RECOVER = "transaction.recover(folder, 'package.json')"


def write(folder: Path) -> None:
    for path, content in OLD.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def died(folder: Path, step: int, call: str) -> bool:
    """Return whether the process was ended at a step, and had not come to its end before."""
    script = DYING.format(contents=NEW, call=call)
    done = subprocess.run([sys.executable, "-c", script, folder, str(step)], check=False)
    assert done.returncode in (0, 9)
    return done.returncode == 9


def test_a_process_killed_at_any_step_leaves_all_files_old_or_all_new(tmp_path: Path) -> None:
    states = []
    for step in range(100):
        folder = tmp_path / str(step)
        write(folder)
        killed = died(folder, step, REPLACE)
        if not killed:
            break
        transaction.recover(folder, "package.json")
        assert not transaction.under_way(folder)
        states.append(contents(folder) == NEW)
        assert contents(folder) == (NEW if states[-1] else OLD), f"step {step}"
    assert contents(folder) == NEW
    assert states == sorted(states), "old until the last file is replaced, new from then on"
    assert states.count(False) > len(OLD) + len(NEW)
    assert True in states


def test_recovery_that_is_killed_can_be_run_again(tmp_path: Path) -> None:
    for step in range(100):
        folder = tmp_path / str(step)
        write(folder)
        (folder / transaction.JOURNAL / "old" / "deep").mkdir(parents=True)
        for path, content in OLD.items():
            (folder / transaction.JOURNAL / "old" / path).write_bytes(content)
        (folder / "a.csv").write_bytes(b"new a")
        killed = died(folder, step, RECOVER)
        transaction.recover(folder, "package.json")
        assert contents(folder) == OLD, f"step {step}"
        if not killed:
            break
    assert step > len(OLD)


@pytest.mark.parametrize("failing", range(1, 13))
def test_a_failure_puts_the_old_files_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    write(tmp_path)
    whole, steps = Path.open, []

    def full(self: Path, mode: str = "r") -> object:
        steps.append(mode)
        if mode == "wb" and steps.count("wb") == failing:
            with whole(self, mode) as file:
                file.write(b"half")
            raise OSError("the disk is full")
        return whole(self, mode)

    monkeypatch.setattr(Path, "open", full)
    if failing > 2 * len(NEW) + 1:
        transaction.replace(tmp_path, NEW, {})
        assert contents(tmp_path) == NEW
        return
    with pytest.raises(OSError, match="the disk is full"):
        transaction.replace(tmp_path, NEW, {})

    assert contents(tmp_path) == OLD


def test_a_change_rests_on_what_was_read_and_on_no_other_change(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(JournalError, match=r"a\.csv was changed meanwhile"):
        transaction.replace(tmp_path, NEW, {"a.csv": b"other"})
    assert contents(tmp_path) == OLD
    (tmp_path / transaction.JOURNAL).mkdir()
    with pytest.raises(JournalError, match=r"another change of .* is under way"):
        transaction.replace(tmp_path, NEW, {})
    assert contents(tmp_path) == OLD
    assert transaction.recover(tmp_path, "package.json") == []
    assert not transaction.under_way(tmp_path)
