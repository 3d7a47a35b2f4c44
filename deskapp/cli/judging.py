"""Whether a form's file is right, as `deskapp forms --check FILE` says before the office uses it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deskapp import paths
from deskapp.cli import opening, output
from deskapp.errors import DeskError
from deskapp.forms.form import BUILT_IN_STEPS
from deskapp.i18n import _

if TYPE_CHECKING:
    from deskapp.cli.general import Given
    from deskapp.forms.form import Form
    from deskapp.forms.load import Forms


def judge(given: Given, file: Path) -> None:
    """Read the file as if the office had it, beside the forms that it may refer to."""
    text, ours = _text_of(file), paths.forms(given.home)
    found, wrong = _tried(file.name, text, ours)
    if not wrong and opening.founded(given.home):
        from deskapp import config
        from deskapp.book.database import Book
        from deskapp.desk.office import rules_of

        known = found[file.stem]
        book = Book(paths.book(given.home), found, rules_of(config.load(paths.config(given.home))[0]))
        book.close()
        wrong = [one for one in book.complaints if one.values.get("file") == file.name]
        found[file.stem] = known  # where it was changed as it may not, the book goes on with the text in ink
    for one in wrong[1:]:
        output.warn(one)
    if wrong:
        raise wrong[0]
    form = found[file.stem]
    steps = [name for name in form.steps if name not in BUILT_IN_STEPS]
    print(_("{form} version {v}: right; {fields} fields, {steps} steps").format(
        form=form.name, v=form.version, fields=len(form.fields), steps=len(steps)
    ))  # fmt: skip
    _remark(form, ours, there=file.resolve().parent == ours.resolve())


def _text_of(file: Path) -> str:
    """What stands in a form's file; raises DeskError for one that is none."""
    if file.suffix != ".toml":
        raise DeskError("{file} is not the name of a form's file", "it is the form's name and .toml, as release.toml",
                        file=file)  # fmt: skip
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DeskError("{file} cannot be read: {reason}", file=file, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise DeskError("{file} is not UTF-8 text", "save it again as UTF-8", file=file) from error


def _tried(name: str, text: str, ours: Path) -> tuple[Forms, list[DeskError]]:
    """The forms with this file among the office's own, in place of one of that name; what is wrong by its doing."""
    import shutil
    import tempfile

    from deskapp.forms.load import load
    from deskapp.resources import data_path

    before = {str(one) for one in load([data_path("forms"), ours]).complaints}
    with tempfile.TemporaryDirectory(prefix="deskapp-form-") as folder:
        for path in ours.glob("*.toml"):
            if path.is_file():
                shutil.copyfile(path, Path(folder, path.name))
        Path(folder, name).write_text(text, "utf-8")
        found = load([data_path("forms"), Path(folder)])
    wrong = [one for one in found.complaints if one.values["file"] == name or str(one) not in before]
    return found, [*wrong]


def _remark(form: Form, ours: Path, *, there: bool) -> None:
    """What is right and may still surprise: the form that it takes the place of, a number it can't have; what next."""
    from deskapp.forms.load import load
    from deskapp.resources import data_path
    from deskapp.tui.menu import Menu

    shipped = load([data_path("forms")]).get(form.name)
    if shipped and shipped.text != form.text:
        print(_("it stands in place of the form that came with the program, version {v}").format(v=shipped.version))
    for number in sorted(form.menu):
        if desks := Menu({}).get(number):
            print(_("menu number {number} stays that of {other}").format(number=number, other=desks.word))
    if not there and not (shipped and shipped.text == form.text):
        print(_("to use it, put it into {folder}").format(folder=ours))
