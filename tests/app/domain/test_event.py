"""Events: facts apart from what can be erased, and an undo that restores every balance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.event import EventKind, split_facts, undo
from app.domain.laws import conservation, fold
from app.domain.move import Move, MoveKind
from app.domain.refusal import Refused
from tests.app.domain.examples import customer, event, moves, shelf

histories = st.lists(moves(), max_size=12)


def test_facts_are_the_body_and_the_moves_but_never_the_private_part() -> None:
    one = event(3)
    facts = one.facts()
    assert facts["qty"] == 3
    assert facts["moves"] == [one.moves[0].to_json()]
    assert "name" not in facts


@given(histories)
def test_facts_come_apart_into_what_they_were_made_of(history: list[Move]) -> None:
    one = event(moves=tuple(history), body={"grade": "A"})
    assert split_facts(one.facts()) == (tuple(history), {"grade": "A"})


def test_facts_without_moves_are_facts() -> None:
    assert split_facts({"parcel": "1Z"}) == ((), {"parcel": "1Z"})


@pytest.mark.parametrize("facts", [[], {"moves": 3}, {"moves": [3]}, {"moves": [{"qty": 1}]}])
def test_facts_that_cannot_be_read_are_refused(facts: object) -> None:
    with pytest.raises(Refused):
        split_facts(facts)


@given(histories, histories, histories)
def test_undo_restores_all_balances(before: list[Move], act: list[Move], after: list[Move]) -> None:
    done = event(1, moves=tuple(act))
    back = undo("id-2", done, "kim", "s-2", "scanned twice")
    assert fold([*before, *done.moves, *after, *back.moves]) == fold([*before, *after])
    assert conservation(fold([*done.moves, *back.moves, *after])) == ()


@given(histories)
def test_undo_goes_back_step_by_step(act: list[Move]) -> None:
    done = event(1, moves=tuple(act))
    back = undo("id-2", done, "kim", "s-2", "scanned twice")
    for steps in range(len(act) + 1):
        assert fold([*act, *back.moves[:steps]]) == fold(act[: len(act) - steps])


def test_an_undo_says_what_it_takes_back() -> None:
    done = event(1)
    back = undo("id-2", done, "kim", "s-2", "scanned twice")
    assert back.kind == EventKind.RETURN_UNDONE
    assert back.subject == (*done.subject, f"event:{done.event_id}")
    assert (back.event_id, back.operator, back.session) == ("id-2", "kim", "s-2")
    assert back.body == {"undoes": done.kind, "reason": "scanned twice"}
    assert (back.corrects, back.policy_ver) == (done.event_id, done.policy_ver)
    assert [move.kind for move in back.moves] == [MoveKind.UNDO]
    assert back.private is None


@pytest.mark.parametrize("part", ["event_id", "kind", "operator", "session"])
def test_an_event_that_could_not_be_read_back_is_a_defect(part: str) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        event(1, **{part: ""})


def test_moves_in_the_body_would_be_lost_and_are_a_defect() -> None:
    lost = [Move(1, customer(), shelf(), MoveKind.RETURN).to_json()]
    with pytest.raises(ValueError, match="beside the body"):
        event(body={"moves": lost})
