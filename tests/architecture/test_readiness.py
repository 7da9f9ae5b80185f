"""When an environment counts as ready, and what is done when it does not."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from readiness import (
    STAMP,
    UNFINISHED,
    Plan,
    Stamp,
    Wanted,
    plan,
    read_stamp,
    ready,
    version_numbers,
    wanted_here,
    write_stamp,
)

WANTED = Wanted(root="/srv/backhaul", lock="L1", project="P1", platforms=frozenset({"offscreen"}))
PROVED = Stamp(
    root="/srv/backhaul",
    python="3.11",
    lock="L1",
    project="P1",
    platforms=("offscreen",),
    libraries=(sys.executable,),
)
NOTHING = Plan(environment=False, packages=False, project=False, libraries=False)
EVERYTHING = Plan(environment=True, packages=True, project=True, libraries=True)


def test_a_true_stamp_leaves_nothing_to_do() -> None:
    steps = plan(PROVED, WANTED, "3.11", finished=True)
    assert steps == NOTHING
    assert not steps


@pytest.mark.parametrize(
    ("stamp", "python", "finished"),
    [
        (None, None, True),
        (None, "3.10", True),
        (PROVED, None, True),
        (PROVED, "3.12", True),
        (PROVED, "3.11", False),
        (None, "3.11", False),
        (replace(PROVED, root="/srv/elsewhere"), "3.11", True),
    ],
    ids=["none", "too old", "broken", "of another Python", "cut off", "first one cut off", "moved"],
)
def test_an_environment_that_cannot_be_trusted_is_made_anew(
    stamp: Stamp | None, python: str | None, *, finished: bool
) -> None:
    assert plan(stamp, WANTED, python, finished=finished) == EVERYTHING


@pytest.mark.parametrize("stamp", [None, replace(PROVED, lock="L0")], ids=["made by hand", "older lock"])
def test_a_sound_one_gets_the_locked_packages_in_place(stamp: Stamp | None) -> None:
    assert plan(stamp, WANTED, "3.12" if stamp is None else "3.11", finished=True) == replace(
        EVERYTHING, environment=False
    )


def test_a_changed_project_file_renews_the_project_alone() -> None:
    assert plan(replace(PROVED, project="P0"), WANTED, "3.11", finished=True) == replace(
        NOTHING, project=True
    )


def test_a_screen_not_looked_into_yet_is() -> None:
    on_screen = replace(WANTED, platforms=frozenset({"offscreen", "xcb"}))
    assert plan(PROVED, on_screen, "3.11", finished=True) == replace(NOTHING, libraries=True)
    both = replace(PROVED, platforms=("offscreen", "xcb"))
    assert not plan(both, WANTED, "3.11", finished=True)


def test_a_library_that_vanished_is_noticed(tmp_path: Path) -> None:
    library = tmp_path / "libEGL.so.1"
    library.touch()
    stamp = replace(PROVED, libraries=(str(library),))
    assert not plan(stamp, WANTED, "3.11", finished=True)
    library.unlink()
    assert plan(stamp, WANTED, "3.11", finished=True) == replace(NOTHING, libraries=True)


def test_a_server_is_wanted_only_for_tests_and_measurements(tmp_path: Path) -> None:
    with_server = replace(WANTED, database=True)
    assert not plan(PROVED, WANTED, "3.11", finished=True)
    assert plan(PROVED, with_server, "3.11", finished=True) == replace(NOTHING, database=True)
    found = replace(PROVED, server=str(tmp_path))
    assert not plan(found, with_server, "3.11", finished=True)
    gone = replace(PROVED, server=str(tmp_path / "none"))
    assert plan(gone, with_server, "3.11", finished=True) == replace(NOTHING, database=True)
    assert plan(None, with_server, None, finished=True) == replace(EVERYTHING, database=True)


def test_a_stamp_from_before_servers_were_looked_for_is_still_good(tmp_path: Path) -> None:
    fields = {name: value for name, value in asdict(PROVED).items() if name != "server"}
    (tmp_path / STAMP).write_text(json.dumps(fields), encoding="utf-8")
    assert read_stamp(tmp_path / STAMP) == PROVED


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the two files that the stamp covers, and an environment folder."""
    (tmp_path / "constraints.txt").write_text("a==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / ".venv").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("variables", "screen", "platforms"),
    [
        ({}, True, {"offscreen"}),
        ({"DISPLAY": ":0"}, False, {"offscreen"}),
        ({"DISPLAY": ":0"}, True, {"offscreen", "xcb"}),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, {"offscreen", "xcb", "wayland"}),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, True, {"offscreen"}),
    ],
)
def test_only_a_window_on_a_display_needs_the_displays_libraries(
    checkout: Path, variables: dict[str, str], platforms: set[str], *, screen: bool
) -> None:
    assert wanted_here(checkout, variables, screen=screen).platforms == platforms


def test_each_of_the_two_files_counts(checkout: Path) -> None:
    first = wanted_here(checkout, {}, screen=False)
    (checkout / "constraints.txt").write_text("a==2\n", encoding="utf-8")
    second = wanted_here(checkout, {}, screen=False)
    (checkout / "pyproject.toml").write_text("[project]\nname='x'\n", encoding="utf-8")
    third = wanted_here(checkout, {}, screen=False)
    assert (first.lock != second.lock, first.project == second.project) == (True, True)
    assert (second.lock == third.lock, second.project != third.project) == (True, True)


def test_a_stamp_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_stamp(tmp_path / STAMP, PROVED)
    assert read_stamp(tmp_path / STAMP) == PROVED
    assert [path.name for path in tmp_path.iterdir()] == [STAMP]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "{}", '{"platforms": [], "libraries": []}', '{"platforms": 1, "libraries": 2}'],
)
def test_what_is_no_stamp_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / STAMP).write_text(text, encoding="utf-8")
    assert read_stamp(tmp_path / STAMP) is None


def test_readiness_is_judged_by_the_environments_own_python(checkout: Path) -> None:
    wanted = wanted_here(checkout, {}, screen=False)
    assert not ready(checkout, wanted)
    mine = "{}.{}".format(*sys.version_info[:2])
    stamp = replace(PROVED, root=wanted.root, lock=wanted.lock, project=wanted.project, python=mine)
    write_stamp(checkout / ".venv" / STAMP, stamp)
    assert ready(checkout, wanted)
    (checkout / ".venv" / UNFINISHED).touch()
    assert not ready(checkout, wanted)


def test_versions_are_compared_as_numbers() -> None:
    assert version_numbers("3.9") < version_numbers("3.11") < version_numbers("3.11.1")
