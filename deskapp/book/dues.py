"""The clocks of records in the view: turned as the entries say, and turned back by an undo."""

from __future__ import annotations

import sqlite3

from deskapp.book import entry as ink
from deskapp.book import lineage
from deskapp.book.entry import Entry
from deskapp.forms import clocks


def follow(conn: sqlite3.Connection, id_: int, entry: Entry) -> None:
    """Turn the clocks of a record as an entry says."""
    if entry.undoes is not None:
        _turn_back(conn, id_, entry)
        return
    for clock, due in entry.due.items():
        _turn(conn, id_, clock, due, entry.moment)


def _turn_back(conn: sqlite3.Connection, id_: int, entry: Entry) -> None:
    """Bring the clocks of an undone step to where the entries that still stand had brought them."""
    journal = lineage.root(conn, entry.journal, entry.rec)
    entries = [one for one in ink.of_record(conn, journal, entry.rec) if one.seq <= entry.seq]
    undone = {entry.undoes, *(one.undoes for one in entries)}
    for clock in entry.due:
        conn.execute("DELETE FROM due WHERE record = ? AND clock = ?", (id_, clock))
    for one in entries:
        if one.undoes is None and one.seq not in undone:
            for clock in one.due.keys() & entry.due.keys():
                _turn(conn, id_, clock, one.due[clock], one.moment)


def _turn(conn: sqlite3.Connection, id_: int, clock: str, due: str | None, moment: str) -> None:
    """Start, move, pause or stop a clock; only a start, not a move, sets when it began."""
    place = (id_, clock)
    if due is None:
        conn.execute("UPDATE due SET state = ?, left = NULL WHERE record = ? AND clock = ?", (clocks.DROPPED, *place))
    elif due in (clocks.KEPT, clocks.LATE):
        sql = "UPDATE due SET state = ?, left = NULL, stopped = ? WHERE record = ? AND clock = ?"
        conn.execute(sql, (due, moment, *place))
    elif due.startswith(("P", "-P")):
        sql = "UPDATE due SET state = ?, due = NULL, left = ? WHERE record = ? AND clock = ?"
        conn.execute(sql, (clocks.PAUSED, due, *place))
    else:
        conn.execute(
            "INSERT INTO due VALUES (?, ?, ?, ?, NULL, ?, NULL) ON CONFLICT DO UPDATE SET state = excluded.state, "
            "due = excluded.due, left = NULL, stopped = NULL, started = CASE WHEN due.state IN "
            "('running', 'paused') THEN due.started ELSE excluded.started END",
            (*place, clocks.RUNNING, due, moment),
        )
