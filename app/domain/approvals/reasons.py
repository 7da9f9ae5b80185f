"""Why an approval is not simply valid, in words, and how grave each reason is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Verdict(StrEnum):
    """What the centre makes of an approval; it changes authorization and money, never a quantity."""

    VALID = "valid"
    REVIEW = "review"
    INVALID = "invalid"


class Reason(StrEnum):
    """What is wrong with an approval, or could be."""

    NOT_APPROVED = "not_approved"
    UNREADABLE = "unreadable"
    POLICY_KEY_FORGED = "policy_key_forged"
    CERTIFICATE_FORGED = "certificate_forged"
    CERTIFICATE_LIFE = "certificate_life"
    STATEMENT_FORGED = "statement_forged"
    OTHER_CERTIFICATE = "other_certificate"
    OTHER_APPROVER = "other_approver"
    OTHER_DECIDER = "other_decider"
    OTHER_EVENT = "other_event"
    OTHER_BODY = "other_body"
    OTHER_STATION = "other_station"
    OTHER_EPOCH = "other_epoch"
    UNKNOWN_STATION = "unknown_station"
    WRONG_ACTION = "wrong_action"
    WRONG_SITE = "wrong_site"
    OWN_WORK = "own_work"
    NONCE_REUSED = "nonce_reused"
    COUNTER_REUSED = "counter_reused"
    REVOKED_KNOWN = "revoked_known"
    EXPIRED_KNOWN = "expired_known"
    SUPERSEDED_KNOWN = "superseded_known"
    NOT_YET = "not_yet"
    TOO_NEW = "too_new"
    STRANGE_PART = "strange_part"
    EPOCH_UNPROVEN = "epoch_unproven"
    REVOKED_UNPROVEN = "revoked_unproven"
    EXPIRED_UNPROVEN = "expired_unproven"
    COUNTER_GAP = "counter_gap"
    OVER_SINGLE = "over_single"
    OVER_TOTAL = "over_total"
    OVER_COUNT = "over_count"
    OTHER_CURRENCY = "other_currency"
    WORTH_UNKNOWN = "worth_unknown"
    UNDERSTATED = "understated"
    SECOND_PERSON_MISSING = "second_person_missing"


REVIEWED = frozenset(
    {
        Reason.TOO_NEW,
        Reason.STRANGE_PART,
        Reason.EPOCH_UNPROVEN,
        Reason.REVOKED_UNPROVEN,
        Reason.EXPIRED_UNPROVEN,
        Reason.COUNTER_GAP,
        Reason.OVER_SINGLE,
        Reason.OVER_TOTAL,
        Reason.OVER_COUNT,
        Reason.OTHER_CURRENCY,
        Reason.WORTH_UNKNOWN,
        Reason.UNDERSTATED,
        Reason.SECOND_PERSON_MISSING,
    }
)
"""Reasons that a person has to look into; every other one makes an approval invalid."""

WORDS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.NOT_APPROVED: "nobody approved it",
        Reason.UNREADABLE: "it cannot be read",
        Reason.POLICY_KEY_FORGED: "its policy key is not one that the pinned root vouches for",
        Reason.CERTIFICATE_FORGED: "its certificate was not signed by the policy key",
        Reason.CERTIFICATE_LIFE: "its certificate lives longer than any may, or than its policy key",
        Reason.STATEMENT_FORGED: "its statement was not signed by the key of the certificate",
        Reason.OTHER_CERTIFICATE: "its statement was given under another certificate",
        Reason.OTHER_APPROVER: "statement and certificate name different approvers",
        Reason.OTHER_DECIDER: "the event names somebody else as the one who decided",
        Reason.OTHER_EVENT: "its statement is about another event",
        Reason.OTHER_BODY: "the event is not what the approver was shown",
        Reason.OTHER_STATION: "its statement is about an event of another station",
        Reason.OTHER_EPOCH: "its statement is of an epoch that the centre did not renew into this one",
        Reason.UNKNOWN_STATION: "it was given at a station that nobody knows",
        Reason.WRONG_ACTION: "the certificate does not allow this action, or the statement is about another",
        Reason.WRONG_SITE: "the certificate does not hold at this site",
        Reason.OWN_WORK: "the approver did the work",
        Reason.NONCE_REUSED: "the statement was used before",
        Reason.COUNTER_REUSED: "the approver's number was used before at that station",
        Reason.REVOKED_KNOWN: "the station knew that the key was revoked",
        Reason.EXPIRED_KNOWN: "the station acted after the certificate had ended, by what it knew",
        Reason.SUPERSEDED_KNOWN: "the station knew that a newer certificate does not allow it",
        Reason.NOT_YET: "it was here before its certificate began",
        Reason.TOO_NEW: "it is of a newer version than this program reads",
        Reason.STRANGE_PART: "something that nobody signed stands beside its documents",
        Reason.EPOCH_UNPROVEN: "it was given in an epoch of before the centre was put back from a copy, "
        "and only what was lost with that knew whether this one goes on from there",
        Reason.REVOKED_UNPROVEN: "the key was revoked, and nothing proves that it signed before",
        Reason.EXPIRED_UNPROVEN: "the certificate ended, and nothing proves that it was used before",
        Reason.COUNTER_GAP: "approvals of the same approver are missing before it",
        Reason.OVER_SINGLE: "it is worth more than one approval of this certificate may be",
        Reason.OVER_TOTAL: "the approvals of this certificate are worth more together than they may be",
        Reason.OVER_COUNT: "there are more approvals of this certificate than there may be",
        Reason.OTHER_CURRENCY: "its value is in another currency than the limits of its certificate",
        Reason.WORTH_UNKNOWN: "the centre has no record of what it is worth",
        Reason.UNDERSTATED: "its value is less than the goods were worth by the records its station had",
        Reason.SECOND_PERSON_MISSING: "a second approver with another key has to sign too",
    }
)
"""Each reason, to stand after "because"."""


def verdict_of(reasons: Iterable[Reason]) -> Verdict:
    """The gravest of what these reasons ask for."""
    found = frozenset(reasons)
    if found - REVIEWED:
        return Verdict.INVALID
    return Verdict.REVIEW if found else Verdict.VALID
