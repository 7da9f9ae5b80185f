"""Photos of a unit: wanted before it is saved, taken, taken again, and a way on where there are none."""

from __future__ import annotations

import json

import pytest

from app.domain.policy import read_policy
from app.domain.policy.asides import NoPhoto
from app.workflows.bench.inputs import Said
from app.workflows.bench.state import Phase, from_draft, to_draft
from app.workflows.view import BandState, SavedWork, WaitWork
from tests.app.workflows.bench.floor import MUGS, POLICY, RMA, TOASTER, Floor, code, photo


def broken_toaster(floor: Floor | None = None) -> Floor:
    floor = floor or Floor()
    floor.opens()
    floor.scans(TOASTER)
    floor.says("GRIV", "NI")
    return floor


def waiting(floor: Floor) -> WaitWork:
    work = floor.view().work
    assert isinstance(work, WaitWork)
    return work


def test_a_damaged_unit_is_saved_with_its_photo_and_not_before() -> None:
    floor = broken_toaster()
    assert floor.view().band.headline == "Photograph Toaster 2-slice"
    assert [(choice.command, choice.proposed) for choice in waiting(floor).choices] == [
        ("UNDO", False),
        ("PHOTO", True),
    ]
    assert len(floor.events) == 1, "only the arrival"
    floor.says("PHOTO")
    body = floor.events[-1].body
    assert (body["photos"], "photo_missing" in body) == ([photo(1)], False)
    work = floor.view().work
    assert isinstance(work, SavedWork)
    assert (work.item.picture, "Photos: 1" in work.details) == (f"photo/{photo(1)}", True)


def test_a_write_off_is_six_scans() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.says("GRIV", "NI", "PHOTO", "DISCRD")
    assert floor.state.phase is Phase.SAVED
    assert (floor.events[-1].body["disposition"], floor.events[-1].body["photos"]) == ("scrap", [photo(1)])


def test_a_photo_taken_early_counts_and_nothing_is_asked_twice() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(TOASTER)
    floor.says("PHOTO", "GRIV", "NI")
    assert floor.events[-1].body["photos"] == [photo(1)]
    floor = Floor()
    floor.opens()
    floor.scans(TOASTER)
    floor.says("PHOTO", "PHOTO", "GRI")
    assert floor.events[-1].body["photos"] == [photo(1), photo(2)], "one nobody asked for is kept too"


def test_an_answer_may_want_a_photo_where_the_grade_does_not() -> None:
    light = 'id = "light"\ncaption = "Light"\n'
    floor = Floor()
    floor.policy = read_policy(POLICY.source.replace(light, f"{light}photo = true\n"), "own")
    floor.opens()
    floor.scans(TOASTER)
    floor.says("NII", "NI", "NII")
    assert (floor.view().band.headline, len(floor.events)) == ("Photograph Toaster 2-slice", 1)
    floor.says("PHOTO")
    assert (floor.events[-1].body["grade"], floor.events[-1].body["photos"]) == ("B", [photo(1)])


def test_a_photo_is_taken_again_and_the_last_one_replaced() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.says("GRIV", "NI", "PHOTO", "REDO")
    assert waiting(floor).picture == f"photo/{photo(2)}"
    floor.camera_trouble = NoPhoto.CAMERA_AWAY
    floor.says("REDO")
    assert (code(floor), waiting(floor).picture) == ("photo_failed", f"photo/{photo(2)}")
    floor.says("DISCRD")
    assert floor.events[-1].body["photos"] == [photo(2)]


def test_undo_takes_the_photo_back_first() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    floor.says("GRIV", "NI", "PHOTO", "UNDO")
    assert floor.view().band.headline == "Photograph Mug set of 4"
    floor.says("UNDO")
    assert floor.view().band.headline == "What is broken?"


def test_a_camera_that_gives_nothing_leaves_a_plain_way_on() -> None:
    floor = broken_toaster()
    floor.camera_trouble = NoPhoto.CAMERA_AWAY
    floor.says("PHOTO")
    band = floor.view().band
    assert (code(floor), band.headline) == ("photo_failed", "No photo: the camera is unplugged")
    assert [choice.command for choice in waiting(floor).choices] == ["UNDO", "OK", "PHOTO"]
    assert len(floor.events) == 1
    floor.says("OK")
    body = floor.events[-1].body
    assert (body["photo_missing"], "photos" in body) == ("camera_away", False)
    work = floor.view().work
    assert isinstance(work, SavedWork)
    assert "No photo: the camera is unplugged" in work.details


def test_a_camera_that_comes_back_is_used() -> None:
    floor = broken_toaster()
    floor.camera_trouble = NoPhoto.CAMERA_SLOW
    floor.says("PHOTO")
    floor.camera_trouble = ""
    floor.says("PHOTO")
    assert (floor.events[-1].body["photos"], "photo_missing" in floor.events[-1].body) == ([photo(2)], False)


