"""A wrong form file is refused by file, key and reason, and stops nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskapp.forms.form import Label
from deskapp.forms.load import FormError, load, parse_form
from tests.support import forms

GOOD = """
form    = "slip"
code    = "X-1"
version = 1
title   = { zh = "单", en = "Slip" }
number  = "SL{date}-{n:03}"
states  = ["open", "done", "shut"]
ends    = ["shut"]
marks   = ["paid"]
closes  = { from = ["done"], to = "shut", marks = ["paid"], unless = { paid = { charge = "free" } } }
what    = ["thing"]
follow  = "owner"
list    = ["room", "what", "steps.pay"]
board   = "list"

[labels]
open = { zh = "开", en = "Open" }
done = { zh = "完", en = "Done" }
shut = { zh = "结", en = "Shut" }
paid = { zh = "付", en = "Paid" }

[menu]
3 = "register"
13 = "list"

[fields.room]
type  = "room"
label = { zh = "房", en = "Room" }

[fields.thing]
type   = "text"
length = 60
label  = { zh = "物", en = "Thing" }

[fields.charge]
type    = "choice"
default = "free"
label   = { zh = "收费", en = "Charge" }
choices = [
  { code = "free", zh = "免", en = "Free" },
  { code = "board", zh = "价", en = "Board", to = "done" },
]

[fields.fee]
type  = "money"
min   = 1
max   = "99.50"
label = { zh = "费", en = "Fee" }

[fields.guest]
type  = "person"
label = { zh = "客", en = "Guest" }

[fields.gems]
type    = "yes-no"
refuses = true
say     = { zh = "不收", en = "We may not" }
label   = { zh = "贵重", en = "Gems" }

[fields.until]
type  = "moment"
label = { zh = "到", en = "Until" }

[fields.owner]
type  = "staff"
label = { zh = "谁", en = "Who" }

[fields.source]
type   = "record"
of     = ["slip"]
copies = { thing = "thing" }
label  = { zh = "来", en = "From" }

[fields.why]
type  = "note"
label = { zh = "为何", en = "Why" }

[steps.register]
label = { zh = "登", en = "Register" }
who   = ["reception"]
asks  = { room = "needed", thing = "needed", charge = "needed" }

[steps.finish]
label = { zh = "完", en = "Finish" }
from  = ["open"]
to    = "done"
who   = ["reception"]
asks  = { why = "optional" }

[steps.pay]
label = { zh = "付", en = "Pay" }
from  = "open"
who   = ["cashier"]
asks  = { fee = "needed" }
sets  = "paid"

[clocks.reply]
label     = { zh = "复", en = "Reply" }
starts    = ["register"]
stops     = ["finish"]
limit     = "30 min"
late_asks = "why"

