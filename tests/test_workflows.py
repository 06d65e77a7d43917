"""Workflows and issue forms: valid by their schemas, few rights, and all that they run exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.real_book import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = [p for p in sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml")) if p.name != "config.yml"]


def read(path: Path) -> dict[Any, Any]:
    return yaml.safe_load(path.read_text("utf-8"))


def jobs() -> list[tuple[Path, str, dict[str, Any]]]:
    return [(p, name, job) for p in WORKFLOWS for name, job in read(p)["jobs"].items()]


def steps() -> list[dict[str, Any]]:
    return [step for _, _, job in jobs() for step in job["steps"]]


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("custom.github-workflows-require-timeout", WORKFLOWS),
        ("vendor.dependabot", [GITHUB / "dependabot.yml"]),
        ("vendor.github-issue-forms", FORMS),
        ("vendor.github-issue-config", [GITHUB / "ISSUE_TEMPLATE" / "config.yml"]),
        ("vendor.citation-file-format", [ROOT / "CITATION.cff"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_files_are_valid_by_their_schemas(schema: str, files: list[Path]) -> None:
    assert files
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_workflows_may_only_read_but_the_one_job_that_publishes() -> None:
    for path in WORKFLOWS:
        assert read(path)["permissions"] == {"contents": "read"}, path.name
        assert read(path)["concurrency"]["group"], path.name
    granted = {(path.stem, name): job.get("permissions") for path, name, job in jobs()}
    assert granted.pop(("publish", "deploy")) == {"pages": "write", "id-token": "write"}
    assert set(granted.values()) == {None}
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


def test_actions_are_pinned_by_commit_with_the_version_beside_it() -> None:
    lines = [
        line for p in WORKFLOWS for line in p.read_text("utf-8").splitlines() if "uses:" in line
    ]

    assert len(lines) == sum("uses" in step for step in steps())
    for line in lines:
        assert re.search(r"uses: actions/[a-z-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+$", line), line
    assert len({line.split("uses: ")[1] for line in lines}) == len(
        {line.split("uses: ")[1].split("@")[0] for line in lines}
    ), "one version of each action"


def test_every_command_that_a_workflow_runs_is_there() -> None:
    commands = [step["run"] for step in steps() if "run" in step]
    assert commands
    for command in commands:
        program, *words = command.split()
        if program == "make":
            made = subprocess.run(
                ["make", "--dry-run", *words], cwd=ROOT, capture_output=True, text=True, check=False
            )
            assert made.returncode == 0, made.stderr
        else:
            assert re.match(r"pipx run pip-audit==\d+\.\d+\.\d+ --strict ", command), command


def test_tests_run_by_the_two_commands_on_each_python_that_is_promised() -> None:
    [job] = [job for path, _, job in jobs() if path.stem == "test"]

    assert [step["run"] for step in job["steps"] if "run" in step] == ["make book", "make test"]
    minors = [int(version.removeprefix("3.")) for version in job["strategy"]["matrix"]["python"]]
    assert minors == list(range(11, 15))
    assert f'requires-python = ">=3.{minors[0]}"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_what_is_published_is_what_the_book_command_writes() -> None:
    [build] = [job for path, name, job in jobs() if (path.stem, name) == ("publish", "build")]
    *_, made, uploaded = build["steps"]

    assert made["run"] == "make book"
    assert uploaded["uses"].startswith("actions/upload-pages-artifact@")
    assert f"{uploaded['with']['path']}/index.html" in (ROOT / "README.md").read_text("utf-8")
    assert read(GITHUB / "workflows" / "publish.yml")[True]["push"] == {"branches": ["main"]}


def test_both_locks_are_audited_each_week() -> None:
    workflow = read(GITHUB / "workflows" / "audit.yml")
    locks = workflow["jobs"]["audit"]["strategy"]["matrix"]["lock"]

    assert sorted(locks) == sorted(path.name for path in ROOT.glob("requirements*.txt"))
    assert workflow[True]["schedule"]
    [command] = [s["run"] for s in workflow["jobs"]["audit"]["steps"] if "run" in s]
    assert "--require-hashes --requirement ${{ matrix.lock }}" in command


def test_packages_and_actions_are_kept_up_to_date() -> None:
    updates = {update["package-ecosystem"] for update in read(GITHUB / "dependabot.yml")["updates"]}

    assert updates == {"pip", "github-actions"}


def test_the_form_for_a_wrong_number_asks_where_it_stands_and_what_is_right() -> None:
    fields = read(GITHUB / "ISSUE_TEMPLATE" / "number-is-wrong.yml")["body"]
    required = {f["id"] for f in fields if f.get("validations", {}).get("required")}

    assert required == {"page", "figure", "seen", "expected", "source"}
