"""Line ends: data files stay as they are on a checkout, and those converted are told as such."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from borderbook import cli
from borderbook.datapackage import resources
from borderbook.datapackage.resources import DataError
from tests.real_book import ROOT


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "core.autocrlf=true")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def clone(source: Path, folder: Path) -> Path:
    """Return a clone of a folder as git makes it where it converts line ends."""
    git(source, "init", "-q")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "a")
    git(source.parent, "clone", "-q", "-c", "core.autocrlf=true", source.name, folder.name)
    return folder


def test_a_clone_has_every_file_as_it_was_committed(data_copy: Path, tmp_path: Path) -> None:
    source = data_copy.parent
    (source / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    book = source.rename(tmp_path.parent / f"{tmp_path.name}-book")

    copy = clone(book, tmp_path.parent / f"{tmp_path.name}-clone")

    found = [path for name in ("data", "book") for path in (copy / name).rglob("*")]
    files = [path.relative_to(copy) for path in found if path.is_file()]
    assert len(files) > 20
    assert [f for f in files if (copy / f).read_bytes() != (book / f).read_bytes()] == []


def test_a_file_that_differs_by_line_ends_alone_is_told_as_that_and_put_back(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = data_copy / "population.csv"
    sealed, described = path.read_bytes(), (data_copy / "datapackage.json").read_bytes()
    path.write_bytes(sealed.replace(b"\n", b"\r\n"))

    with pytest.raises(DataError) as told:
        resources.load("population")

    assert str(told.value).splitlines()[1:] == [
        "data/population.csv: differs from the sealed file by its line ends alone, as where git "
        "converts them on a checkout; `borderbook seal` puts them back and seals nothing"
    ]
    monkeypatch.setattr(sys, "argv", ["borderbook", "seal"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    assert "nothing to seal" in capsys.readouterr().err
    assert path.read_bytes() == sealed
    assert (data_copy / "datapackage.json").read_bytes() == described
    assert len(resources.load("population")) > 0


def test_a_file_that_differs_by_more_than_line_ends_is_an_edit(data_copy: Path) -> None:
    path = data_copy / "population.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"RU-OMS,2029,5\r\n")

    with pytest.raises(DataError, match="if the change is meant, run `borderbook seal`"):
        resources.load("population")