[acts.both]
label = { zh = "都", en = "Both" }
steps = ["finish", "pay?"]
"""

TALLY = '[tallies.x]\nlabel = { zh = "计", en = "Tally" }\n'
TOTAL = '[totals.all]\nlabel = { zh = "总", en = "All" }\nsum = "fee"\n'

# what is replaced, by what, the key that is named, a word of the reason
WRONG = [
    ("", "x = ", "-", "not TOML"),
    ("", "x = " + "[" * 5000, "-", "not TOML"),
    ("board   =", "colour  =", "colour", "not a key"),
    ('form    = "slip"', 'form    = "ship"', "form", "file's name"),
    ('form    = "slip"', "form    = 3", "form", "text"),
    ('code    = "X-1"', "", "code", "text"),
    ("version = 1", "version = 0", "version", "whole number"),
    ("version = 1", "version = true", "version", "whole number"),
    ("version = 1", "version = 99999999999999999999", "version", "whole number"),
    ('title   = { zh = "单", en = "Slip" }', 'title   = { zh = "单" }', "title", "zh and en"),
    ('title   = { zh = "单", en = "Slip" }', 'title   = { zh = "单", en = "" }', "title.en", "text"),
    ('title   = { zh = "单", en = "Slip" }', 'title   = "单"', "title", "table"),
    ("{n:03}", "{n:3}", "number", "{n}"),
    ("SL{date}-{n:03}", "SL", "number", "{n}"),
    ("SL{date}-{n:03}", "SL{n}-{n}", "number", "{n}"),
    ("SL{date}-{n:03}", "SL{room}", "number", "text that is not personal"),
    ("SL{date}-{n:03}", "{guest}", "number", "text that is not personal"),
    ("SL{date}-{n:03}", "{nosuch}", "number", "{n}"),
    # the next serial is found by the digits at the end: nothing may follow it, no digit stand before it
    ("SL{date}-{n:03}", "SL{n:03}-A", "number", "{n}"),
    ("SL{date}-{n:03}", "SL{date}{n:03}", "number", "{n}"),
    ("SL{date}-{n:03}", "SL2{n:03}", "number", "{n}"),
    ("SL{date}-{n:03}", "SL{date}-{thing}", "number", "{n}"),
    ("SL{date}-{n:03}", "S L{n}", "number", "{n}"),
    ('states  = ["open", "done", "shut"]', "states  = []", "states", "at least one"),
    ('states  = ["open", "done", "shut"]', 'states  = ["open", "done", "shut", "Void"]', "states", "state"),
    ('states  = ["open", "done", "shut"]', 'states  = ["open", "done", "shut", "open"]', "states", "twice"),
    ('states  = ["open", "done", "shut"]', 'states  = ["open", "done", "shut", 4]', "states", "list of names"),
    ('ends    = ["shut"]', 'ends    = ["open"]', "ends", "first state"),
    ('ends    = ["shut"]', 'ends    = ["gone"]', "ends", "gone is not a state"),
    ('paid = { zh = "付", en = "Paid" }\n\n[menu]', "[menu]", "labels", "paid"),
    ('paid = { zh = "付", en = "Paid" }\n\n[menu]', 'pait = { zh = "付", en = "Paid" }\n\n[menu]', "labels", "pai"),
    ("[menu]", 'nosuch = { zh = "付", en = "Paid" }\n[menu]', "labels.nosuch", "state or mark"),
    ('from = ["done"], to = "shut", ', 'from = ["done"], to = "gone", ', "closes.to", "gone is not a state"),
    ('from = ["done"], to = "shut", ', 'from = ["done"], ', "closes.to", "needed"),
    ('from = ["done"], to = "shut", ', 'to = "shut", ', "closes.from", "needed"),
    ('marks = ["paid"], unless', 'marks = ["lost"], unless', "closes.marks", "lost is not a mark"),
    ("unless = { paid = {", "unless = { lost = {", "closes.unless.lost", "marks"),
    ('{ charge = "free" } }', '{ charge = "gift" } }', "closes.unless.paid.charge", "gift is not an answer"),
    ('{ charge = "free" } }', '{ thing = "x" } }', "closes.unless.paid.thing", "not a choice"),
    ('{ charge = "free" } }', "{ charge = [[1]] } }", "closes.unless.paid.charge", "not an answer"),
    ('what    = ["thing"]', 'what    = ["guest"]', "what", "personal"),
    ('what    = ["thing"]', 'what    = ["nosuch"]', "what", "not a field"),
    ('follow  = "owner"', 'follow  = "nosuch"', "follow", "not a field"),
    ('"steps.pay"]', '"steps.nosuch"]', "list", "steps.nosuch"),
    ('board   = "list"', 'board   = "big"', "board", "list or count"),
    ('3 = "register"', '3 = "nosuch"', "menu.3", "nosuch is not a step"),
    ('3 = "register"', '0 = "register"', "menu.0", "1-99"),
    ('3 = "register"', "3 = []", "menu.3", "1-99"),
    ('3 = "register"', '3 = ["finish", "register"]', "menu.3", "1-99"),
    ('3 = "register"', '3 = ["finish", "list"]', "menu.3", "1-99"),
    ('board   = "list"', 'board = "list"\ncounts = ["open"]', "counts", "board = count"),
    ('board   = "list"', 'board = "count"\ncounts = ["gone"]', "counts", "gone is not a state"),
    ('board   = "list"', 'card = { until = "until" }', "card.covers", "a text"),
    ('board   = "list"', 'card = { covers = "why" }', "card.covers", "a text that is not personal"),
    ('board   = "list"', 'card = { covers = "thing", until = "thing" }', "card.until", "moment"),
    ('board   = "list"', 'card = { covers = "thing", from = "until" }', "card.from", "not a key"),
    ('board   = "list"', 'twin = { by = "why", step = "pay" }', "twin.by", "room, record or staff"),
    ('board   = "list"', 'twin = { by = "room" }', "twin.step", "a text"),
    (
        'board   = "list"',
        'twin = { by = "room", step = "pay", merges = ["gone"] }',
        "twin.merges",
        "gone is not a state",
    ),
    ('board   = "list"', 'twin = { by = "room", step = "pay", double = "x" }', "twin.double", "x is not a step"),
    ('board   = "list"', 'twin = { by = "room", step = "x", form = "y", recall = "pay" }', "twin.merges", "one form"),
    ('board   = "list"', 'twin = { by = "room", step = "pay", copies = { fee = "x" } }', "twin.copies.fee", "x is not"),
    ('board   = "list"', 'corrects = { asks = { charge = ["room"] } }', "corrects.from", "name a state"),
    ('board   = "list"', 'corrects = { from = ["open"], asks = { x = ["room"] } }', "corrects.asks.x", "not a field"),
    (
        'board   = "list"',
        'corrects = { from = ["open"], asks = { charge = ["x"] } }',
        "corrects.asks.charge",
        "x is not",
    ),
    ('board   = "list"', "repeats = { days = 7 }", "repeats.days", "whole numbers"),
    ('board   = "list"', "repeats = { days = 7, times = true }", "repeats.days", "whole numbers"),
    ('type  = "room"\n', 'type  = "room"\nresident = true\n', "fields.room.resident", "does not go with room"),
    ('sets  = "paid"', 'sets  = "paid"\nleaves = 1', "steps.pay.leaves", "true or false"),
    (
        "[acts.both]",
        '[totals.all]\nlabel = { zh = "总", en = "All" }\nsum = "thing"\n[acts.both]',
        "totals.all.sum",
        "amount",
    ),
    ("[acts.both]", '[totals.all]\nsum = "fee"\nlabel = "x"\n[acts.both]', "totals.all.label", "table"),
    ("[acts.both]", f'{TOTAL}when = {{ charge = "dear" }}\n[acts.both]', "totals.all.when.charge", "not an answer"),
    ("[acts.both]", f'{TOTAL}minus = {{ thing = "x" }}\n[acts.both]', "totals.all.minus.thing", "not a choice"),
    ("[acts.both]", f'{TOTAL}states = ["gone"]\n[acts.both]', "totals.all.states", "gone is not a state"),
    ("[acts.both]", '[tallies.x]\nstates = ["gone"]\n[acts.both]', "tallies.x.label", "zh and en"),
    ("[acts.both]", f'{TALLY}states = ["gone"]\n[acts.both]', "tallies.x.states", "gone is not a state"),
    ("[acts.both]", f'{TALLY}unless = {{ charge = "dear" }}\n[acts.both]', "tallies.x.unless.charge", "not an answer"),
    ("[acts.both]", f'{TALLY}when = {{ thing = "x" }}\n[acts.both]', "tallies.x.when.thing", "not a choice"),
    ('asks  = { why = "optional" }', 'asks = { why = "optional" }\nempties = ["why"]', "steps.finish.empties", "asked"),
    ('asks  = { why = "optional" }', 'empties = ["thing"]', "steps.finish.empties", "needed at register"),
    ('asks  = { why = "optional" }', 'empties = ["nosuch"]', "steps.finish.empties", "nosuch is not a field"),
    (
        'asks  = { room = "needed"',
        'empties = ["why"]\nasks = { room = "needed"',
        "steps.register.empties",
        "but register",
    ),
    ('zh = "免", en = "Free"', 'zh = "免", en = "Free", sets = "lost"', "fields.charge.choices.1.sets", "mark"),
    ('zh = "免", en = "Free"', 'zh = "免", en = "Free", at = "shop"', "fields.charge.choices.1.at", "kind of office"),
    ('zh = "免", en = "Free"', 'zh = "免", en = "Free", say = "x"', "fields.charge.choices.1.say", "table"),
    ('type   = "text"', 'type   = "note"\nunique = true', "fields.thing.unique", "note"),
    ('type   = "text"', 'type   = "text"\nunique = true\npersonal = true', "fields.thing.unique", "personal"),
    ('type  = "room"', 'type  = "room"\noutsider = true', "fields.room.outsider", "room"),
    ('type  = "room"', "", "fields.room.type", "needed"),
    ('type  = "room"', 'type  = "flat"', "fields.room.type", "field type"),
    ('type  = "room"', 'type  = "room"\ntail = true', "fields.room.tail", "does not go with room"),
    ('type  = "room"', 'type  = "room"\nmax = 3', "fields.room.max", "does not go with room"),
    ('type  = "room"', 'type  = "room"\npersonal = "yes"', "fields.room.personal", "true or false"),
    ('type  = "room"', 'type  = "room"\nhint = "x"', "fields.room.hint", "table"),
    ('type  = "room"', 'type  = "room"\ndefault = [1]', "fields.room.default", "text, number"),
    ("[fields.why]", "[fields.Why]", "fields.Why", "not a name"),
    ("[fields.why]", "[fields.when]", "fields.when", "not a name"),
    ("[fields.why]", "[fields.state]", "fields.state", "not a name"),
    ("[fields.why]", "[fields.number]", "fields.number", "not a name"),
    ("length = 60", "length = 0", "fields.thing.length", "whole number"),
    ("length = 60", "length = true", "fields.thing.length", "whole number"),
    ('default = "free"', 'default = "gift"', "fields.charge.default", "not an answer"),
    ('default = "free"', "default = 9", "fields.charge.default", "not an answer"),
    ('code = "board"', 'code = "free"', "fields.charge.choices.2.code", "name of its own"),
    ('code = "board"', 'code = "2"', "fields.charge.choices.2.code", "name of its own"),
    ('zh = "价", en = "Board"', 'zh = "价"', "fields.charge.choices.2.en", "text"),
    ('to = "done" }', 'to = "gone" }', "fields.charge.choices.2.to", "gone is not a state"),
    ('to = "done" }', 'act = "gone" }', "fields.charge.choices.2.act", "gone is not an act"),
    ('to = "done" }', 'none = "x" }', "fields.charge.choices.2.none", "not a key"),
    ("choices = [", "choices = 3\nx = [", "fields.charge.x", "not a key"),
    ("min   = 1", 'min   = "a"', "fields.fee.min", "amount"),
    ("min   = 1", "min   = true", "fields.fee.min", "amount"),
    ("min   = 1", "min   = nan", "fields.fee.min", "amount"),
    ("min   = 1", "min   = 200", "fields.fee.max", "less than min"),
    ("min   = 1", "min   = 1\ndefault = 0", "fields.fee.default", "not an answer"),
    ("refuses = true", 'refuses = "yes please"', "fields.gems.refuses", "not an answer"),
    ('say     = { zh = "不收", en = "We may not" }\n', "", "fields.gems.say", "needed by refuses"),
    ("refuses = true", "refuses = true\ndefault = true", "fields.gems.default", "not an answer"),
    ('type  = "moment"', 'type  = "moment"\ntense = "perfect"', "fields.until.tense", "past or future"),
    ('type  = "moment"', 'type  = "moment"\ndefault = "soon"', "fields.until.default", "not an answer"),
    ('of     = ["slip"]', "", "fields.source.of", "needed by record"),
    ('copies = { thing = "thing" }', 'copies = { gone = "thing" }', "fields.source.copies", "gone is not a field"),
    ('copies = { thing = "thing" }', 'copies = "thing"', "fields.source.copies", "list or a table"),
    ("[steps.register]", '[steps.enter]\nfrom = "open"', "steps", "register"),
    ("[steps.finish]", "[steps.for]", "steps.for", "not a name"),
    ('who   = ["cashier"]', 'who   = ["clerk"]', "steps.pay.who", "clerk is not a role"),
    ('who   = ["cashier"]', "who   = []", "steps.pay.who", "must name"),
    ('from  = "open"', "", "steps.pay.from", "every step but register"),
    ('from  = "open"', "from  = []", "steps.pay.from", "state"),
    ('from  = "open"', 'from  = ["gone"]', "steps.pay.from", "gone is not a state"),
    ('from  = "open"', 'from  = ["void"]', "steps.pay.from", "void is not a state"),
    ('to    = "done"', 'to    = "gone"', "steps.finish.to", "gone is not a state"),
    ('fee = "needed"', 'fee = "must"', "steps.pay.asks.fee", "needed, optional or aside"),
    ('fee = "needed"', 'tax = "needed"', "steps.pay.asks.tax", "not a field"),
    ('fee = "needed"', 'when = "needed"', "steps.pay.asks.when", "not a field"),
    ('sets  = "paid"', 'sets  = "lost"', "steps.pay.sets", "lost is not a mark"),
    ('sets  = "paid"', 'check = "lucky"', "steps.pay.check", "lucky is not a check"),
    ('sets  = "paid"', 'closes = ["paid"]', "steps.pay.closes", "not a key"),
    ("[clocks.reply]", '[steps.undo]\nwho = ["manager"]\nto = "done"\n[clocks.reply]', "steps.undo.to", "not a key"),
    ('starts    = ["register"]', "", "clocks.reply.starts", "must name a step"),
    ('starts    = ["register"]', 'starts    = ["begin"]', "clocks.reply.starts", "begin is not a step"),
    ('limit     = "30 min"', "", "clocks.reply.limit", "either a limit, its own"),
    ('limit     = "30 min"', 'limit = "30 min"\ndue = "until"', "clocks.reply.limit", "either a limit, its own"),
    ('limit     = "30 min"', 'limit = "pickup"', "clocks.reply.limit", "30 min, 24 h"),
    ('limit     = "30 min"', 'limit = "30 min"\nsetting = "pick up"', "clocks.reply.setting", "must be a name"),
    ('limit     = "30 min"', 'due = "until"\nsetting = "pickup"', "clocks.reply.limit", "either a limit, its own"),
    ('limit     = "30 min"', 'limit     = "30 minutes"', "clocks.reply.limit", "30 min, 24 h"),
    ('limit     = "30 min"', 'limit     = "0 days"', "clocks.reply.limit", "30 min, 24 h"),
    ('limit     = "30 min"', 'due       = "thing"', "clocks.reply.due", "moment or a day"),
    ('limit     = "30 min"', 'limit = "1 h"\nunless = "nosuch"', "clocks.reply.unless", "not a field"),
    ('limit     = "30 min"', 'limit = "1 h"\nwhen = { charge = "x" }', "clocks.reply.when.charge", "not an answer"),
    # a late clock whose reason the stopping step cannot take would hold the record for ever
    ('late_asks = "why"', 'late_asks = "thing"', "clocks.reply.late_asks", "finish"),
    ('steps = ["finish", "pay?"]', 'steps = ["finish"]', "acts.both.steps", "two steps"),
    ('steps = ["finish", "pay?"]', 'steps = ["finish?", "pay"]', "acts.both.steps", "two steps"),
    ('steps = ["finish", "pay?"]', 'steps = ["finish", "nosuch"]', "acts.both.steps", "nosuch is not a step"),
]


@pytest.mark.parametrize(("old", "new", "key", "reason"), WRONG, ids=[f"{i}-{case[2]}" for i, case in enumerate(WRONG)])
def test_wrong_file(old: str, new: str, key: str, reason: str) -> None:
    """Refused with the file, the key and the reason (design: a form)."""
    assert old in GOOD
    with pytest.raises(FormError) as caught:
        parse_form(GOOD.replace(old, new, 1) if old else new, "slip.toml")
    assert caught.value.values["file"] == "slip.toml"
    assert caught.value.values["key"] == key
    assert reason in caught.value.values["reason"]
    assert str(caught.value).startswith(f"slip.toml: {key}: ")


def test_good_file() -> None:
    """The form the table above spoils is a good one, read as it says."""
    form = parse_form(GOOD, "slip.toml")
    assert form.text == GOOD
    assert form.states == ("open", "done", "shut")
    assert form.ends == {"shut", "void"}
    assert form.steps["pay"].from_ == ("open", "done")
    assert form.steps["register"].to == "open"
    assert form.fields["guest"].personal
    assert form.fields["why"].private
    assert not form.fields["why"].personal
    assert form.fields["reason"].type == "note"
    assert form.fields["thing"].length == 60
    assert form.labels["done"] == Label("完", "Done")
    assert {"correct", "undo", "void", "reveal"} < set(form.steps)
    assert form.steps["void"].to == "void"


@pytest.mark.parametrize("name", ["form", "journal"])
def test_reserved_form_names(name: str) -> None:
    """What the journal itself writes is no office's form."""
    with pytest.raises(FormError, match="form: "):
        parse_form(GOOD.replace('form    = "slip"', f'form    = "{name}"'), f"{name}.toml")


