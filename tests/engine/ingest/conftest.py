"""The command line on a copy of the data package."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from borderbook import cli
from tests.real_book import ROOT

Run = Callable[..., str]


@pytest.fixture
def folder(data_copy: Path) -> Path:
    """Return a copy of the data package, which the commands work on."""
    if (ROOT / ".cache" / "checked").is_dir():
        shutil.copytree(ROOT / ".cache" / "checked", data_copy.parent / ".cache" / "checked")
    return data_copy


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return `borderbook data`: what it says; `status` is the exit status it must have."""

    def command(*arguments: object, status: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["borderbook", "data", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr().err
        assert (ended.value.code or 0) == status, said
        return said

    return command
