"""What people said about exceptions is what was sealed, and a changed row is named."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.checks.cases import check_cases
from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.store.exceptions import Case, open_case
from tests.sync.central.shop import Shop, open_shop

SAID = "INSERT INTO exception_closing (exception, closed_at, closed_by, note) VALUES (2, 'x', 'kim', 'Fine.')"


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Shop]:
    """One case resolved and open again, one open, one resolved; what is planted is not proven."""
    with open_shop(tmp_path, prove=False) as shop:
        for key in "abc":
            opened(shop, key)
        for number, note in ((1, "Counted."), (3, "Paid.")):
            shop.act(partial(resolve, number=number, asked=Resolution(note=note)), operator="ann")
        opened(shop, "a")
        yield shop


def opened(shop: Shop, key: str) -> None:
    case = Case(key, "some.type", "sku:A", "planner", "Count it.")
    shop.act(lambda act: open_case(act.conn, case, act.posted_at))


def found(shop: Shop) -> set[str]:
    return {violation.subject.split(" ")[0] for violation in shop.ask(lambda conn: list(check_cases(conn)))}


@pytest.mark.parametrize(
    ("change", "subjects"),
    [
        ("UPDATE exception SET state = 'resolved', resolved_by = 'ann' WHERE id = 2", {"exception"}),
        ("UPDATE exception SET resolution = 'Nothing.' WHERE id = 3", {"exception"}),
        ("UPDATE exception SET resolved_by = 'kim' WHERE id = 3", {"exception"}),
        (SAID, {"exception"}),
        ("UPDATE exception_closing SET closed_by = 'kim' WHERE exception = 1", {"event"}),
        ("UPDATE exception_closing SET note = 'Nothing.' WHERE exception = 1", {"event"}),
        ("DELETE FROM exception_closing WHERE exception = 1", {"event"}),
        ("UPDATE exception_closing SET event_id = NULL WHERE exception = 1", {"event", "exception"}),
        ("UPDATE exception SET type = 'other' WHERE id = 1", {"event"}),
    ],
)
def test_a_changed_row_is_named(day: Shop, change: str, subjects: set[str]) -> None:
    assert found(day) == set()
    day.act(lambda act: act.conn.execute(text(change)))
    assert found(day) == subjects


def test_words_that_were_erased_are_not_missed(day: Shop) -> None:
    day.act(lambda act: act.conn.execute(text("UPDATE receipt SET private = NULL")))
    assert found(day) == set()


def test_what_was_said_before_words_were_events_needs_none(day: Shop) -> None:
    day.act(lambda act: act.conn.execute(text(SAID)))
    day.act(
        lambda act: act.conn.execute(
            text(
                "UPDATE meta SET value = (SELECT max(id) FROM exception_closing)"
                " WHERE name = 'unsealed_closings'"
            )
        )
    )
    assert found(day) == set()
