"""Mutation testing: does a test fail when a sign, a bound or a name of the arithmetic is wrong?

Each mutant of a module has one small change. A process that has everything loaded forks a child for
each; the child imports the mutated source and runs the quick tests of the module, no file is
touched. `tests/mutants.toml` names the modules, their tests, and each mutant that no test can
kill, with the reason.

Why no package: mutmut (3.8) leaves out every function with a decorator, so most of the measures and
all properties; cosmic-ray (8.7) starts a process for each mutant, hours here, and spends a fifth of
them on `X | Y` in annotations.

    make mutants                                # all
    python -m tests.mutants helpers.indicators  # one
"""

from __future__ import annotations

import ast
import contextlib
import copy
import importlib.util
import os
import signal
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType

from tests import soak

ROOT = Path(__file__).resolve().parents[1]
FILE = Path(__file__).with_suffix(".toml")
_SECONDS = 120  # a mutant that runs longer never ends
_LEAST = 0.95  # of the mutants of a module are killed

_COMPARED: dict[type[ast.cmpop], Sequence[type[ast.cmpop]]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CHANGED_BY_ITSELF = (ast.Compare, ast.BoolOp, ast.UnaryOp)
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "abs": "float"}


@dataclass(frozen=True)
class Mutant:
    """One small change of a module: in which function, what became what, the whole changed."""

    where: str
    change: str
    original: ast.Module
    before: ast.expr | ast.stmt
    after: ast.expr | ast.stmt

    @property
    def tree(self) -> ast.Module:
        """The module with the change."""
        after = ast.copy_location(self.after, self.before)
        return ast.fix_missing_locations(copy.deepcopy(self.original, {id(self.before): after}))


@dataclass(frozen=True)
class Module:
    """A module to mutate: the tests that are to kill its mutants, and who cannot be killed, why."""

    name: str
    tests: tuple[str, ...]
    survivors: dict[tuple[str, str], str]

    @property
    def path(self) -> Path:
        return ROOT / f"{self.name.replace('.', '/')}.py"


@dataclass(frozen=True)
class Outcome:
    """What became of the mutants of a module."""

    killed: int
    survivors: list[Mutant]


def modules() -> dict[str, Module]:
    """Return the modules of the list, by name."""
    listed = tomllib.loads(FILE.read_text("utf-8"))["module"]
    return {
        module["name"]: Module(
            module["name"],
            tuple(module["tests"]),
            {(s["where"], s["change"]): s["why"] for s in module.get("survivor", [])},
        )
        for module in listed
    }


def mutants(source: str) -> Iterator[Mutant]:
    """Return every mutant of a source, in the order of its lines.

    >>> [mutant.change for mutant in mutants("def less(a, b): return a < b")]
    ['a < b -> a <= b', 'a < b -> a > b']
    """
    tree = ast.parse(source)
    seen: dict[tuple[str, str], int] = {}
    for where, node in _nodes(tree):
        before = _shown(node)
        for after in _mutated(node):
            change = f"{before} -> {_shown(after)}"
            count = seen[where, change] = seen.get((where, change), 0) + 1
            name = f"{change} ({count})" if count > 1 else change
            yield Mutant(where, name, tree, node, after)


def _shown(node: ast.AST) -> str:
    return f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ast.unparse(node)


def _nodes(tree: ast.AST, where: str = "") -> Iterator[tuple[str, ast.expr | ast.stmt]]:
    """Return what is computed, and in which function; no annotation, docstring or decorator is."""
    for name, field in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for node in field if isinstance(field, list) else [field]:
            match node:
                case ast.ImportFrom() | ast.Import() | ast.Expr(ast.Constant()):
                    continue
            if not isinstance(node, ast.AST):
                continue
            if isinstance(node, ast.expr | ast.stmt):
                yield where, node
            inner = isinstance(node, ast.FunctionDef | ast.ClassDef)
            yield from _nodes(node, f"{where}.{node.name}".lstrip(".") if inner else where)


def _mutated(node: ast.expr | ast.stmt) -> Iterator[ast.expr | ast.stmt]:
    """Return the node with one small change, each possible one."""
    yield from _with_other_operators(node)
    yield from _with_other_values(node)
    yield from _with_a_part_less(node)


def _with_other_operators(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    match node:
        case ast.Compare(left, [operator, *others], right):
            for other in _COMPARED[type(operator)]:
                yield ast.Compare(left, [other(), *others], right)
        case ast.BinOp(left, operator, right) if type(operator) in _COMPUTED:
            yield ast.BinOp(left, _COMPUTED[type(operator)](), right)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield operand
        case ast.IfExp(test, body, orelse) if not isinstance(test, _CHANGED_BY_ITSELF):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.If(test, body, orelse) if not isinstance(test, _CHANGED_BY_ITSELF):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)


