"""Bring the catalogues up to date with the code:  python data/locale/update.py [--check]

Writes the new texts into every `.po`, still to be translated, moves those no longer used to its end, and
compiles the `.mo`. With --check nothing is written, and whatever a clerk would notice is an error.
"""

from __future__ import annotations

import ast
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Extractor:
    """The texts of a program: what `_` and `N_` are called with, and the words of every DeskError."""

    def __init__(self, root: Path = ROOT) -> None:
        files = sorted((root / "deskapp").rglob("*.py"))
        self.trees = {str(file.relative_to(root)): ast.parse(file.read_text("utf-8")) for file in files}
        self.errors = self._error_signatures()
        self.found: dict[str, set[str]] = {}
        self.problems: list[str] = []
        for file, tree in self.trees.items():
            for node in ast.walk(tree):
                self._visit(file, node)

    def _error_signatures(self) -> dict[str, list[str]]:
        """What DeskError and all that descend from it are made with, by name."""
        classes = [n for tree in self.trees.values() for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
        known = {"DeskError": ["message", "hint"]}
        while more := [c for c in classes if c.name not in known and known.keys() & map(_name, c.bases)]:
            for error in more:
                inits = [n for n in error.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"]
                base = next(name for name in map(_name, error.bases) if name in known)
                known[error.name] = [arg.arg for arg in inits[0].args.args[1:]] if inits else known[base]
        return known

    def _visit(self, file: str, node: ast.AST) -> None:
        if isinstance(node, ast.ClassDef) and any(_name(base) in self.errors for base in node.bases):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and _name(call.func) == "__init__":
                    self._take(file, _words(call, self.errors["DeskError"]))
        elif isinstance(node, ast.Call) and _name(node.func) in self.errors:
            self._take(file, _words(node, self.errors[_name(node.func)]))
        elif isinstance(node, ast.Call) and _name(node.func) in ("_", "N_"):
            self._take(file, node.args)

    def _take(self, file: str, words: Iterable[ast.expr]) -> None:
        for word in words:
            if isinstance(word, ast.IfExp):
                self._take(file, (word.body, word.orelse))
            elif isinstance(word, ast.Constant) and isinstance(word.value, str) and word.value:
                self.found.setdefault(word.value, set()).add(file)
            elif isinstance(word, ast.JoinedStr):
                self.problems.append(f"{file}:{word.lineno}: an f-string cannot be translated")


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _words(call: ast.Call, parameters: list[str]) -> list[ast.expr]:
    """The message and the hint of an error being made."""
    given = [*zip(parameters, call.args, strict=False), *((word.arg, word.value) for word in call.keywords)]
    return [value for name, value in given if name in ("message", "hint")]


def renew(old: Catalog, found: dict[str, set[str]]) -> Catalog:
    """The catalogue with exactly the texts found, what was translated kept, the unused kept aside."""
    known: dict[str, str] = {str(message.id): str(message.string) for message in old if message.id}
    known.update((str(message.id), str(message.string)) for message in old.obsolete.values())
    new = Catalog(
        locale=old.locale,
        project="deskapp",
        version="",
        fuzzy=False,
        creation_date=old.creation_date,
        revision_date=old.revision_date,
        header_comment="# The texts of deskapp. Brought up to date by data/locale/update.py.",
    )
    for msgid, files in found.items():
        new.add(msgid, known.get(msgid, ""), [(file, 1) for file in sorted(files)])
    for msgid, string in known.items():
        if msgid not in found and string:
            new.obsolete[msgid] = new.add(msgid, string)
            new.delete(msgid)
    return new


def faults(catalog: Catalog, found: dict[str, set[str]]) -> Iterator[str]:
    """What is wrong with a catalogue, a line each."""
    translated = {message.id: message for message in catalog if message.id}
    for msgid in [*found, *(translated.keys() - found.keys())]:
        message = translated.get(msgid)
        if msgid not in found:
            yield f"no longer used: {msgid!r}"
        elif message is None or not message.string:
            yield f"not translated: {msgid!r}"
        elif message.fuzzy:
            yield f"fuzzy: {msgid!r}"
        elif _places(msgid) != _places(str(message.string)):
            yield f"other places: {msgid!r}, {message.string!r}"
        elif wide := {char for char in str(message.string) if unicodedata.east_asian_width(char) == "A"}:
            yield f"of uncertain width: {' '.join(sorted(wide))} in {message.string!r}"


def _places(text: str) -> list[str] | str:
    try:
        return sorted(f"{name}:{spec}" for _, name, spec, _ in Formatter().parse(text) if name is not None)
    except ValueError as error:
        return str(error)


def compiled(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def texts(mo: bytes) -> dict[str, str]:
    """What a compiled catalogue says, its header aside."""
    return {key: text for key, text in GNUTranslations(BytesIO(mo))._catalog.items() if key}  # type: ignore[attr-defined]  # noqa: SLF001


def main(check: bool) -> int:
    extractor = Extractor()
    problems = list(extractor.problems)
    for po in sorted(HERE.glob("*/LC_MESSAGES/deskapp.po")):
        mo = po.with_suffix(".mo")
        with po.open("rb") as file:
            catalog = read_po(file, locale=po.parts[-3])
        if not check:
            catalog = renew(catalog, extractor.found)
            text = BytesIO()
            write_po(text, catalog, width=110, sort_output=True, include_lineno=False)
            po.write_bytes(text.getvalue())
            mo.write_bytes(compiled(catalog))
        problems += [f"{po.parts[-3]}: {fault}" for fault in faults(catalog, extractor.found)]
        if not mo.exists() or texts(mo.read_bytes()) != texts(compiled(catalog)):
            problems.append(f"{po.parts[-3]}: the compiled catalogue is stale")
    print("\n".join(problems) or f"{len(extractor.found)} texts, all translated", file=sys.stderr)
    return 1 if check and problems else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
