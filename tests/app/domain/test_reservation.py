"""Reservations: claims that add up, kept as plain records."""

from __future__ import annotations

import pytest

from app.domain.reservation import ANY, Claim, Reservation, Scope


def test_a_claim_is_hard_and_wide_unless_it_says_otherwise() -> None:
    claim = Reservation("ACME", "K-17", "shop", "order:8841", 1, 2)
    assert claim.claim is Claim.HARD
    assert claim.scope.is_open
    assert (claim.scope, claim.per, claim.expires) == (ANY, 1, None)


def test_a_scope_says_what_it_narrows() -> None:
    scope = Scope(site="WH1", fresh="2026-12-31")
    assert not scope.is_open
    assert scope.to_json() == {"site": "WH1", "fresh": "2026-12-31"}
    assert ANY.to_json() == {}


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
