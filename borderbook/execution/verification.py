"""Whether notebooks show the same under other circumstances: each is executed twice, and compared.

Once as a build executes it, once in an ordinary kernel with another home, temporary folder, user,
time zone, language and hash seed, in the opposite order. Nothing is stored.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from borderbook import scratch
from borderbook.execution import execute, forkserver

OTHER = {
    **{"TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr", "PYTHONHASHSEED": "1"},
    **{"USER": "somebody", "LOGNAME": "somebody"},
}
"""Variables of the environment that are others the second time; home and temporary folder too."""
# Lines of a difference that are shown, and characters of a line.
_LINES, _WIDTH = 12, 160


@dataclass(frozen=True)
class Verified:
    """What two executions of a notebook showed: the cells that differ, each with some lines of it.

    `error` is why there is nothing to compare; `reasons` is what no hook can follow, such as that a
    cell read the clock: it may differ another day.
    """

    notebook: Path
    differences: Mapping[str, Sequence[str]]
    reasons: tuple[str, ...] = ()
    error: str | None = None


def verify(
    notebooks: Sequence[Path],
    root: Path,
    jobs: int | None = None,
) -> Iterator[Verified]:
    """Return for each notebook what two executions of it showed.

    `jobs` kernels are at work at once, one per core unless given.
    """
    with (
        scratch.temporary("verify") as elsewhere,
        ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool,
    ):
        home, temporary = elsewhere / "home", elsewhere / "temporary"
        home.mkdir()
        temporary.mkdir()
        other = OTHER | {"HOME": str(home), "TMPDIR": str(temporary)}

        def executed(notebook: Path, settings: Mapping[str, str]) -> execute.Executed | str:
            try:
                return execute.execute(notebook, {}, root, settings=settings)
            except execute.ExecutionError as error:
                return str(error)

        usual = {path: pool.submit(executed, path, {}) for path in notebooks}
        changed = {path: pool.submit(executed, path, other) for path in reversed(notebooks)}
        try:
            for path in notebooks:
                yield _compared(path, usual[path].result(), changed[path].result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            forkserver.FORK_SERVER.close()
            raise


def _compared(
    path: Path, first: execute.Executed | str, second: execute.Executed | str
) -> Verified:
    if isinstance(first, str):
        return Verified(path, {}, error=f"as usual: {first}")
    if isinstance(second, str):
        return Verified(path, {}, error=f"only under other circumstances: {second}")
    reasons = dict.fromkeys(
        name for kind, name, _ in (*first.record, *second.record) if kind == "unseen"
    )
    before, after = _shown(first.text), _shown(second.text)
    differing = {
        name: _lines(before[name], after[name]) for name in before if before[name] != after[name]
    }
    return Verified(path, differing, tuple(reasons))


def _shown(text: str) -> dict[str, Any]:
    """Return the outputs of each cell by its id."""
    return {cell["id"]: cell.get("outputs", []) for cell in json.loads(text)["cells"]}


def _lines(before: Any, after: Any) -> list[str]:
    """Return how two outputs differ, the first lines of it."""
    old, new = (
        json.dumps(each, indent=1, ensure_ascii=False).splitlines() for each in (before, after)
    )
    changed = [
        line if len(line) <= _WIDTH else f"{line[:_WIDTH]} …"
        for line in difflib.unified_diff(old, new, n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]
    return changed if len(changed) <= _LINES else [*changed[:_LINES], "…"]
