"""How far an RMA is follows from what was done, whoever did it and in whatever order it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import pytest

from app.domain.event import EventKind
from app.domain.fields import Fields
from app.domain.refusal import Refused
from app.domain.returns import LineState
from sync.central.rules.progress import Deed, Progress


@dataclass(frozen=True)
class Authorized:
    line: int
    sku: str
    qty: int


LINES = (Authorized(1, "A", 2), Authorized(2, "B", 1))
A, B = LINES


def deed(kind: EventKind, origin: str = "s1", **facts: object) -> Deed:
    return Deed("e", kind, origin, Fields({"rma": "R-1", **facts}, "facts"))


def disposed(line: int | None, sku: str, qty: int = 1, origin: str = "s1") -> Deed:
    return deed(EventKind.RETURN_DISPOSITIONED, origin, line=line, sku=sku, qty=qty)


def finished(**missing: int) -> Deed:
    entries = [{"line": int(line[1:]), "qty": qty} for line, qty in missing.items()]
    return deed(EventKind.RETURN_FINISHED, missing=entries)


ARRIVED = deed(EventKind.RETURN_ARRIVED)


def after(*deeds: Deed) -> Progress:
    progress = Progress()
    for one in deeds:
        progress.add(one, LINES)
    return progress


def states(*deeds: Deed) -> list[LineState]:
    return [after(*deeds).state(line) for line in LINES]


def test_a_line_goes_from_authorized_to_dispositioned() -> None:
    assert states() == [LineState.AUTHORIZED] * 2
    assert states(ARRIVED) == [LineState.RECEIVED] * 2
    assert states(ARRIVED, disposed(1, "A")) == [LineState.ON_BENCH, LineState.RECEIVED]
    assert states(disposed(1, "A"), disposed(1, "A", origin="s2"))[0] == LineState.DISPOSITIONED


def test_units_are_counted_by_the_station_that_did_them() -> None:
    progress = after(disposed(1, "A", 2), disposed(1, "A", origin="s2"))
    assert progress.done == {(1, "s1"): 2, (1, "s2"): 1}
    assert progress.units(A) == 3


@pytest.mark.parametrize(
    "odd", [disposed(True, "A"), disposed(2, "A"), disposed(None, "A"), disposed(9, "A"), disposed(1, "B")]
)
def test_what_is_not_on_the_rma_counts_on_no_line(odd: Deed) -> None:
    assert not after(odd).done


def test_what_turned_up_is_missing_no_more() -> None:
    named = finished(l1=2)
    assert after(named).missing(A) == 2
    assert after(named, disposed(1, "A")).missing(A) == 1
    assert states(named, disposed(1, "A"))[0] == LineState.MISSING
    assert states(named, disposed(1, "A", 2))[0] == LineState.DISPOSITIONED


def test_more_missing_than_authorized_is_no_more_than_the_line() -> None:
    assert after(finished(l2=5)).missing(B) == 1


def test_the_last_finish_that_names_a_line_counts() -> None:
    assert after(finished(l1=2), finished(l2=1)).missing(A) == 2
    assert after(finished(l1=2), finished(l1=1)).missing(A) == 1


@pytest.mark.parametrize(
    ("deeds", "closed"),
    [
        ([disposed(1, "A", 2), disposed(2, "B")], True),
        ([disposed(1, "A", 2)], False),
        ([finished(), disposed(1, "A", 2)], False),
        ([finished(), disposed(1, "A", 2), disposed(2, "B")], True),
        ([finished(l2=1), disposed(1, "A", 2)], True),
    ],
)
def test_it_is_closed_once_nothing_more_is_to_come(deeds: Sequence[Deed], closed: bool) -> None:
    for told in permutations(deeds):
        assert (after(*told).stands(LINES) == "closed") is closed


@pytest.mark.parametrize(
    "unreadable",
    [
        disposed(1, "A", 0),
        deed(EventKind.RETURN_DISPOSITIONED, line=1, sku=5, qty=1),
        finished(l1=-1),
        deed(EventKind.RETURN_FINISHED, missing="some"),
    ],
)
def test_facts_that_cannot_be_read_are_refused(unreadable: Deed) -> None:
    with pytest.raises(Refused):
        after(unreadable)


@pytest.mark.parametrize(
    "half",
    [
        disposed(1, "A", 0),
        disposed(None, "A", 0),
        deed(EventKind.RETURN_DISPOSITIONED, line=9, sku="A"),
        deed(EventKind.RETURN_DISPOSITIONED, line=9, sku="A", qty=1, wrong_item="yes"),
        deed(EventKind.RETURN_DISPOSITIONED, line=9, sku="A", qty=1, label=5),
        finished(l1=0),
    ],
)
def test_a_deed_is_checked_whole_whatever_rma_it_belongs_to(half: Deed) -> None:
    with pytest.raises(Refused):
        half.check()
    disposed(None, "A").check()
    ARRIVED.check()


def test_the_code_of_a_blind_return_is_none() -> None:
    assert Deed("e", EventKind.RETURN_ARRIVED, "s1", Fields({}, "facts")).code is None
