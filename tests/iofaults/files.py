"""The calls to the disk that Python makes by itself, failing on demand like those of the library."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self
from unittest import mock

from tests.iofaults.failing import FailingDisk, Kind
from tests.powercut.vfs import watching

_WRITES = frozenset("wax+")
# Programs of the same process look after these by themselves: no disk is asked for them.
_NOT_OURS = (".lock", "-shm")
_ANSWERS = {"read", "readline", "readinto", "readinto1"}
# What a change of names is called in `FailingDisk`.
_NAMES = {"replace": "rename", "rename": "rename", "link": "link", "unlink": "delete"}


class _File:
    """An open file of which each call may fail; half of a write that is cut short reaches the disk."""

    def __init__(self, real: Any, path: str, disk: FailingDisk) -> None:
        self._real, self._path, self._disk = real, path, disk

    def write(self, data: Any) -> int:
        try:
            _ask(self._disk, "write", self._path)
        except OSError:
            if self._disk.kind is Kind.SHORT:
                self._real.write(data[: len(data) // 2])
                self._real.flush()
            raise
        return int(self._real.write(data))

    def flush(self) -> None:
        _ask(self._disk, "write", self._path)
        self._real.flush()

    def truncate(self, *size: int) -> int:
        _ask(self._disk, "truncate", self._path)
        return int(self._real.truncate(*size))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *wrong: object) -> None:
        self._real.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._real)

    def __getattr__(self, name: str) -> Any:
        if name in _ANSWERS:
            _ask(self._disk, "read", self._path)
        return getattr(self._real, name)


def _ask(disk: FailingDisk, call: str, path: str) -> None:
    if disk.before(call, path) is not None:
        code = errno.EIO if disk.kind is Kind.EIO else errno.ENOSPC
        raise OSError(code, os.strerror(code), path)


@contextmanager
def failing_disk(folder: Path, disk: FailingDisk) -> Iterator[FailingDisk]:
    """Every call to the disk below a folder may fail, the library's and Python's, until the block ends."""
    below = f"{folder}/"

    def ours(path: Any) -> str:
        found = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
        return found if str(found).startswith(below) and not str(found).endswith(_NOT_OURS) else ""

    def opening(real: Callable[..., Any]) -> Callable[..., Any]:
        def opened(file: Any, mode: str = "r", *given: Any, **named: Any) -> Any:
            path = ours(file) or (isinstance(file, int) and ours(_named(file)))
            if not path or (isinstance(file, int) and not _WRITES & set(mode)):
                return real(file, mode, *given, **named)
            if not isinstance(file, int):
                _ask(disk, "open", path)
            return _File(real(file, mode, *given, **named), path, disk)

        return opened

    def naming(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def named(path: Any, *given: Any, **more: Any) -> Any:
            if ours(path):
                _ask(disk, _NAMES[name], ours(path))
            return real(path, *given, **more)

        return named

    def fsync(opened: int, real: Callable[[int], None] = os.fsync) -> None:
        path = _named(opened)
        if ours(path) or path == str(folder):
            _ask(disk, "sync", path)
        real(opened)

    with ExitStack() as stack:
        stack.enter_context(watching(disk))
        stack.enter_context(mock.patch.object(os, "fsync", fsync))
        for owner in (io, builtins):
            stack.enter_context(mock.patch.object(owner, "open", opening(builtins.open)))
        for name in _NAMES:
            stack.enter_context(mock.patch.object(os, name, naming(name, getattr(os, name))))
        yield disk


def _named(opened: int) -> str:
    return str(Path(f"/proc/self/fd/{opened}").readlink())
