"""The settings: read strictly, written so that a power cut does no harm."""

from __future__ import annotations

import os
import stat
import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskapp import config
from deskapp.config import Config
from deskapp.errors import DeskError
from deskapp.text import clean

OFFICE = Config(office="翠湖花园物业服务中心", desk="desk-017")

times = st.times().map(lambda moment: f"{moment:%H:%M}")
hours = st.lists(times, min_size=2, max_size=2, unique=True).map(sorted)
units = st.sampled_from(["min", "h", "days", "working hours", "working days"])
limits = st.builds(lambda count, unit: f"{count} {unit}", st.integers(1, 99999), units)
names = st.text(st.sampled_from([*string.ascii_letters, *string.digits, *"_-. \"'\\=承诺"]), max_size=12).map(clean)
texts = st.text(max_size=40).map(clean).filter(bool)
configs = st.builds(
    lambda office, desk, lang, kind, day, opening, more: Config(office, desk, lang, kind, day, *opening, limits=more),
    texts,
    texts,
    st.sampled_from(config.LANGUAGES),
    st.sampled_from(config.KINDS),
    times,
    hours,
    st.dictionaries(names, limits, max_size=4),
)


def write(folder: Path, text: str | bytes) -> Path:
    """A settings file with this text."""
    path = folder / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.slow
@given(configs)
def test_what_is_saved_is_loaded(saved):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        config.save(path, saved)

        assert config.load(path) == (saved, [])


def test_two_keys_are_enough(tmp_path):
    path = write(tmp_path, 'office = "翠湖花园物业服务中心"\ndesk = "desk-017"\n')

    assert config.load(path) == (OFFICE, [])


def test_a_limit_of_ones_own_leaves_the_others(tmp_path):
    path = write(tmp_path, 'office = "a"\ndesk = "b"\n[limits]\npickup = "15 min"\n')

    assert config.load(path)[0].limits == {"pickup": "15 min"}


def test_an_unknown_key_is_reported_and_does_not_stop_work(tmp_path):
    path = write(tmp_path, 'office = "a"\ndesk = "b"\ncolour = "red"\n')

    loaded, complaints = config.load(path)

    assert loaded == Config("a", "b")
    assert [str(complaint) for complaint in complaints] == [f"{path}: colour is not a setting and was left out"]


def test_what_notepad_saves_is_read(tmp_path):
    path = write(tmp_path, b'\xef\xbb\xbfoffice = "a"\r\ndesk = "b"\r\n')

    assert config.load(path) == (Config("a", "b"), [])


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("office = 3", "office"),
        ('office = " "', "office"),
        ("lang = true", "lang"),
        ('lang = "de"', "lang"),
        ('kind = ["housing"]', "kind"),
        ("day_starts = 08:00:00", "day_starts"),
        ('day_starts = "8:00"', "day_starts"),
        ('opens = "24:00"', "opens"),
        ('closes = "09:00"', "closes"),
        ('quiet = "22-8"', "quiet"),
        ('quiet = "22:00-24:00"', "quiet"),
        ("quiet = true", "quiet"),
        ('limits = "10 min"', "limits"),
        ("limits = { pickup = 10 }", "limits.pickup"),
        ('limits = { pickup = "soon" }', "limits.pickup"),
    ],
)
def test_a_wrong_value_is_refused_by_file_and_key(tmp_path, line, key):
    others = [other for other in ('office = "a"', 'desk = "b"') if not line.startswith(other.split()[0])]
    path = write(tmp_path, "\n".join([*others, line]))

    with pytest.raises(DeskError) as refused:
        config.load(path)

    assert str(refused.value).startswith(f"{path}: {key} must be ")


@pytest.mark.parametrize("missing", ["office", "desk"])
def test_an_office_and_a_desk_are_needed(tmp_path, missing):
    path = write(tmp_path, "\n".join(f'{key} = "a"' for key in ("office", "desk") if key != missing))

    with pytest.raises(DeskError, match=f"{missing} is missing"):
        config.load(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"office = ", "not valid TOML"), ("office = '翠湖'".encode("gb18030"), "not UTF-8")],
)
def test_a_broken_file_is_refused(tmp_path, content, said):
    with pytest.raises(DeskError, match=said):
        config.load(write(tmp_path, content))


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(DeskError) as refused:
        config.load(tmp_path / "config.toml")

    assert "deskapp init" in refused.value.hint


def test_only_the_owner_may_read_the_settings(tmp_path):
    config.save(tmp_path / "config.toml", OFFICE)

    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) == 0o600


def test_a_save_that_fails_leaves_the_old_settings(monkeypatch, tmp_path):
    path = tmp_path / "config.toml"
    config.save(path, OFFICE)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeskError, match="No space left"):
        config.save(path, Config("other", "other"))

    assert config.load(path) == (OFFICE, [])


def test_a_part_left_by_a_crash_does_not_stop_the_next_save(tmp_path):
    (tmp_path / "config.toml.part").write_text("half")
    config.save(tmp_path / "config.toml", OFFICE)

    assert [entry.name for entry in tmp_path.iterdir()] == ["config.toml"]


def test_a_part_that_is_a_link_is_not_followed(tmp_path):
    (tmp_path / "other").write_text("kept")
    (tmp_path / "config.toml.part").symlink_to(tmp_path / "other")
    config.save(tmp_path / "config.toml", OFFICE)

    assert (tmp_path / "other").read_text() == "kept"


def test_text_that_toml_cannot_hold_is_cleaned(tmp_path):
    path = tmp_path / "config.toml"
    config.save(path, Config("a\x00\x7f\ud800b", 'c"\\'))

    assert config.load(path) == (Config("ab", 'c"\\'), [])
