"""Laws of the verdict; the table of attacks is in tests/approvals."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.approvals import Proof, Reason, Revoked, Spent, Verdict
from tests.app.domain.examples import json_values
from tests.approvals.world import KNOWN, POLICY, RUTH, RUTHS, Trial, omars, ruths, write_off

EVENT = write_off()
GOOD = ruths(EVENT)


@given(st.lists(json_values, min_size=1, max_size=6))
def test_whatever_stands_there_is_judged_and_never_valid(found: list[object]) -> None:
    judgement = Trial(EVENT, tuple(found)).judged()
    assert judgement.verdict is not Verdict.VALID
    assert len(judgement.approvals) == len(found)


def test_parts_are_named_only_when_somebody_vouches_for_them() -> None:
    (good,) = Trial(EVENT, (GOOD,)).judged().approvals
    assert (good.certificate, good.proof) == (RUTHS, GOOD.statement.proof)
    (forged,) = Trial(EVENT, (replace(GOOD, policy_key=GOOD.certificate),)).judged().approvals
    assert (forged.certificate, forged.statement, forged.reasons) == (None, None, (Reason.POLICY_KEY_FORGED,))


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 5))
def test_a_revocation_is_judged_by_chain_alone(arrived: int, revoked: int, rev_no: int) -> None:
    known = replace(
        KNOWN, arrived=Proof(arrived, KNOWN.arrived.by), revoked={RUTH.public_key: Revoked(3, revoked)}
    )
    verdict = Trial(EVENT, (GOOD,), known, rev_no=rev_no).judged().verdict
    if rev_no >= 3:
        assert verdict is Verdict.INVALID
    else:
        assert verdict is (Verdict.VALID if arrived <= revoked else Verdict.REVIEW)


@given(st.integers(0, 60_000), st.integers(0, 12))
def test_limits_hold_for_all_statements_together(value: int, count: int) -> None:
    known = replace(KNOWN, spent={RUTHS.signed(POLICY).digest: Spent(value, count)})
    verdict = Trial(EVENT, (GOOD,), known).judged().verdict
    within = value + 5_000 <= RUTHS.limits.total and count + 1 <= RUTHS.limits.count
    assert verdict is (Verdict.VALID if within else Verdict.REVIEW)


def test_worth_is_the_larger_of_what_was_signed_and_what_is_on_record() -> None:
    (low,) = Trial(EVENT, (GOOD,), worth=(7_000, "GBP")).judged().approvals
    (high,) = Trial(EVENT, (GOOD,), worth=(10, "GBP")).judged().approvals
    assert (low.worth, high.worth) == (7_000, 5_000)


def test_the_judgement_of_two_is_the_gravest_of_both() -> None:
    late = omars(EVENT, counter=4)
    assert Trial(EVENT, (GOOD, late)).judged().verdict is Verdict.REVIEW
    assert Trial(EVENT, (late, GOOD)).judged().verdict is Verdict.REVIEW
    assert Trial(EVENT, (GOOD, "forged")).judged().verdict is Verdict.INVALID
