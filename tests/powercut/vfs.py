"""A layer between the shared SQLite library and the disk, under the standard `sqlite3` module.

It is registered as the library's default file system for as long as it watches. A file is opened by the
system's own code; of its table of calls a copy is made in which those that are watched are ours, so that
everything else runs as before. The index of the write-ahead log (shm) is memory, not disk, and never seen.
"""

from __future__ import annotations

import ctypes
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, c_char_p, c_int, c_int64, c_void_p, cast
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

OK = 0
CREATE = 0x4
_NAME = b"backhaul-watch"
# The calls of one file in the order of sqlite3_io_methods, after the version number.
_METHODS = (
    "close", "read", "write", "truncate", "sync", "file_size", "lock", "unlock", "check_reserved",
    "file_control", "sector_size", "device", "shm_map", "shm_lock", "shm_barrier", "shm_unmap",
    "fetch", "unfetch",
)  # fmt: skip
# The calls of a file system in the order of sqlite3_vfs, after its application pointer.
_SYSTEM = (
    "open", "delete", "access", "full_pathname", "dl_open", "dl_error", "dl_sym", "dl_close",
    "randomness", "sleep", "time", "last_error", "time_64", "set_call", "get_call", "next_call",
)  # fmt: skip

_File = CFUNCTYPE(c_int, c_void_p)
_Data = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Size = CFUNCTYPE(c_int, c_void_p, c_int64)
_Flag = CFUNCTYPE(c_int, c_void_p, c_int)
_Asked = CFUNCTYPE(c_int, c_void_p, c_void_p)
_Map = CFUNCTYPE(c_int, c_void_p, c_int, c_int, c_int, c_void_p)
_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_Access = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int, c_void_p)
_Noise = CFUNCTYPE(c_int, c_void_p, c_int, c_void_p)