def test_a_bench_without_a_camera_says_so_at_once() -> None:
    floor = Floor()
    floor.no_camera = NoPhoto.NO_CAMERA
    broken_toaster(floor)
    band = floor.view().band
    assert (band.state, band.headline) == (BandState.ATTENTION, "No photo: no camera at this bench")
    floor.says("OK")
    assert floor.events[-1].body["photo_missing"] == "no_camera"


def test_another_grade_needs_no_photo_and_says_none_is_missing() -> None:
    floor = Floor()
    floor.no_camera = NoPhoto.NO_CAMERA
    floor.opens()
    floor.scans(MUGS)
    floor.says("GRIV", "NI", "OK")
    assert floor.view().band.headline == "DISCARD Mug set of 4?"
    floor.says("GRII")
    assert "photo_missing" not in floor.events[-1].body


@pytest.mark.parametrize("word", ["OK", "NI", "DISCRD"])
def test_nothing_passes_over_a_camera_that_works(word: str) -> None:
    floor = broken_toaster()
    floor.says(word)
    assert (code(floor), floor.view().band.headline) == ("photo_first", "Photograph Toaster 2-slice first")
    assert len(floor.events) == 1


def test_every_refusal_has_its_own_sentence_and_asks_no_camera() -> None:
    floor = Floor()
    floor.says("PHOTO")
    assert (code(floor), floor.view().band.headline) == ("photo_without_item", "Nothing to photograph yet")
    broken_toaster(floor)
    floor.says("REDO")
    assert (code(floor), floor.view().band.headline) == ("no_photo_yet", "There is no photo to take again")
    floor.says("PHOTO", "REDO")
    assert code(floor) == "photo_saved"
    assert floor.view().band.headline == "Toaster 2-slice is saved with its photo"
    floor.scans(MUGS)
    floor.says("PHOTO", "PHOTO", "PHOTO", "PHOTO", "PHOTO")
    assert (code(floor), floor.shots) == ("photos_enough", 5)
    floor.says("OK")
    assert code(floor) == "word_not_now", "no photo is wanted"


def test_a_word_that_means_nothing_now_names_the_photo() -> None:
    floor = broken_toaster()
    floor.says("GONE")
    assert "**PHOTO**" in floor.view().band.hint


def test_a_unit_that_waits_for_its_match_needs_no_photo_and_may_have_one() -> None:
    floor = Floor()
    floor.says("BLIND")
    floor.scans(TOASTER)
    floor.says("PHOTO", "GRIV")
    body = floor.events[-1].body
    assert (body["disposition"], body["photos"]) == ("hold_blind", [photo(1)])


def test_a_power_cut_keeps_the_photo_and_why_there_was_none() -> None:
    floor = broken_toaster()
    floor.camera_trouble = NoPhoto.DISK_FULL
    floor.says("PHOTO")
    again = Floor()
    again.state = from_draft(json.loads(json.dumps(to_draft(floor.state))))
    assert again.view().band.headline == "No photo: the disk is nearly full"
    again.says("OK")
    assert again.events[-1].body["photo_missing"] == "disk_full"


def test_a_photo_outlives_the_questions_of_an_older_policy() -> None:
    other = read_policy(POLICY.source.replace(f'version = "{POLICY.version}"', 'version = "next"'), "next")
    floor = Floor()
    floor.opens()
    floor.scans(TOASTER)
    floor.says("PHOTO", "NII")
    floor.policy = other
    floor.says("NI")
    assert code(floor) == "questions_changed"
    floor.says("NI")
    assert (floor.events[-1].policy_ver, floor.events[-1].body["photos"]) == ("next", [photo(1)])
    floor = broken_toaster()
    floor.policy = other
    floor.says("PHOTO")
    assert code(floor) == "questions_changed"
    assert floor.state.pick is not None
    assert floor.state.pick.said == (f"photo.{photo(1)}",), "the picture that was taken is not thrown away"


def test_a_photo_that_comes_to_an_empty_hand_changes_nothing() -> None:
    floor = Floor()
    floor.opens(RMA)
    floor.give(Said("PHOTO"))
    assert (floor.state.phase, floor.shots) == (Phase.ITEM, 0)


def test_f1_says_what_this_screen_is_about() -> None:
    floor = broken_toaster()
    assert "camera" in floor.view().help[0]
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    assert floor.view().help == (), "the window has lines of its own for questions"
    floor.says("GRIV", "NI", "PHOTO")
    assert [len(floor.view().help), "written off" in floor.view().help[0]] == [5, True]
    floor.says("NOTE")
    assert "number" in floor.view().help[0]


def test_a_draft_of_the_version_before_is_taken_up() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(TOASTER)
    floor.says("NII")
    draft = json.loads(json.dumps(to_draft(floor.state)))
    draft["version"] = 2
    for name in ("no_photo", "unknown", "parts", "again", "again_reason"):
        del draft["pick"][name]
    assert from_draft(draft).pick == floor.state.pick
