"""The book's file: opening, locking, transactions. The only way to a connection."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from deskapp.book import anchor, erasure, schema
from deskapp.book.disk import copy_to, os_error, sync, told
from deskapp.errors import Busy, Damaged, DeskError
from deskapp.forms.clocks import Rules
from deskapp.forms.crossing import crossing
from deskapp.forms.form import Form
from deskapp.forms.load import Forms, parse_form
from deskapp.forms.strict import FormError
from deskapp.forms.values import CHINA

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from deskapp.book.index import Ways

LOCK_SECONDS = 5.0
_HOLDER = 200
"""Characters of the line that says who holds the book, filled up with blanks."""
_PAGE = 4096
_CHECKPOINT_PAGES = 1000
"""Pages of the log from which on it is copied into the book."""
_NO_SHM = (sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP)


def beijing_now() -> datetime:
    """This moment, in the office's time."""
    return datetime.now(CHINA)


class Book:
    """An open book: readers never wait, writers take turns by an OS lock."""

    def __init__(self, path: Path, forms: Forms, rules: Rules, now: Callable[[], datetime] = beijing_now) -> None:
        """Open the book at `path`.

        Raises DeskError where there is none, Damaged where the file is not a sound book of ours (it is
        not written to), Busy where an upgrade can't get its turn.
        """
        self.path, self.forms, self.rules, self.now = path, forms, rules, now
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._writer: sqlite3.Connection | None = None
        self._mutex = threading.RLock()
        self._lock: BaseFileLock | None = None
        self._parsed: dict[tuple[int, str, int], Form] = {}
        self.ways: dict[tuple[int, str, int], Ways] = {}
        """How the records of each adopted form are found, as far as it was asked."""
        try:
            version = schema.identify(path)
            self._identity = _identity(path)
        except FileNotFoundError as error:
            raise DeskError("there is no book at {path}", "make one: deskapp init", path=path) from error
        except OSError as error:
            raise os_error(error, path) from error
        if version < schema.SCHEMA:
            self._upgrade()
        with told(path):
            schema.assert_triggers(self.read)
            row = self.read.execute("SELECT j.id, j.branch FROM own JOIN journals j ON j.id = own.journal").fetchone()
        if row is None:
            raise Damaged("{path} has no journal of its own", "restore a backup: deskapp restore", path=path)
        self.journal: int = row[0]
        self.branch: str = row[1]
        with told(path):
            said = [one for one in (anchor.missing(self), erasure.unfinished(self)) if one is not None]
            self.complaints: list[DeskError] = [*said, *forms.complaints, *self._changed_forms()]

    @classmethod
    def create(
        cls, path: Path, forms: Forms, rules: Rules, begin: Callable[[Book], None],
        now: Callable[[], datetime] = beijing_now, *, desk: str, journal: str,
    ) -> Book:  # fmt: skip
        """Make a new book; `begin` writes its first entries. It is there whole or not at all."""
        if path.exists():
            raise DeskError("there is already a book at {path}", "open it: deskapp", path=path)
        part = path.with_name(path.name + ".part")
        with told(path):
            for left in (part, *_beside(part)):
                left.unlink(missing_ok=True)
            conn = sqlite3.connect(part, isolation_level=None)
            conn.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
            conn.execute("PRAGMA journal_mode = WAL")
            part.chmod(0o600)
            from deskapp.book.migrations import migrate

            migrate(conn)
            conn.execute("INSERT INTO journals (id, journal, desk) VALUES (1, ?, ?)", (journal, desk))
            conn.execute("INSERT INTO own VALUES (1)")
            conn.close()
            book = cls(part, forms, rules, now)
            try:
                begin(book)
            except BaseException:
                book.close()
                for left in (part, *_beside(part)):
                    left.unlink(missing_ok=True)
                raise
            book.close()
            sync(part)
            path.with_name(path.name + anchor.END).unlink(missing_ok=True)
            part.replace(path)
            for left in _beside(part):
                left.unlink(missing_ok=True)
            sync(path.parent)
        return cls(path, forms, rules, now)

    # ---------------------------------------------------------------- forms

    def form(self, name: str) -> Form:
        """The form that new records are written on; raises DeskError."""
        if name not in self.forms:
            broken = [e for e in self.forms.complaints if e.values.get("file") == f"{name}.toml"]
            if broken:
                raise broken[0]
            raise DeskError("there is no form {form}", "forms: {known}", form=name[:40], known=" ".join(self.forms))
        return self.forms[name]

    def adopted(self, conn: sqlite3.Connection, journal: int, name: str, v: int) -> Form:
        """A form as the journal adopted it: what records of that version live by."""
        key = (journal, name, v)
        if key not in self._parsed:
            row = conn.execute("SELECT text FROM forms WHERE journal = ? AND form = ? AND v = ?", key).fetchone()
            if row is None:
                raise Damaged("form {form} version {v} is not in the journal", form=name, v=v)
            current = self.forms.get(name)
            self._parsed[key] = current if current and current.text == row[0] else _inked(name, v, row[0])
        return self._parsed[key]

    def versions(self, name: str) -> list[Form]:
        """The form that new records are written on, then the versions that older ones live by; raises DeskError."""
        sql = "SELECT journal, v FROM forms WHERE form = ? ORDER BY v DESC"
        current = self.form(name)
        older = [self.adopted(self.read, journal, name, v) for journal, v in self.read.execute(sql, (name,)).fetchall()]
        return [current, *(one for one in older if one is not current)]

    def _going(self, name: str) -> bool:
        ours = "SELECT id FROM journals WHERE desk = (SELECT desk FROM journals WHERE id = ?)"
        sql = f"SELECT 1 FROM records WHERE form = ? AND ended = 0 AND journal IN ({ours}) LIMIT 1"
        return self.read.execute(sql, (name, self.journal)).fetchone() is not None

    def _changed_forms(self) -> list[DeskError]:
        """Form files that are wrong, or changed as they may not be: the last text in ink is used in their place.

        So a mistake in a file, or a file taken away, takes no open record off the board.
        """
        found: list[DeskError] = []
        sql = "SELECT form, v, text FROM forms WHERE journal = ? ORDER BY v"
        inked: dict[str, dict[int, str]] = {}
        for name, v, text in self.read.execute(sql, (self.journal,)):
            inked.setdefault(name, {})[v] = text
        for name, texts in inked.items():
            current, file = self.forms.get(name), f"{name}.toml"
            wrong = any(one.values.get("file") == file for one in self.forms.complaints)
            if texts.get(current.version) == current.text if current else not (wrong or self._going(name)):
                continue
            used = current is not None and current.version in texts
            v = current.version if current and used else max(texts)
            try:
                last = _inked(name, v, texts[v])
            except Damaged as damage:
                found.append(damage)
                continue
            if current is None:
                if crossing(last, {**self.forms, name: last}) is None:
                    self.forms[name] = last
                if not wrong:
                    found.append(DeskError("{file} is gone, and records on it are open: its last text in ink is used",
                                           "put the file back, or finish the records", file=file))  # fmt: skip
                continue
            types = {key: one.type for key, one in last.fields.items()}
            changed = next((key for key, one in current.fields.items() if types.get(key, one.type) != one.type), None)
            if used:
                found.append(DeskError("{file}: version {v} was already used with another text",
                                       "give the changed form a new version", file=file, v=v))  # fmt: skip
            elif changed:
                found.append(DeskError("{file}: the type of {field} must not change", "give the field another name",
                                       file=file, field=changed))  # fmt: skip
            if used or changed:
                self.forms[name] = last
        return found

    # ---------------------------------------------------------------- connections

    @property
    def read(self) -> sqlite3.Connection:
        """This thread's read-only connection."""
        conn: sqlite3.Connection | None = getattr(self._local, "conn", None)
        if conn is not None and not self._local.frozen:
            return conn
        with told(self.path):
            found, self._local.frozen = _reader(self.path, conn)
        if found is not conn:
            self._local.conn = found
            self._readers.append(found)
        return found

    @property
    def version(self) -> int:
        """Another number whenever somebody has written since this thread looked last."""
        return int(self.read.execute("PRAGMA data_version").fetchone()[0])

    @property
    def names(self) -> dict[str, str]:
        """What records are called, by number, as far as this thread has looked it up since somebody last wrote."""
        stands = (id(self.read), self.version)
        if getattr(self._local, "stands", None) != stands:
            self._local.stands, self._local.names = stands, {}
        found: dict[str, str] = self._local.names
        return found

    @contextlib.contextmanager
    def writing(self, doing: str = "a save") -> Iterator[sqlite3.Connection]:
        """One write transaction under the book's lock: all of it is kept, durably, or none of it.

        Raises Busy after five seconds of waiting, naming the holder; DeskError where the disk refuses.
        """
        with self.locked(doing), told(self.path):
            if _identity(self.path) != self._identity:
                raise DeskError("the book was replaced meanwhile: nothing was saved", "leave and start again")
            conn = self._begin()
            try:
                yield conn
                conn.execute("COMMIT")
            except BaseException:
                if conn.in_transaction:
                    conn.execute("ROLLBACK")
                raise
            if _wal_pages(self.path) > _CHECKPOINT_PAGES:
                # What was committed is saved: a disk too full to copy the log must not say otherwise.
                with contextlib.suppress(sqlite3.Error):
                    conn.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextlib.contextmanager
    def whole(self, doing: str) -> Iterator[sqlite3.Connection]:
        """A writer of its own under the lock, for what is done to the whole file; raises as `writing` does."""
        with self.locked(doing), told(self.path), contextlib.closing(_writer(self.path)) as conn:
            yield conn

    def _begin(self) -> sqlite3.Connection:
        """The writer, its transaction begun."""
        conn = self._writer = self._writer or _writer(self.path)
        try:
            conn.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            # What was opened where nothing may be written stays so: the next save opens it anew.
            self._writer = None
            conn.close()
            raise
        return conn

    @contextlib.contextmanager
    def locked(self, doing: str) -> Iterator[None]:
        """Hold the book's lock, between threads and between processes."""
        from filelock import FileLock, Timeout

        holder = self.path.with_name("holder.json")
        with self._mutex:
            lock = self._lock = self._lock or FileLock(self.path.with_name("book.lock"))
            try:
                self.path.stat()  # a lock would make the folder anew that a pulled stick took along
                lock.acquire(timeout=LOCK_SECONDS, poll_interval=0.02)
            except Timeout as error:
                raise Busy(
                    "the book is in use: {holder}", "try again when it is done", holder=_holder(holder)
                ) from error
            except OSError as error:
                raise os_error(error, self.path) from error
            try:
                with contextlib.suppress(OSError):
                    _tell(holder, {"pid": os.getpid(), "doing": doing, "since": time.strftime("%H:%M:%S")})
                yield
            finally:
                lock.release()

    def close(self) -> None:
        """Close every connection; the last writer's checkpoint happens under the lock."""
        for conn in self._readers:
            with contextlib.suppress(sqlite3.Error):
                conn.close()
        self._readers.clear()
        self._local = threading.local()
        if self._writer is not None:
            with contextlib.suppress(DeskError, sqlite3.Error), self.locked("closing"):
                self._writer.close()
            self._writer = None

    def _upgrade(self) -> None:
        """Migrate an older book under the lock, after a copy of it was put aside."""
        from deskapp.book.migrations import migrate

        with self.whole("an upgrade") as conn:
            version = conn.execute("PRAGMA user_version").fetchone()[0]
            if version < schema.SCHEMA:
                copy_to(conn, self.path.with_name(f"{self.path.name}.v{version}"))
                migrate(conn)


