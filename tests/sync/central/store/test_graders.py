"""Another person's other grade of a unit is one case until somebody settles it; both grades stay shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.store import timeline
from sync.central.store.tables import exception
from tests.sync.central.discarding import undo
from tests.sync.central.shop import OWNER, Shop, open_shop
from tests.sync.central.unit_words import back, decide, repaired, returned, with_ways


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with open_shop(tmp_path, url) as found:
        yield with_ways(found)


def came(shop: Shop) -> str:
    """The person kim grades a unit of A B, under L07-1-X."""
    return repaired(shop, "L07-1-X", returned(shop))


def graded(shop: Shop, before: str, by: str, grade: str, *, was: tuple[str, str] = ("L07-1-X", "B")) -> str:
    """Somebody grades it again, under a label of its own."""
    label = f"L07-{by}-{grade}"
    place = "R-03" if was[0] == "L07-1-X" else "F-01"
    held = Account(OWNER, "A", place, Status.REFURBISH, label=was[0], grade=was[1])
    there = Account(OWNER, "A", "F-01", Status.REFURBISH, label=label, grade=grade)
    body: dict[str, Any] = {
        "sku": "A",
        "qty": 1,
        "label": label,
        "replaces": was[0],
        "grade": grade,
        "before": was[1],
        "regrades": before,
    }
    moves = [Move(1, held, there, MoveKind.DISPOSE)]
    return shop.at_station(EventKind.RETURN_REGRADED, moves, operator=by, **body)


def found(shop: Shop) -> list[tuple[str, str]]:
    """Subject and state of the cases of graders."""
    asked = select(exception).where(exception.c.type == "return.graders_disagree")
    return [(row.subject, row.state) for row in shop.ask(lambda conn: conn.execute(asked).all())]


def test_another_persons_other_grade_is_one_case_that_names_both(shop: Shop) -> None:
    graded(shop, came(shop), "ben", "C")
    assert found(shop) == [("label:L07-ben-C", "open")]
    asked = select(exception).where(exception.c.type == "return.graders_disagree")
    case = shop.ask(lambda conn: conn.execute(asked).one())
    assert (case.owner_role, case.money_of) == ("supervisor", "cost")
    assert None not in {case.money_minor, case.due_at}
    assert "kim B, ben C" in case.fix
    about = timeline.About(unit="L07-ben-C")
    shown: Any = shop.ask(lambda conn: timeline.timeline(conn, about, None, 9))
    (move,) = shown["events"][-1]["moves"]
    assert (move["from"]["grade"], move["to"]["grade"]) == ("B", "C")


def test_the_same_person_and_the_same_grade_are_no_case(shop: Shop) -> None:
    first = came(shop)
    graded(shop, graded(shop, first, "kim", "C"), "ben", "C", was=("L07-kim-C", "C"))
    assert found(shop) == []


def test_what_comes_in_one_batch_is_one_case_too(shop: Shop) -> None:
    first = came(shop)
    with shop.together():
        again = graded(shop, first, "ben", "C")
        graded(shop, again, "ben", "D", was=("L07-ben-C", "C"))
    assert found(shop) == [("label:L07-ben-C", "open")]


def test_a_third_person_settles_it(shop: Shop) -> None:
    again = graded(shop, came(shop), "ben", "C")
    third = graded(shop, again, "cyd", "B", was=("L07-ben-C", "C"))
    assert found(shop) == [("label:L07-ben-C", "resolved")]
    # Taken back, it is open again, and once.
    undo(shop, third)
    assert found(shop) == [("label:L07-ben-C", "open")]


def test_a_supervisors_word_settles_it_until_that_is_taken_back(shop: Shop) -> None:
    graded(shop, came(shop), "ben", "C")
    decide(shop, "L07-ben-C", "quarantine")
    assert found(shop) == [("label:L07-ben-C", "resolved")]
    back(shop, "L07-ben-C")
    assert found(shop) == [("label:L07-ben-C", "open")]


def test_a_grade_that_is_taken_back_settles_it(shop: Shop) -> None:
    again = graded(shop, came(shop), "ben", "C")
    undo(shop, again)
    assert found(shop) == [("label:L07-ben-C", "resolved")]


def test_a_note_settles_it(shop: Shop) -> None:
    graded(shop, came(shop), "ben", "C")
    number = select(exception.c.id).where(exception.c.type == "return.graders_disagree")
    which = int(shop.ask(lambda conn: conn.scalar(number)) or 0)
    shop.act(lambda act: resolve(act, which, Resolution(note="C holds.")), operator="sue")
    assert found(shop) == [("label:L07-ben-C", "resolved")]


def test_what_names_no_grade_is_nobodys_case(shop: Shop) -> None:
    came(shop)
    shop.at_station(EventKind.RETURN_REGRADED, operator="ben", regrades=["x"], grade=7)
    assert found(shop) == []
