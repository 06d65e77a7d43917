"""The kernel of a run: one of Jupyter's that records what the run depends on.

This is its program, so nothing of the project is imported before the hooks are set, and what lies
beside it is imported without the project's knowledge.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:
    from borderbook.execution import importer, opened, recorder, surroundings
else:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import importer
    import opened
    import recorder
    import surroundings

    del sys.path[0]

_SIBLINGS = ("importer", "kernel", "opened", "recorder", "surroundings")


def start(argv: list[str]) -> None:
    """Set the hooks and be a kernel until told to end: the connection file, the project, the log.

    What was imported of the project before is forgotten: a run imports its helpers anew.
    """
    parser = argparse.ArgumentParser()
    for name in ("connection", "root", "log"):
        parser.add_argument(name, type=Path)
    given, more = parser.parse_known_args(argv)
    os.chdir(given.root)
    if hasattr(time, "tzset"):
        time.tzset()
    scratch = given.log.parent
    caches = given.root / ".cache"
    environment = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.prefix).resolve()}
    temporary = Path(tempfile.gettempdir())
    aside = [scratch, caches, given.root / "_build", temporary, *environment]
    record = recorder.Recorder(given.root, given.log, aside)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if name != "__main__" and (name in _SIBLINGS or record.is_of_project(file)):
            del sys.modules[name]
    if hidden := _hidden(given.root):
        os.write(2, f"{hidden}\n".encode())
        raise SystemExit(1)
    around = surroundings.Surroundings(record.is_ours, record.log)
    sys.path.insert(0, "")  # the project, as for any kernel
    sys.meta_path.insert(0, importer.Importer(record, caches / "bytecode"))
    os.environ["IPYTHONDIR"] = str(scratch)
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    sys.argv = ["ipykernel"]
    quiet = ["--log-level=CRITICAL", "--ext=borderbook.ipython"]
    app: Any = IPKernelApp.instance()
    app.initialize(["-f", str(given.connection), *quiet, *more])
    _follow(record, around, app.shell)
    app.start()


def _follow(record: recorder.Recorder, around: surroundings.Surroundings, shell: Any) -> None:
    """Record what the cells of a kernel do."""
    shell.ast_transformers.append(surroundings.Clocks())

    def end(_: Any) -> None:
        around.end()
        record.drain()
        record.note_libraries()

    record.watch_files(opened)
    shell.events.register("pre_run_cell", lambda _: around.begin())
    shell.events.register("post_run_cell", end)
    record.note_libraries()
    around.follow()
    sys.addaudithook(record)
    record.watch_places()


def _hidden(root: Path) -> str:
    """Return what is wrong if a module at the top of the project hides one that is loaded."""
    for entry in sorted(os.listdir(root)):
        name = entry.removesuffix(".py")
        whole = name != entry or (root / entry / "__init__.py").is_file()
        loaded = sys.modules.get(name) if whole else None
        if loaded is not None and name != "__main__":
            return (
                f"{root / entry} has the name of a module that every kernel loads, {name}, and "
                "hides it from notebooks: give it another name"
            )
    return ""


if __name__ == "__main__":
    start(sys.argv[1:])
