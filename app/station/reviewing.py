"""What the station itself refuses to have approved: what its centre would certainly hold against it.

The centre judges everything again with all that it knows; this only keeps honest people from signing in vain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.approvals import Certificate, Place
from app.domain.approvals.people import same_person
from app.domain.clock import to_text
from app.domain.event import Event
from app.domain.money import amount_text
from app.domain.refusal import Refused
from app.ledger import approvers, renewal
from app.ledger.approvers import Certified
from app.ledger.writer import Ledger


@dataclass(frozen=True, slots=True)
class Request:
    """An event that is to be approved as it is shown, before it is recorded.

    `value` is in whole minor units; `asked_at` is the station whose event it is, None for this one.
    """

    event: Event
    action: str
    value: int
    currency: str
    reason: str
    asked_at: Place | None = None


def judge_requests(
    ledger: Ledger, code: str, held: Certified | None, requests: Sequence[Request], now: datetime
) -> None:
    """Refuses a list that the approver may not approve here, before any PIN is asked for.

    Raises:
        Refused: no certificate, one that ended or was revoked, another site or action, own work, or limits
            that are reached: then the goods wait in their bin and the request with them. Also while a renewal
            of the epoch is owed.
    """
    if renewal.due(ledger) is not None:
        # A record that was put back counts its statements from where the copy ends: the centre would find the
        # numbers used up in this epoch and take honest approvals for forged ones.
        raise _no(
            "approval.renewal",
            "This station's record was put back from a copy, or differs from the centre's.",
            "a sync first, which begins its numbers anew: approve after the next sync",
        )
    if held is None:
        raise _no("approval.no_certificate", f"Approver {code} has no certificate here.", "one of the centre")
    certificate = Certificate.read(held.certificate)
    if now >= certificate.not_after:
        raise _no("approval.ended", f"It ended at {to_text(certificate.not_after)}.", "one that is good")
    if approvers.revocations(ledger.connection).number_of(certificate.public_key) is not None:
        raise _no("approval.revoked", f"The key of {code} was revoked.", "a key that may approve")
    identity = ledger.identity
    if identity is not None and identity.site not in certificate.sites:
        raise _no(
            "approval.site", f"This is site {identity.site}.", f"{', '.join(sorted(certificate.sites))}"
        )
    for request in requests:
        if request.action not in certificate.actions:
            allowed = ", ".join(sorted(certificate.actions))
            raise _no("approval.action", f"Read the action {request.action}.", allowed)
        if same_person(code, request.event.operator):
            raise _no("approval.own_work", f"{code} did this.", "somebody else's approval")
    if requests:
        _within(ledger, held, certificate, requests)


def _within(ledger: Ledger, held: Certified, certificate: Certificate, requests: Sequence[Request]) -> None:
    limits = certificate.limits
    before = approvers.spent(ledger.connection, held.certificate.digest)
    worth = sum(request.value for request in requests)
    if any(request.currency != limits.currency for request in requests):
        raise _no("approval.currency", "Read another currency.", limits.currency)
    single = max(request.value for request in requests)

    def money(minor: int) -> str:
        return amount_text(minor, limits.currency)

    if single > limits.single:
        most = f"at most {money(limits.single)} for one"
        raise _no("approval.limit", f"One is worth {money(single)}.", most)
    if before.value + worth > limits.total:
        most = f"at most {money(limits.total - before.value)} until a sync"
        raise _no("approval.limit", f"Together they are worth {money(worth)}.", most)
    if before.count + len(requests) > limits.count:
        left = limits.count - before.count
        raise _no("approval.limit", f"They are {len(requests)}.", f"at most {left} until a sync")


def _no(code: str, read: str, expected: str) -> Refused:
    do = "Record it without an approval: the goods wait in their bin until somebody may decide."
    return Refused(code, read, f"Expected {expected}.", do)
