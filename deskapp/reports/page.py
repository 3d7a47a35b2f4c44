"""A report as a page that any browser prints on A4: no script, no web fonts, nothing from elsewhere, all escaped."""

from __future__ import annotations

from html import escape

from deskapp.i18n import CHINESE, _, lang
from deskapp.reports import plots
from deskapp.reports.tables import Report, Table
from deskapp.text import show

LONGEST = 2000
"""Characters of a cell: a page is read, the rest stands in the record and in the spreadsheet."""
_FONTS = (
    '"SimSun", "Songti SC", "Noto Serif CJK SC", "Source Han Serif SC", "AR PL UMing CN", '
    '"SimSun-ExtB", "HanaMinB", serif'
)
"""Those of Windows, macOS and Linux; the last ones hold the rare characters in names."""
_STYLE = f"""
@page {{ size: A4; margin: 14mm 12mm 16mm 16mm; }}
body {{ font: 10pt/1.4 {_FONTS}; color: #000; background: #fff; max-width: 190mm; margin: 0 auto; }}
h1 {{ font-size: 17pt; text-align: center; letter-spacing: .4em; margin: 0 0 2mm; }}
h2 {{ font-size: 11pt; margin: 4mm 0 1mm; break-after: avoid; }}
table {{ border-collapse: collapse; width: 100%; }}
thead {{ display: table-header-group; }}
tr {{ break-inside: avoid; }}
th, td {{ border: .3mm solid #000; padding: .4mm 1mm; text-align: left; vertical-align: top;
  white-space: pre-line; overflow-wrap: anywhere; }}
th {{ font-weight: bold; white-space: nowrap; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 3mm; margin: 0; }}
dt {{ font-weight: bold; }} dd {{ margin: 0; }}
.top, .sign {{ display: flex; justify-content: space-between; gap: 4mm; }}
.sign {{ margin-top: 12mm; break-inside: avoid; }}
.sign span {{ flex: 1; white-space: nowrap; }}
.sign i {{ display: inline-block; min-width: 28mm; border-bottom: .3mm solid #000; }}
.foot {{ margin-top: 4mm; border-top: .3mm solid #000; font-size: 8pt; overflow-wrap: anywhere; }}
svg {{ width: 100%; height: auto; break-inside: avoid; }}
"""


def page(report: Report) -> str:
    """The whole page."""
    body = [
        f'<div class="top"><span>{_text(report.office)}</span><span>{_text(report.number)}</span></div>',
        f"<h1>{_text(report.title)}</h1>",
        "<dl>" + "".join(f"<dt>{_text(label)}</dt><dd>{_text(said)}</dd>" for label, said in report.facts) + "</dl>",
        *map(_table, report.tables),
    ]
    if report.statistics is not None:
        body += [f"<h2>{_text(title)}</h2>{svg}" for title, svg in plots.drawings(report.statistics)]
    signed = "".join(f"<span>{_text(who)} <i>{_text(name) or '&nbsp;'}</i></span>" for who, name in report.signatures)
    body += [f'<div class="sign">{signed}</div>', f'<div class="foot">{_text(report.foot)}</div>']
    title = _text(f"{report.title} {report.number}")
    language = "zh-CN" if lang() == CHINESE else "en"
    lines = "\n".join(body)
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
{lines}
</body>
</html>
"""


def _table(table: Table) -> str:
    heads = "".join(f"<th>{_text(head)}</th>" for head in table.heads)
    rows = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>\n" for row in table.rows)
    note = f"<p>{_text(table.note)}</p>" if table.note else ""
    if not table.rows:
        return f"<h2>{_text(table.title)}</h2><p>{_text(table.note or _('none'))}</p>"
    return f"<h2>{_text(table.title)}</h2>\n<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>{note}"


def _cell(text: str) -> str:
    if len(text) <= LONGEST:
        return _text(text)
    cut = _("({n} more characters: see the record)").format(n=len(text) - LONGEST)
    return _text(f"{text[:LONGEST]} {cut}")


def _text(text: str) -> str:
    return escape(show(text, lines=True))
