"""The journal of an export is held against the verdicts and the signed moves, whoever signed its manifest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from app.domain.fields import Fields
from app.domain.proof.money import INVENTORY, whole
from app.domain.proof.shape import JOURNAL, TOTALS, VERDICTS
from app.domain.refusal import Refused
from tests.app.domain.proof.exported import Memory, example

APPROVED, UNAPPROVED = "Expenses:WriteOff", "Expenses:UnapprovedLoss"


def booked(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> list[str]:
    """What is found when a dishonest centre tells another journal, with totals that fit it."""
    found = example()
    rows = change(found.rows(JOURNAL))
    return with_totals(found.told(JOURNAL, rows)).findings()


def without(rows: list[dict[str, Any]], gone: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in rows if row != gone]


def with_totals(found: Memory) -> Memory:
    sums = defaultdict[tuple[str, str, str], int](int)
    for entry in found.rows(JOURNAL):
        for line in entry["lines"]:
            sums[entry["owner"], entry["currency"], line["book"]] += line["minor"]
    names = ("owner", "currency", "book")
    return found.told(
        TOTALS, [dict(zip(names, of, strict=True)) | {"minor": n} for of, n in sums.items() if n]
    )


def test_an_honest_journal_holds() -> None:
    assert booked(lambda rows: rows) == []


def test_an_entry_that_was_left_out_is_missed() -> None:
    with_stock = [row for row in example().rows(JOURNAL) if any(n["book"] == INVENTORY for n in row["lines"])]
    assert with_stock
    for gone in with_stock:
        (found,) = booked(partial(without, gone=gone))
        assert "beside the signed moves" in found


def test_a_journal_of_nothing_is_missed() -> None:
    assert any("beside the signed moves" in found for found in booked(lambda _rows: []))


@pytest.mark.parametrize(("real", "told"), [(APPROVED, UNAPPROVED), (UNAPPROVED, APPROVED)])
def test_a_loss_stands_where_its_verdict_puts_it(real: str, told: str) -> None:
    judged = {row["event_id"] for row in example().rows(VERDICTS)}

    def other(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for row in rows:
            for line in row["lines"]:
                if row["event_id"] in judged and line["book"] == real:
                    line["book"] = told
        return rows

    books = {n["book"] for row in example().rows(JOURNAL) for n in row["lines"] if row["event_id"] in judged}
    found = booked(other)
    assert bool(found) == (real in books)
    assert all(told in one for one in found)


def test_a_number_is_whole() -> None:
    with pytest.raises(Refused):
        whole(Fields({"qty": 1.5}, "row"), "qty")
    assert whole(Fields({"qty": -3}, "row"), "qty") == -3