def _with_other_values(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Constant(str() as value):
            yield ast.Constant(f"{value}X")
        case ast.Call(ast.Name(name), arguments, keywords) if name in _CALLED:
            yield ast.Call(ast.Name(_CALLED[name], ast.Load()), arguments, keywords)


def _with_a_part_less(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    match node:
        case ast.Slice(lower, upper, step):
            if lower:
                yield ast.Slice(None, upper, step)
            if upper:
                yield ast.Slice(lower, None, step)
            if step:
                yield ast.Slice(lower, upper, None)
        case ast.Call(function, arguments, keywords):
            for number, keyword in enumerate(keywords):
                if keyword.arg:
                    others = [*keywords[:number], *keywords[number + 1 :]]
                    yield ast.Call(function, arguments, others)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            for number, generator in enumerate(node.generators):
                for condition in range(len(generator.ifs)):
                    changed = copy.deepcopy(node)
                    del changed.generators[number].ifs[condition]
                    yield changed
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Assign([ast.Subscript()]):
            yield ast.Pass()


class _Mutated(MetaPathFinder, SourceFileLoader):
    """Gives a module its mutated source."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        super().__init__(name, str(path))
        self._tree = tree

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        return (
            importlib.util.spec_from_file_location(name, self.path, loader=self)
            if name == self.name
            else None
        )

    def get_code(self, name: str) -> CodeType:
        return compile(self._tree, self.path, "exec")


def run(module: Module) -> Outcome:
    """Return what became of each mutant of a module; the unchanged module passes its tests."""
    source = module.path.read_text("utf-8")
    loaded = _load(module)
    if not _passes(module, ast.parse(source), loaded):
        raise ValueError(f"{module.name} fails its tests without any change")
    killed, survivors = 0, []
    for mutant in mutants(source):
        if _passes(module, mutant.tree, loaded):
            survivors.append(mutant)
        else:
            killed += 1
    return Outcome(killed, survivors)


def _load(module: Module) -> list[str]:
    """Load what the tests import; return the names of what rests on the module."""
    import grimp
    import hypothesis
    import pytest  # noqa: F401

    from borderbook.datapackage import resources

    hypothesis.settings.register_profile(
        "mutants",
        deadline=None,
        derandomize=True,
        database=None,
        max_examples=25,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    hypothesis.settings.load_profile("mutants")
    for test in module.tests:
        importlib.import_module(test.removesuffix(".py").replace("/", "."))
    for resource in resources.names():
        if resources.descriptor(resource)["format"] == "csv":
            resources.load(resource)
    graph = grimp.build_graph("borderbook", "helpers", cache_dir=None)
    above = {module.name, *graph.find_downstream_modules(module.name)}
    return [name for name in sys.modules if name in above or name.startswith("tests.")]


def _passes(module: Module, tree: ast.Module, loaded: list[str]) -> bool:
    """Return whether the tests of a module pass with another source of it, in a child."""
    child = os.fork()
    if not child:
        status = 1
        try:
            signal.alarm(_SECONDS)
            status = _tested(module, tree, loaded)
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return status == 0


def _tested(module: Module, tree: ast.Module, loaded: list[str]) -> int:
    import pytest

    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    for name in loaded:
        parent, _, last = name.rpartition(".")
        with contextlib.suppress(KeyError, AttributeError):
            delattr(sys.modules[parent], last)
        del sys.modules[name]
    sys.meta_path.insert(0, _Mutated(module.name, module.path, tree))
    places = [str(module.path.relative_to(ROOT)), *module.tests]
    options = [
        "-x",
        "-q",
        "--noconftest",
        "--assert=plain",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:nbval",
    ]
    return int(pytest.main([*options, "-m", "not soak", *places]))


def main(names: Sequence[str]) -> int:
    """Mutate modules, all unless some are named; return 1 if the list is not what became of them.

    Shows each mutant that the list has and a test kills, or that no test kills and the list lacks.
    """
    listed, wrong = modules(), False
    for module in map(listed.__getitem__, names or listed):
        outcome = run(module)
        left = {(mutant.where, mutant.change) for mutant in outcome.survivors}
        whole = outcome.killed + len(left)
        soak.record(f"mutants of {module.name}", mutants=whole, killed=outcome.killed)
        print(f"{module.name}: {outcome.killed} of {whole} killed", flush=True)
        for where, change in sorted(left ^ set(module.survivors)):
            print(f"  {'alive' if (where, change) in left else 'killed'}: {where}: {change}")
        wrong |= left != set(module.survivors) or outcome.killed < _LEAST * whole
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
