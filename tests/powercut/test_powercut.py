"""A slice of the hunt over every write path, and proof that it would see what it looks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.ledger import copy_erasing, copying
from tests.powercut.__main__ import main, table
from tests.powercut.hunt import Terms, hunt
from tests.powercut.scenes import SCENES

SHARE = 0.02
# Of a scene with few calls more, of one whose images take long less.
SHORT = {"centre's photos": 1.0, "centre made": 0.005, "centre copied": 0.005, "bundle exported": 0.05}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("powercut")


@pytest.mark.parametrize("name", SCENES)
def test_what_was_saved_is_there_after_any_cut(scratch: Path, name: str) -> None:
    found = hunt(name, 1, Terms(share=SHORT.get(name, SHARE)), scratch)
    assert (found.lost, found.broken, found.examples) == (0, 0, [])
    assert found.images > 5
    assert found.commits >= 1


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("events, pages, receipts, photos", 2),
        ("epochs renewed", 2),
        # With a log that goes into the file late: going there it is waited for.
        ("centre receives, ships, keeps, erases", 3),
    ],
)
def test_commits_that_do_not_wait_for_the_disk_are_seen_to_be_lost(
    scratch: Path, name: str, seed: int
) -> None:
    found = hunt(name, seed, Terms("NORMAL", 0.02), scratch)
    assert found.lost > found.images // 8
    assert found.broken == 0, "a log that is behind is still a log"


def test_a_record_without_any_syncs_is_seen_to_break(scratch: Path) -> None:
    found = hunt("events, pages, receipts, photos", 2, Terms("OFF", 0.05), scratch)
    assert found.lost > found.images // 4
    assert found.broken > 0
    assert any("seed 2, step" in example for example in found.examples)


def test_a_copy_that_is_only_renamed_is_seen_to_be_gone(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "put_in_place", lambda whole, target: whole.replace(target))
    found = hunt("copies", 3, Terms(share=0.1), scratch)
    assert found.lost == 0
    assert found.broken > 0
    assert "copy.db is" in found.examples[0]


def test_a_second_copy_whose_new_form_does_not_last_is_seen(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copy_erasing, "put_in_place", lambda whole, target: whole.replace(target))
    found = hunt("private words erased", 3, Terms(share=0.3), scratch)
    assert found.lost == 0
    assert found.broken > 0
    assert "not what was kept" in found.examples[0]


def test_a_seed_is_the_same_run_again(scratch: Path) -> None:
    first, again = (hunt("upgrade from 0003", 4, Terms(share=0.05), scratch) for _ in range(2))
    assert (first.entries, first.images) == (again.entries, again.images)


def test_the_command_says_what_it_did_and_is_green(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--images", "60", "--scene", "copies"]) == 0
    said = capsys.readouterr().out
    assert [line.split(":")[0] for line in said.splitlines() if line.startswith("sync")] == [
        "synchronous=FULL",
        "synchronous=NORMAL",
        "synchronous=OFF",
    ]
    assert "Nothing was lost at FULL" in said


def test_the_command_turns_red_where_a_loss_is_not_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--images", "0", "--scene", "first start"]) == 1
    assert "RED" in capsys.readouterr().out


def test_the_table_adds_up(scratch: Path) -> None:
    found = hunt("first start", 5, Terms(share=0.05), scratch)
    assert table("FULL", [found], 1.0).splitlines()[-1].split()[-3:] == [str(found.images), "0", "0"]
