"""What came and what was acknowledged: the exchange's own tables, which no journal holds and no rebuild makes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

APPLIED, DUPLICATE = "APPLIED", "DUPLICATE"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a bundle; `bundle_id` is that of its file where it could not be read so far."""

    bundle_id: str
    outcome: str
    note: str
    at: str
    party: str | None = None
    journal: str | None = None
    kind: str | None = None
    from_seq: int | None = None
    to_seq: int | None = None
    manifest: str | None = None
    sums: str | None = None
    signature: str | None = None


_NAMES = tuple(Receipt.__dataclass_fields__)
_COLUMNS = ", ".join(_NAMES)


def note(conn: sqlite3.Connection, receipt: Receipt) -> None:
    """Keep a receipt; a bundle that comes once more after it was applied leaves the first one."""
    row = conn.execute("SELECT outcome FROM received WHERE bundle_id = ?", (receipt.bundle_id,)).fetchone()
    if row is not None and row[0] == APPLIED and receipt.outcome == DUPLICATE:
        return
    values = [getattr(receipt, name) for name in _NAMES]
    places = ",".join("?" * len(values))
    conn.execute(f"INSERT OR REPLACE INTO received ({_COLUMNS}) VALUES ({places})", values)


def receipts(conn: sqlite3.Connection, party: str | None = None) -> list[Receipt]:
    """The receipts, of a party if one is named, the newest first."""
    where, given = ("WHERE party = ?", (party,)) if party is not None else ("", ())
    rows = conn.execute(f"SELECT {_COLUMNS} FROM received {where} ORDER BY at DESC, rowid DESC", given)
    return [Receipt(*row) for row in rows]


def hold(conn: sqlite3.Connection, bundle_id: str, path: str, journal: str, from_seq: int) -> None:
    """A bundle waits for others."""
    conn.execute("INSERT OR REPLACE INTO held (bundle_id, path, journal, from_seq) VALUES (?, ?, ?, ?)",
                 (bundle_id, path, journal, from_seq))  # fmt: skip


def release(conn: sqlite3.Connection, bundle_id: str) -> None:
    """It waits no longer."""
    conn.execute("DELETE FROM held WHERE bundle_id = ?", (bundle_id,))


def held(conn: sqlite3.Connection) -> list[tuple[str, str, str, int]]:
    """What waits: bundle_id, file name, journal and first seq, in the order in which it may apply."""
    return list(conn.execute("SELECT bundle_id, path, journal, from_seq FROM held ORDER BY from_seq, bundle_id"))


def kept(conn: sqlite3.Connection, bundle_id: str) -> Receipt | None:
    """What became of a bundle when it came last."""
    row = conn.execute(f"SELECT {_COLUMNS} FROM received WHERE bundle_id = ?", (bundle_id,)).fetchone()
    return Receipt(*row) if row else None


def acknowledge(
    conn: sqlite3.Connection, party: str, journal: int, seq: int, hash_: str, at: str, *, newest: bool
) -> None:
    """The other side holds our journal up to this entry.

    Only its newest word may say less than one before: its book was restored, and lacks what it once had.
    """
    row = conn.execute("SELECT seq FROM acked WHERE party = ? AND journal = ?", (party, journal)).fetchone()
    if row is not None and row[0] >= seq and not newest:
        return
    conn.execute("INSERT OR REPLACE INTO acked (party, journal, seq, hash, at) VALUES (?, ?, ?, ?, ?)",
                 (party, journal, seq, hash_, at))  # fmt: skip


def unacknowledge(conn: sqlite3.Connection, party: str) -> None:
    """The other side, in its newest word, holds nothing of ours."""
    conn.execute("DELETE FROM acked WHERE party = ?", (party,))


def last_word(conn: sqlite3.Connection, party: str) -> str | None:
    """When a party last acknowledged anything."""
    row = conn.execute("SELECT max(at) FROM acked WHERE party = ?", (party,)).fetchone()
    return str(row[0]) if row[0] else None


def acked(conn: sqlite3.Connection, party: str) -> dict[int, int]:
    """Up to which seq a party holds our journals."""
    return dict(conn.execute("SELECT journal, seq FROM acked WHERE party = ?", (party,)).fetchall())