def test_field_called_date() -> None:
    """`{date}` and `{n}` in a number are the day and the serial, whatever the fields are called."""
    text = GOOD.replace("[fields.why]", "[fields.date]").replace("why", "date").replace("[fields.thing]", "[fields.n]")
    form = parse_form(text.replace("thing", "n"), "slip.toml")
    assert form.number_field is None
    assert parse_form(GOOD.replace("SL{date}-{n:03}", "SL-{thing}"), "slip.toml").number_field == "thing"


def test_wrong_file_stops_nobody(tmp_path: Path) -> None:
    """One wrong file is left out and complained about; the others load."""
    (tmp_path / "slip.toml").write_text(GOOD, "utf-8")
    (tmp_path / "bad.toml").write_text(GOOD, "utf-8")
    (tmp_path / "worse.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "worst.toml").mkdir()
    (tmp_path / "deep.toml").write_text("x = " + "[" * 100_000, "utf-8")
    (tmp_path / "menu.toml").write_text(GOOD.replace('"slip"', '"menu"').replace('3 = "register"', "3 = [[]]"), "utf-8")
    found = load([tmp_path])
    assert list(found) == ["slip"]
    assert sorted(c.values["file"] for c in found.complaints) == [
        "bad.toml", "deep.toml", "menu.toml", "worse.toml", "worst.toml",
    ]  # fmt: skip


def test_byte_order_mark(tmp_path: Path) -> None:
    """Notepad's byte order mark is no mistake of the form."""
    (tmp_path / "slip.toml").write_text(GOOD, "utf-8-sig")
    assert load([tmp_path])["slip"].text == GOOD


def test_later_folder_replaces(tmp_path: Path) -> None:
    """An office's own form replaces the one that came with the program; a wrong one does not."""
    ours, theirs = tmp_path / "a", tmp_path / "b"
    for folder, text in ((ours, GOOD), (theirs, GOOD.replace("version = 1", "version = 2"))):
        folder.mkdir()
        (folder / "slip.toml").write_text(text, "utf-8")
    assert load([ours, theirs])["slip"].version == 2
    (theirs / "slip.toml").write_text("x", "utf-8")
    found = load([ours, theirs, tmp_path / "nosuch"])
    assert found["slip"].version == 1
    assert len(found.complaints) == 1


CROSS = GOOD.replace('"slip"', '"other"').replace('of     = ["other"]', 'of     = ["slip"]').replace("3 =", "4 =")


def test_a_menu_number_is_one_forms(tmp_path: Path) -> None:
    """The form before keeps it; the other one is there without it."""
    (tmp_path / "slip.toml").write_text(GOOD, "utf-8")
    (tmp_path / "tilt.toml").write_text(GOOD.replace('"slip"', '"tilt"').replace("13 =", "14 ="), "utf-8")
    found = load([tmp_path])
    assert [dict(form.menu) for form in found.values()] == [{3: ("register",), 13: ("list",)}, {14: ("list",)}]
    assert [(c.values["file"], c.values["key"]) for c in found.complaints] == [("tilt.toml", "menu.3")]


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ('copies = { thing = "thing" }', 'copies = { thing = "nosuch" }', "fields.source.copies", "not a field there"),
        # personal data must not reach the line that is kept for ever
        ('copies = { thing = "thing" }', 'copies = { thing = "guest" }', "fields.source.copies", "private"),
        ('copies = { thing = "thing" }', 'copies = { thing = "why" }', "fields.source.copies", "private"),
        ('copies = { thing = "thing" }', 'copies = { fee = "thing" }', "fields.source.copies", "type"),
        ('code = "free", zh', 'code = "gratis", zh', "fields.source.copies", "gratis"),
        ('steps = ["finish", "pay?"]', 'steps = ["finish", "slip.nosuch?"]', "acts.both.steps", "slip.nosuch"),
        ('steps = ["finish", "pay?"]', 'steps = ["finish", "nosuch.pay"]', "acts.both.steps", "nosuch.pay"),
    ],
)
def test_wrong_across_files(tmp_path: Path, old: str, new: str, key: str, reason: str) -> None:
    """What one form says of another must be true of it; the other one stays."""
    slip, other = GOOD, CROSS
    if old.startswith("code"):  # the source knows a choice that the copying form does not
        slip = slip.replace(old, new, 1).replace('default = "free"', "").replace('charge = "free"', 'charge = "board"')
        old, new = 'copies = { thing = "thing" }', 'copies = ["charge"]'
    assert old in other
    (tmp_path / "slip.toml").write_text(slip, "utf-8")
    (tmp_path / "other.toml").write_text(other.replace(old, new, 1), "utf-8")
    found = load([tmp_path])
    assert list(found) == ["slip"]
    assert [(c.values["file"], c.values["key"]) for c in found.complaints] == [("other.toml", key)]
    assert reason in found.complaints[0].values["reason"]


def test_real_forms() -> None:
    """Every form that comes with the program loads, and each step and field has both languages."""
    assert {"diary", "order", "mail", "custody", "staff", "room", "provider", "item"} <= set(forms())
    for form in forms().values():
        for one in (*form.steps.values(), *form.fields.values(), *form.clocks.values(), *form.acts.values()):
            assert one.label.zh
            assert one.label.en.isascii()
