"""What long tests counted, kept in `_build/soak.json`: how many kills, edits, inputs, mutants."""

from __future__ import annotations

import fcntl
import json

from borderbook import files
from tests.real_book import ROOT

FILE = ROOT / "_build" / "soak.json"


def record(name: str, **counts: int) -> None:
    """Write the counts of the long test `name` into the file, in place of those of its last run.

    What other tests counted stays; several processes may record at once.

        soak.record("kills of a build", kills=100, old=61, new=39)
    """
    FILE.parent.mkdir(exist_ok=True)
    with FILE.with_name(f".{FILE.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        counted = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        counted[name] = counts
        files.write(FILE, f"{json.dumps(counted, indent=1, sort_keys=True)}\n")
