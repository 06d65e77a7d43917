"""Commands that are killed, that meet a full or read-only disk, or each other, or an author's edit.

Afterwards what was there or what was to be there stands whole, no source is touched, and the next
command needs no help and leaves no scratch.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from borderbook import files
from borderbook.datapackage import descriptor, transaction
from borderbook.datapackage.transaction import JournalError
from tests import soak
from tests.bakery import Bakery, Said, ended

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of its own")

WAITS = """
import os, pathlib, time
begun, go = pathlib.Path({begun!r}), pathlib.Path({go!r})
begun.with_suffix(".part").write_text(str(os.getpid()))
begun.with_suffix(".part").rename(begun)
while not go.exists():
    time.sleep(0.02)
"""
CAPBSET_DROP, DAC_OVERRIDE, DAC_READ_SEARCH = 24, 1, 2


class Shop(Bakery):
    """A bakery with temporary files of its own; a section of it can be made to wait."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "bakery")
        self.temporary, self.begun, self.go = (folder / name for name in ("tmp", "begun", "go"))
        self.temporary.mkdir()

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        env = {"TMPDIR": str(self.temporary), **options.pop("env", {})}
        return super().start(*words, env=env, **options)

    def make_wait(self, section: str) -> None:
        """Have a section wait in its last cell until it may go on."""
        path = self.root / "book" / f"{section}.ipynb"
        document = json.loads(path.read_text("utf-8"))
        cell = next(each for each in document["cells"] if each["id"] == "settings")
        source = "".join(cell["source"])
        cell["source"] = source + WAITS.format(begun=str(self.begun), go=str(self.go))
        path.write_text(json.dumps(document), "utf-8")

    def until_begun(self, process: subprocess.Popen[str]) -> int:
        """Wait for the section that waits; return the process of its kernel."""
        while not self.begun.exists():
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        return int(self.begun.read_text("utf-8"))

    def leftovers(self) -> list[str]:
        """Return what a command left that it should not: scratch, journals, temporary files."""
        here = [path for path in self.root.rglob(".*") if ".borderbook-" in path.name]
        here += [self.root / "data" / transaction.JOURNAL]
        there = [path for path in self.temporary.iterdir() if path.name != "pymp-"]
        return sorted(str(path) for path in (*here, *there) if path.exists())

    def sources(self) -> dict[str, bytes]:
        """Return what an author wrote."""
        return {
            name: content
            for name, content in contents(self.root).items()
            if name.startswith(("book/", "data/", "_"))
            if not name.startswith("_build/")
        }


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".cache" not in path.parts
    }


def is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return "Z (zombie)" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    return False


# An edit that is saved meanwhile


def test_refresh_keeps_an_edit_that_was_saved_while_it_ran(shop: Shop) -> None:
    """Both of a notebook that it has executed and of one that it is at."""
    shop.make_wait("dough")
    shop.replace("data/loaves.csv", "4,wheat,80,2.6", "4,wheat,81,2.6")
    assert shop.run_apart("seal").status == 0
    process = shop.start("refresh")
    shop.until_begun(process)
    edits = {}
    for section, old, new in (("loaves", "# ", "# Edited: "), ("dough", "# ", "# Edited: ")):
        text = shop.read(f"book/{section}.ipynb").replace(old, new, 1)
        (shop.root / "book" / f"{section}.ipynb").write_text(text, "utf-8")
        edits[section] = text
    shop.go.touch()
    said = ended(process)

    assert said.status == 2
    assert "book/dough.ipynb, book/loaves.ipynb: saved by something else" in said.err
    assert "Traceback" not in said.err
    for section, text in edits.items():
        assert shop.read(f"book/{section}.ipynb") == text
    again = shop.run_apart("refresh")
    assert again.status == 0, "as it says: run it again"
    assert "book/loaves.ipynb: outputs written" in again.err
    assert "Edited" in shop.read("book/loaves.ipynb")
    assert shop.leftovers() == []


def test_refresh_writes_no_notebook_that_was_removed_or_added_while_it_ran(shop: Shop) -> None:
    shop.make_wait("dough")
    process = shop.start("refresh")
    shop.until_begun(process)
    (shop.root / "book" / "dough.ipynb").unlink()
    shop.go.touch()

    assert ended(process).status == 2
    assert not (shop.root / "book" / "dough.ipynb").exists()


