"""How a kernel imports the modules that are not installed: by their content.

This module is a part of the kernel's program, see `kernel`: it imports the standard library only.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import marshal
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING or __package__:
    from borderbook.execution.recorder import Recorder
    from borderbook.execution.surroundings import Clocks
else:
    from surroundings import Clocks


class Importer(MetaPathFinder):
    """Imports the modules that are not installed by their content, and logs them.

    Python's own bytecode is trusted by time and size of its source, so a quick edit can be missed;
    here it is cached by the source's hash.
    """

    def __init__(self, recorder: Recorder, cache: Path) -> None:
        self._recorder, self._cache = recorder, cache

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec that the other finders give, with our loader for inputs."""
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find and finder is not self else None
            if spec is None:
                continue
            if self._recorder.is_code(spec.origin):
                if isinstance(spec.loader, SourceFileLoader):
                    spec.loader = _ByContent(name, spec.origin, self._recorder, self._cache)
                elif spec.has_location:
                    self._recorder.log_file(spec.origin)
            return cast(ModuleSpec, spec)
        return None


# Bytes of the hash that stands before code that is kept.
_HASH = hashlib.sha256().digest_size


class _ByContent(SourceFileLoader):
    def __init__(self, name: str, path: str, recorder: Recorder, cache: Path) -> None:
        super().__init__(name, path)
        self._recorder, self._cache = recorder, cache

    def get_code(self, fullname: str) -> CodeType:
        source = self._recorder.read(self.path)
        digest = hashlib.sha256(source).hexdigest()
        self._recorder.log("module", self.path, digest)
        followed = self._recorder.is_of_content(self.path)
        key = f"{self.path} {digest} {'clocks' * followed}"
        place = hashlib.sha256(key.encode()).hexdigest()
        file = self._cache / f"{place}.{sys.implementation.cache_tag}"
        try:
            return _sound(self._recorder.read(str(file)))
        except (OSError, ValueError):
            tree = ast.parse(source, self.path)
            tree = Clocks().visit(tree) if followed else tree
            code = compile(tree, self.path, "exec", dont_inherit=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            content = marshal.dumps(code)
            fresh.write_bytes(hashlib.sha256(content).digest() + content)
            fresh.replace(file)
        except OSError:  # a folder that cannot be written to: compiled again next time
            with contextlib.suppress(OSError):
                fresh.unlink()
        return code


def _sound(stored: bytes) -> CodeType:
    """Return code that was kept behind its hash; ValueError if it is damaged.

    Damaged code must not be read: it may ask for all memory there is.
    """
    content = stored[_HASH:]
    if hashlib.sha256(content).digest() != stored[:_HASH]:
        raise ValueError("damaged")
    return cast(CodeType, marshal.loads(content))