def _inked(name: str, v: int, text: str) -> Form:
    """A form from its text as adopted; raises Damaged where it can't be read any more."""
    try:
        return parse_form(text, f"{name}.toml")
    except FormError as error:
        hint = "deskapp check tells more; deskapp rebuild makes the view anew"
        raise Damaged("form {form} version {v} can't be read from the book", hint, form=name, v=v) from error


def _writer(path: Path) -> sqlite3.Connection:
    # Checkpoints are made only inside `writing`, under the lock: two connections that checkpoint at once can
    # meet SQLite's WAL-reset bug (mended in 3.51.3). A log that was copied is cut back when it begins anew: its size
    # would else call for a checkpoint, which waits for the disk three times, after each save.
    conn = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None, check_same_thread=False)
    # A backup is one file, without a log: put back in its place it gets one again before anything is written.
    # Otherwise a power cut could take back the last save.
    for pragma in (
        "journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0",
        f"journal_size_limit = {_CHECKPOINT_PAGES * _PAGE}", "foreign_keys = OFF", "temp_store = MEMORY",
        "secure_delete = ON",  # what is erased or was only a draft leaves nothing in the file
    ):  # fmt: skip
        conn.execute(f"PRAGMA {pragma}")
    return conn


def _reader(path: Path, frozen: sqlite3.Connection | None) -> tuple[sqlite3.Connection, bool]:
    """A connection that reads, and whether to try again for a better one: so that it sees what is written then."""
    wal = path.with_name(path.name + "-wal")
    logged = wal.exists() and wal.stat().st_size
    try:
        # A -shm file that was opened on a read-only disk would stay so for the whole process, also when it is no more.
        if logged or not _read_only_disk(path):
            return _connect_to_read(path, "mode=ro"), False
    except sqlite3.OperationalError as error:
        # Where there is none and none can be made, with no log waiting, the file alone is the book.
        if logged or (os.access(path.parent, os.W_OK) and error.sqlite_errorcode not in _NO_SHM):
            raise
    return frozen or _connect_to_read(path, "immutable=1"), True


def _read_only_disk(path: Path) -> bool:
    return hasattr(os, "statvfs") and bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)


def _connect_to_read(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path))}?{mode}"
    conn = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        conn.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error:
        conn.close()
        raise
    return conn


def _beside(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm"))


def _identity(path: Path) -> tuple[int, int]:
    """Which file stands at the path: a restore puts another one there."""
    found = path.stat()
    return found.st_dev, found.st_ino


def _wal_pages(path: Path) -> int:
    try:
        return path.with_name(path.name + "-wal").stat().st_size // _PAGE
    except OSError:
        return 0


def _tell(path: Path, holder: dict[str, object]) -> None:
    """Write who holds the book over what stood there: to cut a file off and fill it anew may wait for the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        os.write(handle, json.dumps(holder).ljust(_HOLDER).encode())
    finally:
        os.close(handle)


def _holder(path: Path) -> str:
    try:
        held = json.loads(path.read_text())
        return f"{held['doing']} ({held['pid']}, {held['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