class _Methods(ctypes.Structure):
    _fields_ = (("version", c_int), *((name, c_void_p) for name in _METHODS))


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", c_int),
        ("file_bytes", c_int),
        ("longest", c_int),
        ("after", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        *((name, c_void_p) for name in _SYSTEM),
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """What a call answers in place of its work; of a write, `short` bytes reach the disk all the same."""

    code: int
    short: int = 0


class Watcher(Protocol):
    """Who is told of each call; paths are absolute."""

    def before(self, call: str, path: str) -> Fault | None:
        """A call is about to be made: None lets it."""

    def opened(self, path: str, flags: int, *, made: bool) -> None:
        """A file was opened, or made."""

    def wrote(self, path: str, offset: int, data: bytes) -> None:
        """Bytes were handed to the system."""

    def truncated(self, path: str, size: int) -> None:
        """A file was cut, or grown with zeros."""

    def synced(self, path: str) -> None:
        """The system said that everything of a file is on the disk."""

    def deleted(self, path: str, *, lasting: bool) -> None:
        """A name went; `lasting` when the folder was synced too."""


class _Layer:
    """One for the whole process: connections keep pointing at it after it stopped watching."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL("libsqlite3.so.0")
        self._lib.sqlite3_vfs_find.restype = c_void_p
        self._lib.sqlite3_vfs_find.argtypes = [c_char_p]
        self._lib.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
        self._lib.sqlite3_vfs_unregister.argtypes = [c_void_p]
        self._system = self._lib.sqlite3_vfs_find(None)
        self._under = _Vfs.from_address(self._system)
        self._vfs = _Vfs.from_buffer_copy(self._under)
        self._vfs.name = _NAME
        self._kept: list[object] = []
        self._tables: dict[int, _Methods] = {}
        self._files: dict[int, tuple[str, _Methods]] = {}
        self._noise = random.Random(0)
        self.watcher: Watcher | None = None
        for name, kind, ours in (
            ("open", _Open, self._open),
            ("delete", _Delete, self._delete),
            ("access", _Access, self._access),
            ("randomness", _Noise, self._randomness),
        ):
            setattr(self._vfs, name, self._pointer(kind, ours))
        self._patches = {
            name: self._pointer(kind, ours)
            for name, kind, ours in (
                ("close", _File, self._close),
                ("read", _Data, self._read),
                ("write", _Data, self._write),
                ("truncate", _Size, self._truncate),
                ("sync", _Flag, self._sync),
                ("file_size", _Asked, self._file_size),
                ("lock", _Flag, self._lock),
                ("shm_map", _Map, self._shm_map),
            )
        }

    def _pointer(self, kind: Callable[..., Any], ours: Callable[..., int]) -> int | None:
        made = kind(ours)
        self._kept.append(made)
        return cast(made, c_void_p).value

    def start(self, watcher: Watcher, seed: int) -> None:
        self.watcher = watcher
        self._noise.seed(seed)
        self._lib.sqlite3_vfs_register(ctypes.addressof(self._vfs), 1)
        # The library draws anew from our noise, so that a seed makes the same bytes in every run.
        self._lib.sqlite3_randomness(0, None)

    def stop(self) -> None:
        self.watcher = None
        self._lib.sqlite3_vfs_register(self._system, 1)
        self._lib.sqlite3_vfs_unregister(ctypes.addressof(self._vfs))
        self._lib.sqlite3_randomness(0, None)

    def _gate(self, call: str, path: str) -> Fault | None:
        return self.watcher.before(call, path) if self.watcher is not None else None

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        fault = self._gate("open", path) if path else None
        if fault is not None:
            # No table of calls: the library then closes nothing.
            c_void_p.from_address(file).value = None
            return fault.code
        made = bool(path and flags & CREATE) and not os.path.exists(path)  # noqa: PTH110 - no object per call
        code = int(_Open(self._under.open)(self._system, name, file, flags, out))
        table = c_void_p.from_address(file).value
        if not path or table is None:
            return code
        found = self._tables.get(table)
        if found is None:
            found = _Methods.from_buffer_copy(_Methods.from_address(table))
            for call, pointer in self._patches.items():
                setattr(found, call, pointer)
            self._tables[table] = found
        c_void_p.from_address(file).value = ctypes.addressof(found)
        self._files[file] = (path, _Methods.from_address(table))
        if code == OK and self.watcher is not None:
            self.watcher.opened(path, flags, made=made)
        return code

    def _close(self, file: int) -> int:
        _, under = self._files.pop(file)
        try:
            return int(_File(under.close)(file))
        except SystemError:
            # It is closed, while the error of a connection that did not open is on its way.
            return OK

    def _read(self, file: int, into: int, amount: int, offset: int) -> int:
        path, under = self._files[file]
        fault = self._gate("read", path)
        return fault.code if fault else int(_Data(under.read)(file, into, amount, offset))

    def _write(self, file: int, data: int, amount: int, offset: int) -> int:
        path, under = self._files[file]
        fault = self._gate("write", path)
        if fault is not None:
            if fault.short:
                _Data(under.write)(file, data, min(fault.short, amount), offset)
            return fault.code
        code = int(_Data(under.write)(file, data, amount, offset))
        if code == OK and self.watcher is not None:
            self.watcher.wrote(path, offset, ctypes.string_at(data, amount))
        return code

    def _truncate(self, file: int, size: int) -> int:
        path, under = self._files[file]
        fault = self._gate("truncate", path)
        if fault is not None:
            return fault.code
        code = int(_Size(under.truncate)(file, size))
        if code == OK and self.watcher is not None:
            self.watcher.truncated(path, size)
        return code

    def _sync(self, file: int, flags: int) -> int:
        path, under = self._files[file]
        fault = self._gate("sync", path)
        if fault is not None:
            return fault.code
        code = int(_Flag(under.sync)(file, flags))
        if code == OK and self.watcher is not None:
            self.watcher.synced(path)
        return code

    def _file_size(self, file: int, out: int) -> int:
        path, under = self._files[file]
        fault = self._gate("file_size", path)
        return fault.code if fault else int(_Asked(under.file_size)(file, out))

    def _lock(self, file: int, level: int) -> int:
        path, under = self._files[file]
        fault = self._gate("lock", path)
        return fault.code if fault else int(_Flag(under.lock)(file, level))

    def _shm_map(self, file: int, page: int, size: int, extend: int, out: int) -> int:
        path, under = self._files[file]
        fault = self._gate("shm_map", path)
        return fault.code if fault else int(_Map(under.shm_map)(file, page, size, extend, out))

    def _delete(self, _vfs: int, name: bytes, sync: int) -> int:
        path = os.fsdecode(name)
        fault = self._gate("delete", path)
        if fault is not None:
            return fault.code
        code = int(_Delete(self._under.delete)(self._system, name, sync))
        if code == OK and self.watcher is not None:
            self.watcher.deleted(path, lasting=bool(sync))
        return code

    def _access(self, _vfs: int, name: bytes, flags: int, out: int) -> int:
        fault = self._gate("access", os.fsdecode(name))
        return fault.code if fault else int(_Access(self._under.access)(self._system, name, flags, out))

    def _randomness(self, _vfs: int, amount: int, into: int) -> int:
        ctypes.memmove(into, self._noise.randbytes(amount), amount)
        return amount


@cache
def _layer() -> _Layer:
    return _Layer()


@contextmanager
def watching(watcher: Watcher, seed: int = 0) -> Iterator[None]:
    """Tells the watcher of every call of every database opened from now on, until the block ends."""
    layer = _layer()
    layer.start(watcher, seed)
    try:
        yield
    finally:
        layer.stop()
