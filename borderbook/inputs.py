"""Files that authors write, read as what they are: text, JSON, YAML, TOML, notebooks.

Whatever is wrong with one ends in an InputError that says which file, where in it, and how to fix
it: it is missing, a folder, unreadable, too large, in another encoding, damaged, nested too deeply,
says a thing twice, or is of another kind than it should be.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from borderbook.errors import UserError

LARGEST = 200_000_000
"""Bytes of a file that is read at all."""
LARGEST_YAML = 1_000_000
"""Bytes of a YAML file, which is read slowly; aliases may not make it larger either."""

# Names that mean something else than a file on some system.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_NAME = re.compile(r"\w[\w.+-]*")

CONFLICT_IN_PROSE = re.compile(r"(?m)^(?:<{7}|>{7}) .*$")
"""Conflict markers where a row of equals signs means something of its own."""
_CONFLICT = re.compile(r"(?m)^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?\r?$")
_AGAIN = "open it in an editor and save it again as UTF-8"
_CELLS = ("code", "markdown", "raw")
_SAVE = "open it in Jupyter, mend it and save it"


class InputError(UserError, ValueError):
    """A file of the book that cannot be read as what it is; the message names file and place."""


class MissingError(InputError, FileNotFoundError):
    """A file of the book that is not there."""


def is_name(text: str) -> bool:
    """Return whether a text can be the name of one file or folder, on every system.

    >>> is_name("loaves-2"), is_name("../loaves"), is_name("nul"), is_name("a/b"), is_name("")
    (True, False, False, False, False)
    """
    return bool(_NAME.fullmatch(text)) and not _RESERVED.fullmatch(text) and len(text) <= 100


def place(path: Path) -> str:
    """Return how a file is named to its author: from the working directory where it lies in it."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def read_text(path: Path, largest: int = LARGEST) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark.

    Raises MissingError if there is no such file, InputError if it cannot be read as text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except FileNotFoundError:
        raise MissingError(f"{place(path)}: there is no such file; restore it") from None
    except IsADirectoryError:
        raise InputError(
            f"{place(path)} is a folder where a file is needed; move it away"
        ) from None
    except OSError as error:
        fix = "see that you may read it"
        raise InputError(f"{place(path)}: it cannot be read ({error.strerror}); {fix}") from None
    if len(content) > largest:
        raise InputError(
            f"{place(path)}: it has more than the {largest // 10**6} MB that can be read; take out "
            "what does not belong into it"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{place(path)}, line {line}: this is not UTF-8; {_AGAIN}") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{place(path)}, line {line}: a NUL byte, so it is no text; {_AGAIN}")
    return text


def read_json(path: Path, kind: type = dict) -> Any:
    """Return a file of JSON that is a mapping or, if `kind` says so, a list.

    Raises InputError for what is no JSON, says a key twice, or is of another kind.
    """
    text = read_text(path)
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise _broken(path, text, error.lineno, error.msg) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place(path)}: {_reason(error)}") from None
    return _of_kind(path, document, kind)


def read_toml(path: Path) -> dict[str, Any]:
    """Return a file of TOML; InputError if it is none."""
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise _broken(path, text, int(line[1]) if line else text.count("\n") + 1, reason) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place(path)}: {_reason(error)}") from None


def read_yaml(path: Path, kind: type = dict, *, texts: bool = False, blank: Any = None) -> Any:
    """Return a file of YAML that is a mapping or, if `kind` says so, a list.

    With `texts` each value is the text that is written there: NO is a country. `blank` is what a
    file without anything stands for, if it may be one. Raises InputError for what is no YAML, says
    a key twice, has aliases without end, or is of another kind.
    """
    import yaml  # noqa: PLC0415  (a build in which nothing has changed ends without it)

    text = read_text(path, LARGEST_YAML)
    try:
        loader = (yaml.BaseLoader if texts else yaml.SafeLoader)(text)
        try:
            node = loader.get_single_node()
            _size(path, node, {})
            document = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(filter(None, (error.context, error.problem)))
        raise _broken(path, text, mark.line + 1 if mark else 1, reason) from None
    except yaml.YAMLError as error:
        raise InputError(f"{place(path)}: {' '.join(str(error).split())}; {_AGAIN}") from None
    except InputError:
        raise
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(f"{place(path)}: {_reason(error)}") from None
    if document in (None, "") and blank is not None:
        return blank
    return _of_kind(path, document, kind)


