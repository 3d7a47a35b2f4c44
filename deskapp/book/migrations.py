"""The book's schema, as sqlite-utils migrations; imported only to make or upgrade a book."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from deskapp.book.schema import DAY, TRIGGERS

migrations = Migrations("deskapp")

_JOURNAL = (
    """CREATE TABLE journals (
        id INTEGER PRIMARY KEY,
        journal TEXT NOT NULL UNIQUE,
        desk TEXT NOT NULL,
        branch TEXT NOT NULL DEFAULT '',
        first INTEGER NOT NULL DEFAULT 0,
        continues INTEGER REFERENCES journals(id))""",
    """CREATE TABLE journal (
        id INTEGER PRIMARY KEY,
        journal INTEGER NOT NULL REFERENCES journals(id),
        seq INTEGER NOT NULL,
        rec INTEGER,
        head TEXT NOT NULL,
        body TEXT NOT NULL,
        private TEXT,
        hash TEXT NOT NULL,
        UNIQUE (journal, seq))""",
    # A record's register entry is found by (journal, seq): only its later entries need this index.
    "CREATE INDEX journal_rec ON journal (rec, journal) WHERE rec <> seq",
)
_VIEW = (
    "CREATE TABLE forms (journal INTEGER, form TEXT, v INTEGER, text TEXT, PRIMARY KEY (journal, form, v))",
    "CREATE TABLE erased (journal INTEGER, seq INTEGER, PRIMARY KEY (journal, seq)) WITHOUT ROWID",
    """CREATE TABLE records (
        id INTEGER PRIMARY KEY,
        journal INTEGER NOT NULL,
        rec INTEGER NOT NULL,
        form TEXT NOT NULL,
        v INTEGER NOT NULL,
        number TEXT NOT NULL,
        state TEXT NOT NULL,
        ended INTEGER NOT NULL,
        marks TEXT NOT NULL,
        opened TEXT NOT NULL,
        day TEXT NOT NULL,
        by TEXT NOT NULL,
        at TEXT NOT NULL,
        seq INTEGER NOT NULL,
        fields TEXT NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (number, journal))""",
    "CREATE INDEX records_rec ON records (rec, journal)",
    "CREATE INDEX records_form ON records (form)",
    "CREATE INDEX records_open ON records (form) WHERE ended = 0",
    """CREATE TABLE due (
        record INTEGER,
        clock TEXT,
        state TEXT NOT NULL,
        due TEXT,
        left TEXT,
        started TEXT,
        stopped TEXT,
        PRIMARY KEY (record, clock)) WITHOUT ROWID""",
    "CREATE INDEX due_live ON due (due) WHERE state IN ('running', 'paused')",
    "CREATE TABLE links (target TEXT, record INTEGER, field TEXT, PRIMARY KEY (target, record, field)) WITHOUT ROWID",
    "CREATE INDEX links_record ON links (record)",
    "CREATE TABLE totals (name TEXT PRIMARY KEY, amount INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE name_keys (key TEXT, name INTEGER, PRIMARY KEY (key, name)) WITHOUT ROWID",
    "CREATE TABLE name_records (name INTEGER, record INTEGER, PRIMARY KEY (name, record)) WITHOUT ROWID",
    "CREATE TABLE tails (tail TEXT, record INTEGER, PRIMARY KEY (tail, record)) WITHOUT ROWID",
    "CREATE TABLE numbers (journal INTEGER, series TEXT, n INTEGER, PRIMARY KEY (journal, series)) WITHOUT ROWID",
    # The terms are cut in Python; the ascii tokenizer passes every other script through untouched.
    """CREATE VIRTUAL TABLE search USING fts5 (
        text, content='', detail='none', columnsize=0, tokenize="ascii tokenchars '_'")""",
)
_DESK = (
    "CREATE TABLE own (journal INTEGER NOT NULL)",
    """CREATE TABLE credentials (
        staff TEXT PRIMARY KEY, salt BLOB NOT NULL, n INTEGER NOT NULL, r INTEGER NOT NULL, p INTEGER NOT NULL,
        key BLOB NOT NULL)""",
    "CREATE TABLE tries (staff TEXT PRIMARY KEY, failed INTEGER NOT NULL, wait_until REAL NOT NULL)",
)
_EXCHANGE = (
    # What the other side has said it holds of a journal of ours.
    """CREATE TABLE acked (
        party TEXT, journal INTEGER, seq INTEGER NOT NULL, hash TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (party, journal)) WITHOUT ROWID""",
    """CREATE TABLE received (
        bundle_id TEXT PRIMARY KEY,
        party TEXT,
        journal TEXT,
        kind TEXT,
        from_seq INTEGER,
        to_seq INTEGER,
        outcome TEXT NOT NULL,
        note TEXT,
        at TEXT NOT NULL,
        manifest TEXT,
        sums TEXT,
        signature TEXT)""",
    """CREATE TABLE held (
        bundle_id TEXT PRIMARY KEY, path TEXT NOT NULL, journal TEXT NOT NULL, from_seq INTEGER NOT NULL)""",
)
_HANDS = (
    # What was typed and not saved, for its author alone: `body` is JSON, `place` says which screen it belongs to.
    """CREATE TABLE drafts (
        staff TEXT, place TEXT, at TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (staff, place)) WITHOUT ROWID""",
    # A PIN unlocks a session that is signed in; it never signs in.
    """CREATE TABLE pins (
        staff TEXT PRIMARY KEY, salt BLOB NOT NULL, n INTEGER NOT NULL, r INTEGER NOT NULL, p INTEGER NOT NULL,
        key BLOB NOT NULL)""",
    # How far somebody has looked at the board: the id of the last entry there was then.
    "CREATE TABLE seen (staff TEXT PRIMARY KEY, entry INTEGER NOT NULL)",
    # What was written on a business day: the journal's order is the seq's, and a clock that jumped mixes the days.
    f"CREATE INDEX journal_day ON journal ({DAY}, journal)",
    # Private lines were erased, and the file still has to be made anew.
    "CREATE TABLE unclean (since TEXT NOT NULL)",
)


@migrations()
def m001_journal_view_desk(db: Database) -> None:
    """The journal with its triggers, the view, and the desk's own tables."""
    for statement in (*_JOURNAL, *_VIEW, *_DESK, *TRIGGERS.values()):
        db.execute(statement)
    db.execute("PRAGMA user_version = 1")


@migrations()
def m002_exchange(db: Database) -> None:
    """What went to the other side and came from it."""
    for statement in _EXCHANGE:
        db.execute(statement)
    db.execute("PRAGMA user_version = 2")


@migrations()
def m003_hands(db: Database) -> None:
    """What is being typed, who unlocks with what, what was seen, and the journal by business day."""
    for statement in _HANDS:
        db.execute(statement)
    db.execute("PRAGMA user_version = 3")


def migrate(conn: sqlite3.Connection) -> None:
    """Bring the schema up to date; each migration is one transaction, and is whole or not there."""
    migrations.apply(Database(conn, execute_plugins=False, recursive_triggers=False))
