"""The house: sizes of modules and folders, the wall between engine and content, the layers."""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.real_book import ROOT

PACKAGES = ("borderbook", "helpers")
LONGEST, MOST = 400, 16
TEXTS = {".py", ".js", ".css", ".html", ".json", ".txt", ".typed"}
# What names of places share with ordinary words, a typeface, a licence and YAML's false.
ORDINARY = {
    *("all", "countries", "autonomous", "republic", "region", "city", "jewish", "saint"),
    *("north", "south", "east", "west", "все", "страны", "georgia", "BY", "NO"),
}
# What the data do not spell out: words of the subject, and of money.
MORE = ("oblast", "krai", "okrug", "okved", "nace", "rouble", "ruble", "tenge", "dollar")
WORD = r"[^\W\d_]+"
PHRASES = ("border group", "bordering region", "border region", "subject of the federation")
# Names that say what was done to a thing, or how the author sees it, but not what it is.
VAGUE = {
    *("found", "held", "told", "said", "kept", "own", "mend", "fault", "faults", "wishes"),
    *("wholes", "beside"),
}


def modules() -> list[Path]:
    return sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))


def test_no_module_is_longer_than_a_reader_follows() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in modules()
    }
    assert len(lengths) > 80, "both packages are looked at"
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_folder_holds_more_modules_than_a_reader_overlooks() -> None:
    held = Counter(
        path.parent.relative_to(ROOT).as_posix()
        for path in modules()
        if path.name not in ("__init__.py", "__main__.py")
    )
    assert {"borderbook/site", "helpers/gross_product"} <= set(held)
    assert {folder: count for folder, count in held.items() if count > MOST} == {}


def test_packages_hand_on_nothing() -> None:
    """A run depends on each module that it imports: one that imports others drags them along."""
    full = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if path.name == "__init__.py" and path.parent.name != "cli" and path.read_text("utf-8")
    ]
    assert full == []


# Names are nouns


def named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Return the line and the name of each thing that a module names."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield node.lineno, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name
            case ast.MatchMapping(rest=str(name)):
                yield node.lineno, name


def vague(source: str) -> list[tuple[int, str]]:
    return sorted(
        (line, name) for line, name in named(ast.parse(source)) if name.strip("_").lower() in VAGUE
    )


def test_a_vague_name_is_seen_wherever_it_is_given() -> None:
    """Also as a private constant; as a word of a longer name or of a text it is nobody's name."""
    lines = (
        "_TOLD: int = 1",
        "def held(own, *, kept=None, **faults): ...",
        "class Wishes: ...",
        "thing._found = [said for said in ()]",
        "import os as mend",
        "with open('') as (fault, _): ...",
        "try: ...\nexcept OSError as beside: ...",
        "match 1:\n case {'a': [*wholes], **own}: ...\n case _ as told: ...",
        "'found', thing.found, found_at, of(found=1), founder",
    )
    expected = [
        *("_TOLD", "held", "own", "kept", "faults", "Wishes", "_found", "said", "mend", "fault"),
        *("beside", "wholes", "own", "told"),
    ]
    assert sorted(name for _, name in vague("\n".join(lines))) == sorted(expected)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_says_what_the_thing_is(package: str) -> None:
    listed = [
        f"{path.relative_to(ROOT).as_posix()}:{line}: {name}"
        for path in modules()
        if path.is_relative_to(ROOT / package)
        for line, name in vague(path.read_text("utf-8"))
    ]
    assert not listed, "\n".join(["name these for what they are:", *listed])


# The engine knows nothing of the paper


def table(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words_of_the_paper() -> tuple[set[str], set[str]]:
    """Return what the engine may not say, from the data: as written, and in any case and form."""
    regions, countries = table("regions"), table("countries")
    exact = {row["region"] for row in regions} | {row["country"] for row in countries}
    exact |= {row["publisher"] for row in table("sources")}
    forms = set(MORE)
    for row in [*regions, *countries]:
        forms |= {word.lower() for word in re.findall(WORD, row["name_en"]) if len(word) > 2}
        # Russian bends the ends of words.
        forms |= {word.lower()[:-2] for word in re.findall(WORD, row["name_ru"]) if len(word) > 5}
    package = json.loads((ROOT / "data" / "datapackage.json").read_text("utf-8"))
    schemas = [each.get("schema", {}) for each in package["resources"]]
    for unit in {field.get("unit", "") for each in schemas for field in each.get("fields", ())}:
        forms |= {word.lower() for word in re.findall(r"\b[A-Z]{3}\b", unit)}
    return exact - ORDINARY, forms - ORDINARY


def test_the_engine_has_no_word_of_the_paper() -> None:
    """Neither in code nor in docstrings, examples, messages, styles, scripts or templates."""
    exact, forms = words_of_the_paper()
    assert {"RU-ORE", "KZ", "Rosstat"} <= exact, "the words come from the data"
    assert {"kazakhstan", "казахст", "tyumen", "rub", "usd", "mongolia"} <= forms
    names = sorted(exact, key=len, reverse=True)
    written = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    latin = {form for form in forms if form.isascii()}
    russian = tuple(forms - latin)
    faults = []
    for path in sorted((ROOT / "borderbook").rglob("*")):
        if path.suffix not in TEXTS:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            low = line.lower()
            seen = {*written.findall(line)} | {phrase for phrase in PHRASES if phrase in low}
            for word in re.findall(WORD, low):
                if word.removesuffix("s") in latin or word.startswith(russian):
                    seen.add(word)
            if seen:
                place = path.relative_to(ROOT).as_posix()
                faults.append(f"{place}:{number}: {', '.join(sorted(seen))}")
    assert faults == []


# Any module can be the first


FIRST = """
import gc, importlib, os, sys
names = sys.stdin.read().split()
for name in ("pandas", "altair", "pydantic"):
    importlib.import_module(name)  # foreign, and slow: once for all
gc.disable()
for name in names:
    sys.stdout.flush()
    child = os.fork()
    if not child:
        try:
            importlib.import_module(name)
        except BaseException as error:
            print(f"{name}: {type(error).__name__}: {error}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_any_module_can_be_imported_first() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules()
        if path.name != "__main__.py"
    ]
    done = subprocess.run(
        [sys.executable, "-c", FIRST],
        input="\n".join(names),
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == []


# Layers


@pytest.mark.skipif(sys.platform == "win32", reason="the script's name differs")
def test_the_contracts_of_imports_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_version_is_the_same_wherever_it_stands() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == version
