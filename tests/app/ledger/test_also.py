from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from app.ledger.also import Also, SaveDraft, SetValue
from app.ledger.writer import Ledger


def test_the_sum_type_names_every_part_once() -> None:
    parts = get_args(Also)
    assert len(parts) == len(set(parts)) == 9
    assert all(part.__doc__ for part in parts)


def test_parts_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        SetValue("a", "b").value = "c"  # type: ignore[misc]  # what the test is about


def test_parts_are_written_in_the_order_given(ledger: Ledger) -> None:
    ledger.save([SetValue("a", "1"), SetValue("a", "2"), SaveDraft("j", {"n": 1}), SaveDraft("j", {"n": 2})])
    assert ledger.value("a") == "2"
    assert ledger.connection.exec_driver_sql("SELECT document FROM draft").scalar() == '{"n":2}'
