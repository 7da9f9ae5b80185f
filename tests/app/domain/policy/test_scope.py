"""A scope holds for the units it names, by each of its three conditions."""

from __future__ import annotations

import pytest

from app.domain.policy.scope import ANY, Case, Scope

TOY = Case("toys", "B", hazardous=False)


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        (Scope(), True),
        (Scope(("B",), ("toys",), hazardous=False), True),
        (Scope(("A", "B")), True),
        (Scope(("A",)), False),
        (Scope((ANY,), ("kitchen",)), False),
        (Scope(hazardous=True), False),
        (Scope(hazardous=False), True),
    ],
)
def test_every_condition_has_to_hold(scope: Scope, holds: bool) -> None:
    assert scope.holds(TOY) is holds
