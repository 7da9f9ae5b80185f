"""What a verdict on approvals means: whether it was allowed, and who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from app.domain.approvals import WORDS, Judgement, Reason, Verdict


class Authorization(StrEnum):
    """Whether what happened was allowed; the goods are where they are in any case."""

    APPROVED = "approved"
    REVIEW = "review"
    UNAPPROVED = "unapproved"


_OF = {
    Verdict.VALID: Authorization.APPROVED,
    Verdict.REVIEW: Authorization.REVIEW,
    Verdict.INVALID: Authorization.UNAPPROVED,
}
_OWNER = {Verdict.REVIEW: "supervisor", Verdict.INVALID: "admin"}

# A word is spent only when it was about exactly this event: one that was moved here from another event must
# still count there.
_NOT_OURS = frozenset(
    {
        Reason.OTHER_EVENT,
        Reason.OTHER_BODY,
        Reason.OTHER_STATION,
        Reason.OTHER_EPOCH,
        Reason.OTHER_CERTIFICATE,
        Reason.OTHER_APPROVER,
        Reason.NONCE_REUSED,
        Reason.COUNTER_REUSED,
    }
)


def authorization_of(verdict: Verdict) -> Authorization:
    """Whether what carries such a verdict was allowed."""
    return _OF[verdict]


def answers(verdict: Verdict) -> str:
    """The role that answers for a case of this verdict."""
    return _OWNER.get(verdict, "supervisor")


def spends(reasons: Sequence[Reason]) -> bool:
    """Whether a statement with these reasons against it uses up its nonce and its number."""
    return _NOT_OURS.isdisjoint(reasons)


def explained(kind: str, judgement: Judgement, *, money: bool = True) -> str:
    """The case in words: what was found, in one sentence each, and what to do.

    `money` where what happened took goods away; else a supervisor's word is only worth nothing.
    """
    stands = (
        "and its value is an unapproved loss" if money else "without the word of anybody with the right to it"
    )
    because = "; ".join(WORDS[reason] for reason in judgement.reasons)
    if Reason.NOT_APPROVED in judgement.reasons:
        return (
            f"Nobody approved this {kind}, which a station may not do by itself. What happened stands "
            f"{stands}. Find out who did this and at which computer."
        )
    who = ", ".join(sorted({one.certificate.approver for one in judgement.approvals if one.certificate}))
    said = f"The approval of this {kind} by {who or 'nobody who is known'}"
    if judgement.verdict is Verdict.INVALID:
        return (
            f"{said} is worth nothing: {because}. What happened stands {stands}. "
            "Find out who did this and at which computer."
        )
    return (
        f"{said} has to be looked into: {because}. What happened stands {stands} "
        "until somebody with the right to it says otherwise."
    )
