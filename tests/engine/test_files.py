"""Files that appear whole or not at all, however many processes write them."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from borderbook import files
from borderbook.datapackage import descriptor
from tests.processes import at_once

TIMES, SIZE = 40, 200_000


def _write_often(path: Path, letter: str) -> None:
    for _ in range(TIMES):
        files.write(path, letter * SIZE)


def test_a_file_that_many_processes_write_is_whole_whenever_it_is_read(tmp_path: Path) -> None:
    path, seen = tmp_path / "folder" / "file.json", set()

    def look() -> None:
        if path.exists():
            text = path.read_text("utf-8")
            assert text == text[0] * SIZE
            seen.add(text[0])

    at_once(_write_often, path, look)

    assert len(seen) > 1, "it was read while several wrote"
    assert [each.name for each in path.parent.iterdir()] == ["file.json"], "nothing is left over"


def test_a_file_that_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    files.write(path, "old")

    def full(self: Path, target: Path) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no room"):
        files.write(path, "new")
    files.keep(path, "new")

    assert {each.name: each.read_text("utf-8") for each in tmp_path.iterdir()} == {"a.txt": "old"}


def test_no_two_writers_of_the_descriptor_have_one_temporary_file(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Path] = []
    replace = Path.replace

    def spied(self: Path, target: Path) -> Path:
        used.append(self)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", spied)
    for line in ("", "\n"):
        (data_copy / "countries.csv").write_text(f"code{line}", "utf-8")
        assert descriptor.seal(data_copy) == ["countries"]

    assert len(set(used)) == len(used) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of its own")
def test_a_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    files.write(tmp_path / "a", "")
    (tmp_path / "b").touch()

    modes = [stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in "ab"]
    assert modes[0] == modes[1]
