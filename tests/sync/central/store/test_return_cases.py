"""One thing found again is one case; two things are two, and each says what to do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from sync.central.rules.misfits import Kept, Misfit
from sync.central.rules.progress import Deed
from sync.central.store import return_cases as cases
from sync.central.store.exceptions import Case


@dataclass(frozen=True)
class Line:
    line: int = 2
    sku: str = "A"
    qty: int = 3


def deed(event_id: str = "e-1", **facts: object) -> Deed:
    body = {"sku": "A", "qty": 2, "label": "L07-1-X"} | facts
    return Deed(event_id, EventKind.RETURN_DISPOSITIONED, "s1", Fields(body, "facts"))


def undo(event_id: str) -> Event:
    return Event(event_id, EventKind.RETURN_UNDONE, (), "kim", "s", (), {}, corrects="e-1")


def kept(event_id: str, label: object) -> Event:
    return Event(event_id, EventKind.RETURN_UNIDENTIFIED, (), "kim", "s", (), {"label": label})


SAME = [
    (cases.unknown_rma(deed(), "R-1"), cases.unknown_rma(deed("e-2", sku="B"), "R-1")),
    (cases.unidentified(kept("e-1", "H07-1-X")), cases.unidentified(kept("e-2", "H07-1-X"))),
    (cases.not_on_rma(deed(), "R-1"), cases.not_on_rma(deed("e-2"), "R-1")),
    (cases.over(Line(), "R-1", 4), cases.over(Line(), "R-1", 5)),
    (cases.missing_excess(Line(), "R-1", 4, 1), cases.missing_excess(Line(), "R-1", 5, 2)),
]
OTHER = [
    (cases.unidentified(kept("e-1", "H07-1-X")), cases.unidentified(kept("e-2", "H07-2-X"))),
    (cases.unidentified(kept("e-1", 5)), cases.unidentified(kept("e-2", None))),
    (cases.unknown_rma(deed(), "R-1"), cases.unknown_rma(deed(), "R-2")),
    (cases.not_on_rma(deed(), "R-1"), cases.apart(deed(), "R-1", Kept(Misfit.WRONG_ITEM))),
    (cases.missing(Line(), "R-1", 1), cases.missing(Line(1), "R-1", 1)),
    (cases.missing_elsewhere(deed(), "R-1", 8, 1), cases.missing_elsewhere(deed(), "R-1", 9, 1)),
    (cases.over(Line(), "R-1", 4), cases.over(Line(1), "R-1", 4)),
    (cases.odd_undo(undo("e-2")), cases.odd_undo(undo("e-3"))),
]


@pytest.mark.parametrize(("one", "again"), SAME)
def test_the_same_thing_is_the_same_case(one: Case, again: Case) -> None:
    assert one.key == again.key


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_things_are_two_cases(one: Case, other: Case) -> None:
    assert one.key != other.key


def test_what_is_at_risk_is_the_units_in_question() -> None:
    found = cases.blind(deed(), "return.blind:L07-1-X")
    assert (found.sku, found.qty) == ("A", 2)
    assert cases.over(Line(), "R-1", 5).qty == 2
    assert cases.missing_excess(Line(), "R-1", 4, 1).qty == 1


def test_the_words_name_the_numbers() -> None:
    assert "authorizes 3, 5 were dispositioned" in cases.over(Line(), "R-1", 5).fix
    assert "4 were named as missing, 1 more" in cases.missing_excess(Line(), "R-1", 4, 1).fix


def test_the_key_of_an_unknown_code_is_known_before_there_is_a_deed() -> None:
    assert cases.unknown_rma(deed(), "R-1").key == cases.unknown_key("R-1")


def test_a_unit_has_one_case_whatever_it_is_held_for() -> None:
    found = {cases.apart(deed(), "R-1", Kept(why)).key for why in Misfit}
    assert len(found) == 1
    assert found <= set(cases.apart_keys(deed(), "R-1"))


@pytest.mark.parametrize("why", Misfit)
def test_every_unit_that_fits_nowhere_says_what_to_do(why: Misfit) -> None:
    found = cases.apart(deed(), "R-1", Kept(why, "SN-2", ("SN-1",)))
    assert (found.type, found.owner_role) == (str(why), "service")
    assert found.fix.endswith(".")
    assert ("SN-2" in found.fix and "SN-1" in found.fix) == (why is Misfit.OTHER_SERIAL)


def test_what_nobody_announced_waits_for_its_sale() -> None:
    found = cases.blind(deed(), "return.blind:L07-1-X")
    assert (found.type, found.key) == ("return.blind", "return.blind:L07-1-X")