def test_seal_keeps_an_edit_of_the_descriptor_that_was_saved_while_it_ran(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.replace("data/loaves.csv", "4,wheat,80,2.6", "4,wheat,81,2.6")
    sealed = descriptor.sealed

    def meanwhile(content: bytes) -> dict[str, Any]:
        with suppress(AssertionError):
            shop.replace("data/datapackage.json", "Loaves by day and bread", "Edited")
        return sealed(content)

    with monkeypatch.context() as patch:
        patch.setattr(descriptor, "sealed", meanwhile)
        said = shop.run("seal", capsys=capsys)

    assert said.status == 2
    assert "data/datapackage.json was saved by something else meanwhile" in said.err
    assert "run the command again" in said.err
    assert "Edited" in shop.read("data/datapackage.json")
    again = shop.run("seal", capsys=capsys)
    assert (again.status, "sealed: loaves" in again.err) == (0, True)
    assert "Edited" in shop.read("data/datapackage.json")


def test_a_file_is_written_through_a_link_and_keeps_its_permissions(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old", "utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    files.write(link, "new", b"old")
    with pytest.raises(files.ChangedError):
        files.write(link, "newer", b"old")

    assert link.is_symlink()
    assert target.read_text("utf-8") == "new"
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "target"]


# Figures, several files as one

OLD = {"a.csv": b"old a", "package.json": b"old package"}
NEW: dict[str, bytes] = {"a.csv": b"new a", "b.yml": b"b", "package.json": b"new package"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, content in OLD.items():
        files.write(tmp_path / "data" / name, content)
    return tmp_path / "data"


@pytest.mark.parametrize("name", ["a.csv", "package.json", "b.yml"])
def test_a_file_saved_while_others_are_replaced_is_kept_and_all_are_as_before(
    package: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write = transaction._write

    def meanwhile(path: Path, content: bytes) -> None:
        write(path, content)
        if path.name == "new" and not (package / name).read_bytes().startswith(b"edited"):
            (package / name).write_bytes(b"edited")

    if name == "b.yml":
        monkeypatch.setattr(Path, "mkdir", _and_then(Path.mkdir, package / name))
        expected: Mapping[str, bytes | None] = {**OLD, "b.yml": None}
    else:
        monkeypatch.setattr(transaction, "_write", meanwhile)
        expected = OLD
    with pytest.raises(JournalError, match=rf"{name} was changed meanwhile; run the command again"):
        transaction.replace(package, NEW, expected)

    assert contents(package) == {**OLD, name: b"edited"}


def _and_then(mkdir: Callable[..., None], path: Path) -> Callable[..., None]:
    def both(self: Path, *args: Any, **kwargs: Any) -> None:
        mkdir(self, *args, **kwargs)
        path.write_bytes(b"edited")

    return both


def _cut_short(package: Path) -> None:
    """Replace files, and be killed before the last of them."""
    script = (
        "import os, sys; from pathlib import Path; from borderbook.datapackage import transaction\n"
        "def kill(path, content, write=transaction._write):\n"
        "    write(path, content)\n"
        "    if content == b'new package': os._exit(9)\n"
        "transaction._write = kill\n"
        f"transaction.replace(Path(sys.argv[1]), {NEW!r}, {{}})"
    )
    done = subprocess.run([sys.executable, "-c", script, str(package)], check=False)
    assert done.returncode == 9
    assert contents(package)["a.csv"] == b"new a"


def test_an_edit_after_an_addition_was_cut_short_is_kept_until_it_is_moved_away(
    package: Path,
) -> None:
    _cut_short(package)
    (package / "a.csv").write_bytes(b"edited")

    with pytest.raises(JournalError, match=r"data/a\.csv was edited .* move it away"):
        transaction.recover(package, "package.json")
    assert (package / "a.csv").read_bytes() == b"edited"
    assert (package / "b.yml").exists(), "nothing is put back"

    (package / "a.csv").rename(package.parent / "mine.csv")
    assert transaction.recover(package, "package.json") == ["a.csv", "b.yml", "package.json"]
    assert contents(package) == OLD


def test_the_next_command_puts_back_what_an_addition_cut_short_replaced(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    before = shop.sources()
    journal = shop.root / "data" / transaction.JOURNAL / "old"
    for name in ("loaves.csv", "datapackage.json"):
        files.write(journal / name, (shop.root / "data" / name).read_bytes())
    (shop.root / "data" / "loaves.csv").write_bytes(b"half")

    said = shop.run("seal", capsys=capsys)

    assert "cut short; put back: datapackage.json, loaves.csv" in said.err
    assert (said.status, "nothing to seal" in said.err) == (0, True)
    assert shop.sources() == before


def test_an_addition_at_work_is_not_taken_for_one_that_was_cut_short(package: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from borderbook.datapackage import transaction\n"
        "def wait(folder):\n"
        "    print('begun', flush=True)\n"
        "    sys.stdin.readline()\n"
        "transaction._sync = wait\n"
        f"transaction.replace(Path(sys.argv[1]), {NEW!r}, {{}})"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", script, str(package)], **pipes) as process:
        assert process.stdout.readline() == "begun\n"
        assert transaction.at_work(package)
        with pytest.raises(JournalError, match="another command is changing data/: wait"):
            transaction.recover(package, "package.json")
        process.communicate("\n")
    assert contents(package) == NEW
    assert not transaction.at_work(package)


# Signals


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (("build",), signal.SIGTERM),
        (("refresh",), signal.SIGHUP),
        (("run", "loaves", "-p", "bread=rye"), signal.SIGTERM),
        (("sweep", "loaves", "--grid", "last_day=1..4"), signal.SIGTERM),
    ],
)
def test_a_signal_ends_a_command_with_its_kernels_and_scratch(
    shop: Shop, words: tuple[str, ...], number: signal.Signals
) -> None:
    shop.make_wait("loaves")
    before = contents(shop.root)
    process = shop.start(*words)
    kernel = shop.until_begun(process)
    process.send_signal(number)
    said = ended(process, 60)

    assert said.status == 128 + number
    assert f"ended by {number.name}; what was there stays" in said.err
    assert "Traceback" not in said.err
    assert not is_alive(kernel)
    assert shop.leftovers() == []
    assert contents(shop.root) == before


def test_a_command_that_ignores_hangups_goes_on(shop: Shop) -> None:
    """As one that was started with nohup."""
    shop.make_wait("dough")
    process = shop.start("refresh", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    shop.until_begun(process)
    process.send_signal(signal.SIGHUP)
    shop.go.touch()
    assert ended(process).status == 0


@pytest.mark.skipif(sys.platform != "linux", reason="where processes can end with their parent")
def test_a_killed_command_takes_its_kernels_along_and_the_next_removes_its_scratch(
    shop: Shop,
) -> None:
    shop.make_wait("loaves")
    process = shop.start("refresh")
    kernel = shop.until_begun(process)
    process.kill()
    ended(process)
    assert shop.leftovers()
    deadline = time.monotonic() + 20
    while is_alive(kernel) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(kernel)

    shop.run_apart("seal")
    assert shop.leftovers() == []


# Disks


def _small_files(size: int) -> Callable[[], None]:
    """Let no file of a process grow larger than this: writing fails as it does on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def obeying_permissions() -> None:
    """Let the superuser, if it is one, be refused as any user is."""
    for capability in (DAC_OVERRIDE, DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(CAPBSET_DROP, capability)


def is_one_message(said: Said) -> bool:
    return "Traceback" not in said.err and not any(
        line.strip().startswith(('File "', "Please also")) for line in said.err.splitlines()
    )


@pytest.fixture(scope="module")
def with_site(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return a bakery with a site, the figures of which have been edited since."""
    shop = Shop(tmp_path_factory.mktemp("with-site"))
    assert shop.run_apart("build", "--editions", "none").status == 0
    shop.replace("data/loaves.csv", "4,wheat,80,2.6", "4,wheat,81,2.6")
    assert shop.run_apart("seal").status == 0
    return shop


@pytest.mark.parametrize("size", [0, 500, 2_000, 40_000, 200_000])
def test_a_full_disk_leaves_the_old_site_and_no_scratch(with_site: Shop, size: int) -> None:
    """At different moments: while sections are executed, pages rendered, the site put together."""
    shutil.rmtree(with_site.root / ".cache" / "runs", ignore_errors=True)
    before = contents(with_site.root)

    said = with_site.run_apart("build", "--editions", "none", preexec_fn=_small_files(size))

    assert said.status == 2
    assert ("File too large" if size else "no folder for temporary files") in said.err
    assert is_one_message(said), said.err
    assert contents(with_site.root) == before
    assert with_site.leftovers() == []


@pytest.mark.skipif(sys.platform != "linux", reason="permissions of its own")
@pytest.mark.parametrize(
    ("folder", "words", "status"),
    [
        ("_build", ("build", "--editions", "none"), 2),
        ("book", ("refresh",), 2),
        (".", ("run", "loaves"), 2),
        (".", ("sweep", "loaves", "--grid", "last_day=1..2"), 2),
    ],
)
def test_a_read_only_folder_is_told_in_one_message(
    with_site: Shop, folder: str, words: tuple[str, ...], status: int
) -> None:
    before, path = contents(with_site.root), with_site.root / folder
    path.chmod(0o555)
    try:
        said = with_site.run_apart(*words, preexec_fn=obeying_permissions)
    finally:
        path.chmod(0o755)

    assert said.status == status, said
    assert "read-only" in said.err or "made writable" in said.err
    assert is_one_message(said), said.err
    assert contents(with_site.root) == before
    assert with_site.leftovers() == []


# Kills at random moments

GRID = "last_day=1..3"
COMMANDS = {
    "build": (("build",), "_build/html"),
    "refresh": (("refresh",), "book"),
    "run": (("run", "loaves", "-p", "bread=rye"), "runs/loaves/bread-rye"),
    "sweep": (("sweep", "loaves", "--grid", GRID), f"sweeps/loaves/{GRID.replace('=', '-')}"),
}
STATES = ("80", "81")
"""Loaves of wheat on the last day, in one state of the figures and the other."""


class Killing:
    """A bakery that goes to and fro between two states, and what commands make in each of them."""

    def __init__(self, folder: Path) -> None:
        self.shop, self.state = Shop(folder), STATES[0]
        self.made: dict[str, dict[str, dict[str, bytes]]] = {name: {} for name in COMMANDS}
        self.seconds: dict[str, float] = {}
        self.old = self.new = 0
        for state in STATES:
            self.to(state)
            for name, (words, place) in COMMANDS.items():
                shutil.rmtree(self.shop.root / ".cache" / "runs", ignore_errors=True)
                began = time.monotonic()
                assert self.shop.run_apart(*words).status == 0
                self.seconds[name] = time.monotonic() - began
                self.made[name][state] = contents(self.shop.root / place)

    def to(self, state: str) -> None:
        """Edit the figures."""
        self.shop.replace("data/loaves.csv", f"4,wheat,{self.state},2.6", f"4,wheat,{state},2.6")
        assert self.shop.run_apart("seal").status == 0
        self.state = state

    def kill(self, name: str, chance: random.Random) -> None:
        """Edit the figures, kill a command at a moment by chance; look, run it again, look."""
        words, place = COMMANDS[name]
        shop, folder = self.shop, self.shop.root / place
        self.to(STATES[1 - STATES.index(self.state)])
        if chance.random() < 0.5:
            shutil.rmtree(shop.root / ".cache" / "runs", ignore_errors=True)
        number = chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM))
        sources = shop.sources()
        process = shop.start(*words)
        time.sleep(chance.uniform(0.3, 1.1) * self.seconds[name])
        process.send_signal(number)
        said = ended(process, 60)
        case = f"{name}, {number.name}, state {self.state}: {said}"
        assert "Traceback" not in said.err, case

        now = contents(folder)
        if name == "refresh":
            for path, content in now.items():  # each notebook, not all of them, is old or new
                if ".borderbook-" not in path:
                    assert content in [self.made[name][state][path] for state in STATES], case
            now = {path: now[path] for path in self.made[name][self.state]}
        else:
            assert shop.sources() == sources, case
            assert now in self.made[name].values(), case
        is_new = now == self.made[name][self.state]
        self.new, self.old = self.new + is_new, self.old + (not is_new)

        again = shop.run_apart(*words)
        assert again.status == 0, f"{case}: {again.err}"
        assert contents(folder) == self.made[name][self.state], case
        assert shop.leftovers() == [], case


def test_a_command_killed_at_any_moment_leaves_old_or_new_and_the_next_needs_no_help(
    tmp_path: Path,
) -> None:
    killing, chance = Killing(tmp_path), random.Random(11)
    for name in ("build", "refresh", "run", "sweep", "build"):
        killing.kill(name, chance)
    assert killing.old + killing.new == 5


@pytest.mark.soak
@pytest.mark.parametrize("name", COMMANDS)
def test_kills_at_many_random_moments(tmp_path: Path, name: str) -> None:
    killing, chance, kills = Killing(tmp_path), random.Random(name), 25
    for _ in range(kills):
        killing.kill(name, chance)
    soak.record(f"{name} killed at random moments", kills=kills, old=killing.old, new=killing.new)
    assert killing.old
    assert killing.new


@pytest.mark.soak
def test_two_builds_at_once_in_one_checkout_and_from_two_into_one_place(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other, place = Shop(tmp_path), Shop(tmp_path / "other"), tmp_path / "www"
    other.replace("book/index.md", "A week", "Four days")
    made = []
    for shop in (one, other):
        assert shop.run_apart("build", "--output", str(place)).status == 0
        made.append(contents(place))
    assert made[0] != made[1]
    times = 5
    counts = {"one checkout": [0, 0], "two checkouts": [0, 0]}
    for number in range(times):
        for pair in ((one, one), (one, other)):
            title = ("A week", "A weeks")[number % 2], ("A weeks", "A week")[number % 2]
            if pair[0] is pair[1]:
                one.replace("book/index.md", *title)
                assert one.run_apart("build", "--output", str(tmp_path / "aside")).status == 0
                made[0] = contents(tmp_path / "aside")
            at_work = [shop.start("build", "--output", str(place)) for shop in pair]
            for process in at_work:
                said = ended(process)
                assert said.status == 0, said
            now = contents(place)
            assert now in ([made[0]] if pair[0] is pair[1] else made)
            counts["one checkout" if pair[0] is pair[1] else "two checkouts"][now == made[1]] += 1
            assert [*one.leftovers(), *other.leftovers()] == []
            assert [path.name for path in tmp_path.glob(".*")] == []
        assert one.run_apart("build", "--output", str(place)).status == 0
        assert contents(place) == made[0], "the last to build has the place"
    soak.record(
        "two builds at once",
        pairs=2 * times,
        **{
            "one_checkout": sum(counts["one checkout"]),
            "two_checkouts_first": counts["two checkouts"][0],
            "two_checkouts_second": counts["two checkouts"][1],
        },
    )


@pytest.mark.soak
def test_a_disk_that_is_full_at_many_moments(tmp_path: Path) -> None:
    """With each size a command fails at another moment, until it fails no more."""
    killing, failed, done = Killing(tmp_path), 0, 0
    sizes = [0, 500, *(int(1_000 * 1.6**step) for step in range(18)), 100_000_000]
    for size in sizes:
        killing.to(STATES[1 - STATES.index(killing.state)])
        shutil.rmtree(killing.shop.root / ".cache", ignore_errors=True)
        sources = killing.shop.sources()
        said = killing.shop.run_apart("build", preexec_fn=_small_files(size))
        assert is_one_message(said), said.err
        assert killing.shop.sources() == sources
        assert killing.shop.leftovers() == [], size
        now = contents(killing.shop.root / "_build" / "html")
        is_new = now == killing.made["build"][killing.state]
        assert is_new if said.status == 0 else now in killing.made["build"].values(), size
        failed, done = failed + (said.status != 0), done + (said.status == 0)
        assert killing.shop.run_apart("build").status == 0
        assert (
            contents(killing.shop.root / "_build" / "html")
            == (killing.made["build"][killing.state])
        )
    soak.record("a disk that is full", sizes=len(sizes), failed=failed, done=done)
    assert failed
    assert done


@pytest.mark.soak
def test_additions_killed_at_many_random_moments(data_copy: Path, tmp_path: Path) -> None:
    """Each with another number, so that the next addition has something to replace."""
    root, chance, kills, outcomes = data_copy.parent, random.Random("add"), 25, [0, 0]
    (tmp_path / "tmp").mkdir()
    figures, seconds = tmp_path / "a.csv", 0.0

    def add(number: int) -> subprocess.Popen[str]:
        text = f"Число предприятий, единиц;2014\nОмская область;{number}"
        figures.write_text(text, "cp1251")
        source = ("--source", "appendix", "--publisher", "Rosstat", "--title", "Appendix")
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "borderbook.cli", "data", "add", "small_enterprises"),
                *(str(figures), *source, "--replace"),
            ],
            cwd=root,
            env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def now() -> dict[str, bytes]:
        return contents(root / "data")

    for number in range(1000, 1000 + kills):
        began, before = time.monotonic(), now()
        if not seconds:
            assert ended(add(999)).status == 0
            seconds, before = time.monotonic() - began, now()
        process = add(number)
        time.sleep(chance.uniform(0.5, 1.05) * seconds)
        process.send_signal(chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)))
        assert "Traceback" not in ended(process).err

        said = subprocess.run(
            [sys.executable, "-m", "borderbook.cli", "seal"],
            cwd=root,
            env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "nothing to seal" in said.stderr, said
        is_old = now() == before
        outcomes[is_old] += 1
        if not is_old:
            assert b",2014,number,%d," % number in now()["small_enterprises.csv"]
        again = ended(add(number))
        assert again.status == 0, again
        assert b",2014,number,%d," % number in now()["small_enterprises.csv"]
        assert list((tmp_path / "tmp").iterdir()) == []
        assert not [path for path in (root / "data").rglob(".*") if path.name != ".gitattributes"]
    soak.record("data add killed at random moments", kills=kills, new=outcomes[0], old=outcomes[1])
    assert outcomes[1]
