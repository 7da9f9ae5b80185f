"""Reservations: claims that add up, kept as plain records."""

from __future__ import annotations

import pytest

from app.domain.reservation import Claim, Reservation


def test_a_claim_is_hard_and_wide_unless_it_says_otherwise() -> None:
    claim = Reservation("ACME", "K-17", "shop", "order:8841", 1, 2)
    assert claim.claim is Claim.HARD
    narrowing = (claim.site, claim.lot, claim.serial, claim.grade, claim.supply, claim.expires)
    assert set(narrowing) == {None}


def test_a_claim_is_a_fact_and_does_not_change() -> None:
    claim = Reservation(
        "ACME", "K-17", "shop", "order:8841", 1, 2, Claim.BASKET, expires="2026-11-22T10:41:07Z"
    )
    with pytest.raises(AttributeError):
        claim.qty = 3  # type: ignore[misc]  # the point of the test
    assert claim == Reservation(
        "ACME", "K-17", "shop", "order:8841", 1, 2, Claim.BASKET, expires="2026-11-22T10:41:07Z"
    )


def test_claims_are_words_that_are_stored() -> None:
    assert list(Claim) == ["basket", "soft", "hard"]
