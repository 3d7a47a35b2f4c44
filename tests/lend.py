"""A form that an office could have made itself: what the form language says beyond fields, steps and clocks."""

from __future__ import annotations

from deskapp.forms.load import parse_form

LEND = parse_form(
    """
form = "lend"
code = "QT-01"
version = 1
title = { zh = "借伞登记", en = "Umbrellas" }
short = { zh = "伞", en = "U" }
number = "SN{date}-{n:03}"
states = ["in", "out", "gone"]
ends = ["gone"]
marks = ["wet"]
what = ["tag"]
board = "count"
counts = ["out"]
card = { covers = "scope", until = "until" }

[labels]
in = { zh = "在架", en = "In" }
out = { zh = "借出", en = "Out" }
gone = { zh = "没了", en = "Gone" }
wet = { zh = "湿", en = "Wet" }

[menu]
36 = ["take", "back"]
37 = "register"

[totals.purse]
label = { zh = "押金", en = "Deposits" }
sum = "deposit"
minus = { way = "out" }
when = { means = "cash" }
states = ["in", "out"]

[totals.pieces]
label = { zh = "把数", en = "Pieces" }
sum = "pieces"

[fields.tag]
type = "text"
unique = true
label = { zh = "伞号", en = "Tag" }

[fields.scope]
type = "text"
label = { zh = "范围", en = "Scope" }

[fields.until]
type = "day"
tense = "future"
label = { zh = "到期", en = "Until" }

[fields.deposit]
type = "money"
label = { zh = "押金", en = "Deposit" }

[fields.pieces]
type = "count"
default = "1"
label = { zh = "把数", en = "Pieces" }

[fields.way]
type = "choice"
default = "in"
label = { zh = "收支", en = "Way" }
choices = [ { code = "in", zh = "收", en = "In" }, { code = "out", zh = "付", en = "Out" } ]

[fields.means]
type = "choice"
default = "cash"
label = { zh = "方式", en = "Means" }
choices = [ { code = "cash", zh = "现金", en = "Cash" }, { code = "code", zh = "扫码", en = "Code" } ]

[fields.state_seen]
type = "choice"
label = { zh = "干湿", en = "Dry or wet" }
choices = [
  { code = "dry", zh = "干", en = "Dry" },
  { code = "wet", zh = "湿", en = "Wet", sets = "wet", say = { zh = "请先晾干。", en = "Let it dry first, please." } },
  { code = "lobby", zh = "交大堂", en = "To the lobby", at = "tower" },
]

[steps.register]
label = { zh = "登记", en = "Register" }
who = ["reception"]

[steps.register.asks]
tag = "needed"
scope = "optional"
until = "optional"
deposit = "optional"
pieces = "optional"
way = "optional"
means = "optional"

[steps.take]
label = { zh = "借出", en = "Take" }
from = ["in"]
to = "out"
who = ["reception"]
asks = { until = "optional", pieces = "optional", means = "needed" }

[steps.back]
label = { zh = "归还", en = "Back" }
from = ["out"]
to = "in"
who = ["reception"]
asks = { state_seen = "needed" }
empties = ["until"]

[steps.end]
label = { zh = "报废", en = "Scrap" }
from = "open"
to = "gone"
who = ["reception"]
""",
    "lend.toml",
)
