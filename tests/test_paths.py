"""Where an office's files lie."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deskapp import paths
from deskapp.errors import DeskError


def test_home_option_wins_over_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("DESKAPP_HOME", str(tmp_path / "other"))

    assert paths.home(str(tmp_path / "mine")) == tmp_path / "mine"


def test_home_environment_wins_over_the_data_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DESKAPP_HOME", str(tmp_path / "other"))

    assert paths.home(None) == tmp_path / "other"


@pytest.mark.parametrize("value", [None, ""])
def test_home_is_the_data_folder_when_nobody_chooses(monkeypatch, tmp_path, value):
    if value is None:
        monkeypatch.delenv("DESKAPP_HOME")
    else:
        monkeypatch.setenv("DESKAPP_HOME", value)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert paths.home().name == "deskapp"
    assert paths.home().is_absolute()


def test_home_is_absolute_so_that_a_change_of_folder_does_not_move_it(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    chosen = paths.home("office")
    monkeypatch.chdir("/")

    assert chosen == tmp_path / "office"


def test_asking_makes_nothing(tmp_path):
    home = paths.home(str(tmp_path / "home"))
    asked = [paths.book, paths.config, paths.forms, paths.calendar, paths.lock, paths.screen_lock, paths.log]

    assert len({ask(home) for ask in asked}) == len(asked)
    assert all(ask(home).parent == home for ask in asked)
    assert list(tmp_path.iterdir()) == []


def test_ensure_makes_a_folder_for_its_owner_only(tmp_path):
    home = paths.ensure(tmp_path / "deep" / "home")

    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_ensure_leaves_a_folder_that_is_there(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "something").touch()

    assert paths.ensure(tmp_path) == tmp_path
    assert [entry.name for entry in tmp_path.iterdir()] == ["something"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_ensure_refuses_in_words_what_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DeskError, match="cannot be made"):
        paths.ensure(Path(tmp_path / "file" / "home"))
