"""A thing nobody can name: kept with a photo under a holding label, in any box, without an item."""

from __future__ import annotations

import json

import pytest

from app.domain.event import EventKind
from app.domain.policy import read_policy
from app.workflows.bench.state import Phase, from_draft, to_draft
from app.workflows.view import SavedWork, WaitWork
from tests.app.workflows.bench.floor import MUGS, POLICY, RMA, Floor, code, photo


def blind() -> Floor:
    floor = Floor()
    floor.reads("00340434161094015902")
    floor.says("BLIND")
    return floor


def commands(floor: Floor) -> list[str]:
    work = floor.view().work
    assert isinstance(work, WaitWork)
    return [choice.command for choice in work.choices]


def test_its_photo_saves_it_under_a_holding_label() -> None:
    floor = blind()
    assert "NOID" in commands(floor)
    floor.says("NOID")
    assert (floor.view().band.headline, floor.events) == ("Photograph Unidentified thing", [])
    floor.says("PHOTO")
    event = floor.events[-1]
    assert (event.kind, event.moves) == (EventKind.RETURN_UNIDENTIFIED, ())
    label = event.body["label"]
    assert event.subject == (f"label:{label}",)
    assert (label, event.body["place"], event.body["photos"]) == (floor.labels[-1], "HOLD-1", [photo(1)])
    assert str(label).startswith("H07"), "a holding label"
    assert {"sku", "grade"}.isdisjoint(event.body)
    view = floor.view()
    assert view.band.headline == "Unidentified thing saved: HOLD"
    assert isinstance(view.work, SavedWork)
    assert (view.work.item.sku, view.work.label.headline) == ("", "HOLD")
    floor.says("DONE")
    assert (code(floor), floor.state.phase) == ("blind_closed", Phase.IDLE)


def test_in_an_announced_box_it_is_kept_beside_the_lines() -> None:
    floor = Floor()
    floor.opens()
    floor.reads("5901234123457")
    assert (code(floor), commands(floor)[0]) == ("unknown", "NOID")
    assert "**UNKNOWN**" in floor.view().band.hint
    floor.says("NOID", "PHOTO")
    event = floor.events[-1]
    assert (event.subject[0], event.body["blind"]) == (f"rma:{RMA.code}", False)
    assert floor.state.job is not None
    assert (floor.state.job.kept, len(floor.state.job.open_lines)) == (1, 3)


def test_without_a_camera_it_is_kept_all_the_same() -> None:
    floor = blind()
    floor.no_camera = "no_camera"
    floor.says("NOID", "OK")
    assert (floor.events[-1].body["photo_missing"], floor.labels) == (
        "no_camera",
        [floor.events[-1].body["label"]],
    )


@pytest.mark.parametrize("word", ["GRI", "NI", "DISCRD", "OK"])
def test_nothing_but_its_photo_saves_it(word: str) -> None:
    floor = blind()
    floor.says("NOID", word)
    assert (code(floor), floor.events) == ("photo_first", [])


def test_several_alike_are_one_photo() -> None:
    floor = blind()
    floor.says("NOID", "COUNT", "DIII", "OK", "PHOTO")
    assert floor.events[-1].body["qty"] == 3


def test_every_refusal_has_its_own_sentence() -> None:
    floor = Floor()
    floor.says("NOID")
    assert (code(floor), floor.view().band.headline) == ("unknown_without_box", "Which box is it from?")
    floor = blind()
    floor.says("NOID")
    floor.scans(MUGS)
    assert (code(floor), floor.view().band.headline) == ("answer_first", "Finish Unidentified thing first")
    floor.says("NOID")
    assert code(floor) == "answer_first"
    floor.says("DONE")
    assert code(floor) == "answer_first"
    floor.says("UNDO")
    assert (code(floor), floor.state.pick) == ("dropped", None)


def test_a_power_cut_and_a_new_policy_leave_it_in_the_hand() -> None:
    floor = blind()
    floor.says("NOID")
    again = Floor()
    again.state = from_draft(json.loads(json.dumps(to_draft(floor.state))))
    again.policy = read_policy(
        POLICY.source.replace(f'version = "{POLICY.version}"', 'version = "next"'), "next"
    )
    again.says("PHOTO")
    assert (again.events[-1].kind, again.events[-1].policy_ver) == (EventKind.RETURN_UNIDENTIFIED, "next")


def test_a_policy_without_such_a_hold_keeps_it_as_it_does_wrong_items() -> None:
    whole = POLICY.source
    start = whole.index("# A thing nobody could name")
    floor = blind()
    floor.policy = read_policy(whole[:start] + whole[whole.index("# Why things come back") :], "own")
    floor.says("NOID", "PHOTO")
    assert (floor.events[-1].kind, floor.events[-1].body["disposition"]) == (
        EventKind.RETURN_UNIDENTIFIED,
        "hold_wrong_item",
    )