def read_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook as JSON has it, each cell with its type, text and metadata.

    Raises InputError, with the cell, for what is no notebook of nbformat 4, or says a key twice.
    """
    notebook: dict[str, Any] = read_json(path)
    if reason := next(_unreadable(notebook), None):
        raise InputError(f"{place(path)} is no notebook: {reason}; {_SAVE}")
    return notebook


def check_notebook(path: Path, document: Mapping[str, Any]) -> None:
    """Raise InputError if a notebook, read by `read_notebook`, cannot be executed."""
    if reason := next(_unfinished(document), None):
        raise InputError(f"{place(path)} is no notebook: {reason}; {_SAVE}")


def _unfinished(document: Mapping[str, Any]) -> Iterator[str]:
    """Return what a notebook lacks for Jupyter, although its cells can be read."""
    if document.get("nbformat") != 4 or not isinstance(document.get("nbformat_minor"), int):
        yield "its nbformat is not 4"
    if not isinstance(document.get("metadata"), dict):
        yield "it has no metadata"
    for number, cell in enumerate(document["cells"], start=1):
        if "metadata" not in cell:
            yield f"cell {number} has no metadata"


def _unreadable(document: Mapping[str, Any]) -> Iterator[str]:
    """Return why the cells of a notebook cannot be read."""
    if not isinstance(document.get("cells"), list):
        yield "it has no list of cells"
        return
    for number, cell in enumerate(document["cells"], start=1):
        if not isinstance(cell, dict):
            yield f"cell {number} is no mapping"
            return
        metadata = cell.get("metadata", {})
        tags = metadata.get("tags", []) if isinstance(metadata, dict) else None
        outputs = cell.get("outputs", [])
        if cell.get("cell_type") not in _CELLS:
            yield f"cell {number} is of the type {cell.get('cell_type')!r}"
        if not isinstance(cell.get("source"), str) and not _are_texts(cell.get("source")):
            yield f"the source of cell {number} is no text"
        if not isinstance(metadata, dict) or not _are_texts(tags):
            yield f"the metadata of cell {number} are no mapping, or its tags no list of texts"
        if not isinstance(outputs, list) or not all(map(_is_output, outputs)):
            yield f"cell {number} has an output that is none"


def _is_output(output: Any) -> bool:
    if not isinstance(output, dict) or not isinstance(output.get("output_type"), str):
        return False
    return all(isinstance(output.get(key, {}), dict) for key in ("data", "metadata"))


def _are_texts(listed: Any) -> bool:
    return isinstance(listed, list) and all(isinstance(each, str) for each in listed)


def _of_kind(path: Path, document: Any, kind: type) -> Any:
    if not isinstance(document, kind):
        what = "list" if kind is list else "mapping"
        raise InputError(f"{place(path)}: it holds no {what}; write one")
    return document


def conflicts(text: str, markers: re.Pattern[str] = _CONFLICT) -> str:
    """Return where git left conflict markers in a text, and what to do; blank if it did not."""
    marker = markers.search(text)
    if marker is None:
        return ""
    line = text.count("\n", 0, marker.start()) + 1
    return (
        f"line {line}: git left conflict markers here; choose one of the two versions, and take "
        "out the lines that begin with <<<<<<<, ======= and >>>>>>>"
    )


def _broken(path: Path, text: str, line: int, reason: str) -> InputError:
    """Return the error of a file that cannot be parsed; a merge that was left undone is told."""
    if conflict := conflicts(text):
        return InputError(f"{place(path)}, {conflict}")
    if not text.strip():
        return InputError(f"{place(path)}: the file is empty; restore it")
    return InputError(f"{place(path)}, line {line}: {reason}; correct it there")


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply; write it with fewer levels"
    return f"{error}; correct it"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        known = next((made[key] for key in ("id", "name") if isinstance(made.get(key), str)), None)
        which = f", that of {known!r}" if known else ""
        raise ValueError(f"{twice!r} stands twice in one mapping{which}")
    return made


def _size(path: Path, node: Any, known: dict[int, int]) -> int:
    """Return how much a node of YAML stands for, aliases written out.

    Raises InputError for a key that stands twice, an alias within itself and a node too large.
    """
    if node is None or isinstance(node.value, str):
        return 1
    if id(node) in known:
        if not known[id(node)]:
            raise _at(path, node, "an alias that holds itself")
        return known[id(node)]
    known[id(node)] = 0  # as long as it is being looked at
    pairs = [each for each in node.value if isinstance(each, tuple)]
    names = [key.value for key, _ in pairs if isinstance(key.value, str)]
    for key, _ in pairs:
        if names.count(key.value) > 1 and key.value != "<<":
            raise _at(path, key, f"{key.value!r} stands twice in one mapping")
    below = [part for each in node.value for part in (each if isinstance(each, tuple) else (each,))]
    known[id(node)] = size = 1 + sum(_size(path, part, known) for part in below)
    if size > LARGEST_YAML:
        raise _at(path, node, "its aliases stand for more than can be read")
    return size


def _at(path: Path, node: Any, what: str) -> InputError:
    return InputError(f"{place(path)}, line {node.start_mark.line + 1}: {what}; correct it there")
