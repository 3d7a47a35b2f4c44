"""The shipped files are found in a checkout and in an installed package."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from deskapp import resources


def test_a_checkout_has_them_beside_the_package() -> None:
    assert resources.data_path("locale", "x.po") == Path(__file__).resolve().parents[1] / "data" / "locale" / "x.po"


def test_an_installed_package_has_them_inside(tmp_path: Path) -> None:
    (tmp_path / "deskapp" / "data").mkdir(parents=True)
    file = shutil.copy(str(resources.__file__), tmp_path / "deskapp")
    spec = importlib.util.spec_from_file_location("installed", file)
    assert spec
    assert spec.loader
    installed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(installed)
    assert installed.data_path("locale") == tmp_path / "deskapp" / "data" / "locale"
    (tmp_path / "deskapp" / "data" / "some.toml").write_text('word = "字"', encoding="utf-8")
    assert installed.load_toml("some.toml") == {"word": "字"}
