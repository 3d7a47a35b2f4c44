"""What a program asks of the disk, in order: writes, truncations, flushes, and what folders are told.

SQLite's own file calls are taken down inside this process: its table of file functions is replaced by one of ours that
calls the real ones. What Python does itself is seen by an audit hook; the content of a file that Python wrote is looked
at when it is flushed or given another name. Both stay for good: a recorder belongs into a process of its own.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
import sys
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LIBRARY: str | None = getattr(_sqlite3, "__file__", None)
"""Where SQLite's functions are found: the module, what it is linked to, or this very program."""
_CREATED = os.O_CREAT | os.O_TRUNC
_XOPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_XDELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_XWRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_XTRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_XSYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Methods(Structure):
    """sqlite3_io_methods: xClose, xRead, xWrite, xTruncate, xSync and thirteen more."""

    _fields_ = (("version", c_int), ("call", c_void_p * 18))


class _File(Structure):
    """sqlite3_file, whose other half is SQLite's own."""

    _fields_ = (("methods", POINTER(_Methods)),)


class _VFS(Structure):
    """sqlite3_vfs, as far as it matters here."""

    _fields_ = (
        ("version", c_int), ("file_size", c_int), ("longest", c_int), ("next", c_void_p), ("name", c_char_p),
        ("data", c_void_p), ("open", c_void_p), ("delete", c_void_p),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Op:
    """C create, W write, T truncate, S flush, U unlink, R rename, L link; A: something was acknowledged."""

    kind: str
    path: str = ""
    other: str = ""
    at: int = 0
    data: bytes = b""


def available() -> bool:
    """Whether this Python lets anybody look at its SQLite's file functions (one linked in whole may not)."""
    return sys.platform == "linux" and hasattr(ctypes.CDLL(_LIBRARY), "sqlite3_vfs_find")


class Recorder:
    """Takes down what happens to the files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.ops: list[Op] = []
        self._folder = f"{folder}/"
        self._open: dict[int, str] = {}
        self._dirty: set[str] = set()
        self._kept: list[object] = []
        self._busy = False
        self._take_over_sqlite()
        self._fsync = os.fsync
        os.fsync = self._flushed  # type: ignore[assignment]
        sys.addaudithook(self._heard)

    def note(self, said: bytes) -> None:
        """Something was acknowledged: from here on it must outlive everything."""
        self.ops.append(Op("A", data=said))

    # ------------------------------------------------------------ SQLite

    def _take_over_sqlite(self) -> None:
        library = ctypes.CDLL(_LIBRARY)
        library.sqlite3_vfs_find.restype = POINTER(_VFS)
        vfs = library.sqlite3_vfs_find(None).contents
        really_open, really_delete = _XOPEN(vfs.open), _XDELETE(vfs.delete)

        def opened(this: int, name: int | None, file: int, flags: int, out: int) -> int:
            path = self._inside(os.fsdecode(ctypes.string_at(name))) if name else None
            if path and not Path(self._folder, path).exists():
                self.ops.append(Op("C", path))
            if (result := really_open(this, name, file, flags, out)) == 0 and path:
                self._open[file] = path
                handle = ctypes.cast(file, POINTER(_File)).contents
                handle.methods = self._watched(handle.methods.contents)
            return int(result)

        def deleted(this: int, name: bytes, flush: int) -> int:
            result = really_delete(this, name, flush)
            if result == 0 and (path := self._inside(os.fsdecode(name))):
                self.ops.append(Op("U", path))
                if flush:
                    self.ops.append(Op("S"))
            return int(result)

        calls = _XOPEN(opened), _XDELETE(deleted)
        self._kept += [*calls, vfs]
        vfs.open, vfs.delete = (ctypes.cast(call, c_void_p) for call in calls)

    def _watched(self, real: _Methods) -> Any:
        """A copy of a file's functions whose writing ones take down what they do."""
        ours = _Methods.from_buffer_copy(real)
        write, truncate, flush = _XWRITE(real.call[2]), _XTRUNCATE(real.call[3]), _XSYNC(real.call[4])

        def written(file: int, data: int, size: int, at: int) -> int:
            if (result := write(file, data, size, at)) == 0:
                self._dirty.discard(self._open[file])
                self.ops.append(Op("W", self._open[file], at=at, data=ctypes.string_at(data, size)))
            return int(result)

        def cut(file: int, size: int) -> int:
            if (result := truncate(file, size)) == 0:
                self.ops.append(Op("T", self._open[file], at=size))
            return int(result)

        def flushed(file: int, flags: int) -> int:
            if (result := flush(file, flags)) == 0:
                self.ops.append(Op("S", self._open[file]))
            return int(result)

        calls = _XWRITE(written), _XTRUNCATE(cut), _XSYNC(flushed)
        for place, call in enumerate(calls, 2):
            ours.call[place] = ctypes.cast(call, c_void_p).value
        self._kept += [ours, real, *calls]
        return ctypes.pointer(ours)

    # ------------------------------------------------------------ Python

    def _heard(self, event: str, args: tuple[Any, ...]) -> None:
        if self._busy or (event not in _EVENTS) or not isinstance(args[0], (str, bytes, os.PathLike)):
            return
        path = self._inside(os.fsdecode(args[0]))
        if event == "open":
            flags = args[2] or 0
            if path and flags & _CREATED and not Path(self._folder, path).is_dir():  # in it: a nameless file
                self.ops.append(Op("C", path))
                if flags & os.O_TRUNC:
                    self.ops.append(Op("T", path))
                self._dirty.add(path)
        elif event == "os.remove":
            self.ops.append(Op("U", path or ""))
        elif path and (other := self._inside(os.fsdecode(args[1]))):
            if event == "os.link" and Path(self._folder, other).exists():
                return
            self._content(path)
            self.ops.append(Op(_EVENTS[event], path, other))

    def _flushed(self, handle: int) -> None:
        self._fsync(handle)
        if (path := self._inside(f"{Path(f'/proc/self/fd/{handle}').readlink()}")) is not None:
            self._content(path)
            self.ops.append(Op("S", path))

    def _content(self, path: str) -> None:
        """What Python has written into a file by now, as one write that is not flushed yet."""
        if path in self._dirty:
            self._dirty.discard(path)
            self._busy = True
            data = Path(self._folder, path).read_bytes()
            self._busy = False
            self.ops += [Op("T", path), Op("W", path, data=data)]

    def _inside(self, path: str) -> str | None:
        """The path within the folder; an empty one is the folder itself."""
        whole = f"{Path(path).absolute()}/"
        return whole.removeprefix(self._folder).rstrip("/") if whole.startswith(self._folder) else None


_EVENTS: dict[str, str] = {"open": "C", "os.remove": "U", "os.rename": "R", "os.link": "L"}
