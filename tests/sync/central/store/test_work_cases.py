"""The cases of work say whose they are, what is at risk and what to do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.domain.account import Account, Status
from sync.central.store import work_cases
from sync.central.store.exceptions import Case

LABELLED = Account("ACME", "K", "F-01", Status.REFURBISH, label="L-1", grade="B")
PLAIN = Account("ACME", "K", "F-01", Status.REFURBISH)
ROW = SimpleNamespace(
    code="F-1-1",
    qty=2,
    currency="GBP",
    turn_owner="bench",
    entered_at="2026-01-01T09:00:00.000Z",
    due_at="2026-01-02T09:00:00.000Z",
)
ALL = (
    work_cases.none(LABELLED, 2, "there is no policy"),
    work_cases.failed(LABELLED, 2),
    work_cases.gone(LABELLED, 2, "e-1"),
    work_cases.late(ROW, LABELLED),
    work_cases.unbooked(ROW, LABELLED, 150, 1),
)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.type)
def test_each_names_its_units_and_what_to_do(case: Case) -> None:
    assert case.key.startswith(f"{case.type}:")
    assert (case.sku, case.qty) == ("K", 2)
    assert case.owner_role in {"supervisor", "finance", "admin"}
    assert case.fix.endswith(".")


def test_a_unit_is_called_by_what_it_has() -> None:
    assert work_cases.none(LABELLED, 1, "x").subject == "label:L-1"
    assert work_cases.none(PLAIN, 1, "x").subject == "sku:K"
    serial = Account("ACME", "K", "F-01", Status.REFURBISH, serial="S-1")
    assert work_cases.none(serial, 1, "x").subject == "serial:S-1"


def test_one_account_has_one_key_and_another_one_another() -> None:
    assert work_cases.none_key(LABELLED) != work_cases.none_key(PLAIN)
    assert work_cases.none_key(LABELLED) != work_cases.failed_key(LABELLED)
