"""The verdict on the approvals of one event: pure, by chain and not by clock, with every reason.

Signatures are checked first, from the pinned root down; what nobody vouches for says nothing, so the judge
stops there. Everything else is looked at whole: a person who has to decide sees all that is wrong at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.approvals.approval import Approval
from app.domain.approvals.certificate import CERTIFICATE_TAG, Certificate
from app.domain.approvals.known import Known, Newer, Presented
from app.domain.approvals.ladder import LONGEST_KEY_LIFE, POLICY_KEY_TAG, PolicyKey
from app.domain.approvals.people import person, same_person
from app.domain.approvals.reasons import Reason, Verdict, verdict_of
from app.domain.approvals.statement import STATEMENT_TAG, Statement
from app.domain.refusal import Refused

MOST_APPROVALS = 4
"""More than these on one event are no approvals: the rest are judged unreadable."""

_TWO = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """One approval and what is wrong with it; its parts are None when nobody vouches for them.

    `proof` names the statement with its signature; `worth` is what counts against the limits, under the
    certificate of the digest `counts_under`; above `second_above` another person has to sign too.
    """

    reasons: tuple[Reason, ...]
    certificate: Certificate | None = None
    statement: Statement | None = None
    proof: str = ""
    worth: int = 0
    counts_under: str = ""
    second_above: int | None = None

    @property
    def verdict(self) -> Verdict:
        """What this approval is by itself."""
        return verdict_of(self.reasons)


@dataclass(frozen=True, slots=True)
class Judgement:
    """All approvals of an event, each by itself, and what they are together."""

    approvals: tuple[Judged, ...]
    reasons: tuple[Reason, ...]

    @property
    def verdict(self) -> Verdict:
        """The gravest of all: one that is forged beside a good one is an alarm all the same."""
        return verdict_of(self.reasons)


def judge(shown: Presented, approvals: Sequence[object], known: Known) -> Judgement:
    """Judges the approvals that stand in an event; where none does, one is missing.

    Whatever stands there is judged, never refused: the event is a fact.
    """
    if not approvals:
        return Judgement((), (Reason.NOT_APPROVED,))
    judged = list[Judged]()
    for number, entry in enumerate(approvals):
        one = Judged((Reason.UNREADABLE,)) if number >= MOST_APPROVALS else _one(shown, entry, known)
        judged.append(_repeated(one, judged))
    reasons = dict.fromkeys(reason for one in judged for reason in one.reasons)
    if _second_missing(judged):
        reasons[Reason.SECOND_PERSON_MISSING] = None
    if _signed_by_others(shown.decider, judged):
        reasons[Reason.OTHER_DECIDER] = None
    reasons |= dict.fromkeys(_doubtful_worth(shown, judged))
    return Judgement(tuple(judged), tuple(reasons))


def _one(shown: Presented, entry: object, known: Known) -> Judged:
    try:
        return _read(shown, Approval.from_json(entry), known)
    except Refused as no:
        return Judged((Reason.TOO_NEW if no.code == "approval.too_new" else Reason.UNREADABLE,))


def _read(shown: Presented, approval: Approval, known: Known) -> Judged:
    if not approval.policy_key.holds(POLICY_KEY_TAG, known.root):
        return Judged((Reason.POLICY_KEY_FORGED,))
    policy_key = PolicyKey.read(approval.policy_key)
    if not approval.certificate.holds(CERTIFICATE_TAG, policy_key.public_key):
        return Judged((Reason.CERTIFICATE_FORGED,))
    certificate = Certificate.read(approval.certificate)
    if not approval.statement.holds(STATEMENT_TAG, certificate.public_key):
        return Judged((Reason.STATEMENT_FORGED,), certificate)
    statement = Statement.read(approval.statement)
    worth = max(statement.value, shown.value or 0)
    case = _Case(shown, approval, known, policy_key, certificate, statement, worth)
    newer = case.newer
    found = dict[Reason, bool]()
    found |= {Reason.CERTIFICATE_LIFE: lives_wrongly(certificate, policy_key)}
    found |= {Reason.STRANGE_PART: approval.strange}
    found |= case.bound() | case.allowed() | case.fresh() | case.in_time() | case.within_limits()
    found |= {Reason.SUPERSEDED_KNOWN: newer is not None and case.takes_more_than(newer.certificate)}
    reasons = tuple(reason for reason, holds in found.items() if holds)
    above = [one.limits.two_person_above for one in (certificate, *([newer.certificate] if newer else ()))]
    under = newer.digest if newer is not None else statement.certificate
    return Judged(reasons, certificate, statement, approval.statement.proof, worth, under, min(above))


def lives_wrongly(certificate: Certificate, policy_key: PolicyKey) -> bool:
    """True when a certificate or its policy key lives longer than it may, or one beyond the other."""
    return (
        certificate.lives_too_long
        or policy_key.not_after - policy_key.not_before > LONGEST_KEY_LIFE
        or certificate.not_before < policy_key.not_before
        or certificate.not_after > policy_key.not_after
    )


def withdrawn(
    used: Certificate, newer: Certificate, said: Statement, worth: int, sites: frozenset[str]
) -> bool:
    """Whether a word takes a right of the certificate it used that a newer one of the approver has not.

    Args:
        used: the certificate of the word.
        newer: the newer one.
        said: what was signed.
        worth: what that counts against the limits, in whole minor units.
        sites: where it was given and is used.
    """
    return (
        said.action in used.actions - newer.actions
        or not sites.isdisjoint(used.sites - newer.sites)
        or newer.limits.currency != used.limits.currency
        or newer.limits.single < min(worth, used.limits.single)
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One approval whose signatures hold, beside the event it stands in."""

    shown: Presented
    approval: Approval
    known: Known
    policy_key: PolicyKey
    certificate: Certificate
    statement: Statement
    worth: int

    def bound(self) -> dict[Reason, bool]:
        """Whether it is about exactly this event."""
        shown, said = self.shown, self.statement
        same_epoch = self.known.same_epoch(said.asked_at, shown.at)
        perhaps = not same_epoch and self.known.perhaps_same_epoch(said.asked_at, shown.at)
        return {
            Reason.OTHER_CERTIFICATE: said.certificate != self.approval.certificate.digest,
            Reason.OTHER_APPROVER: said.approver != self.certificate.approver,
            Reason.OTHER_EVENT: said.event_id != shown.event_id,
            Reason.OTHER_BODY: said.body != shown.body,
            Reason.OTHER_STATION: said.asked_at.station != shown.at.station,
            Reason.OTHER_EPOCH: not (same_epoch or perhaps) or not self._one_epoch(),
            Reason.EPOCH_UNPROVEN: perhaps,
            Reason.UNKNOWN_STATION: said.given_at.station not in self.known.sites,
        }

    def _one_epoch(self) -> bool:
        """Given and asked for at one station, both are of one epoch."""
        said = self.statement
        return said.given_at.station != said.asked_at.station or said.given_at == said.asked_at

    def allowed(self) -> dict[Reason, bool]:
        """Whether the certificate allows it here, to this person."""
        said, certificate = self.statement, self.certificate
        sites = {self.shown.site, self.known.sites.get(said.given_at.station, self.shown.site)}
        return {
            Reason.WRONG_ACTION: said.action != self.shown.action or said.action not in certificate.actions,
            Reason.WRONG_SITE: not sites <= certificate.sites,
            Reason.OWN_WORK: any(
                same_person(certificate.approver, one) for one in (self.shown.operator, *self.shown.workers)
            ),
        }

    def fresh(self) -> dict[Reason, bool]:
        """Whether it is used for the first time, and none before it is missing."""
        said = self.statement
        of = (said.approver, said.given_at.station, said.given_at.epoch)
        used = self.known.counters.get(of, frozenset())
        again, highest = said.counter in used, max(used, default=0)
        # A power cut between a word and its event leaves the note of the word, and no event.
        lost = sum(highest < number < said.counter for number in self.known.lost.get(of, ()))
        return {
            Reason.NONCE_REUSED: said.nonce in self.known.nonces,
            Reason.COUNTER_REUSED: again,
            Reason.COUNTER_GAP: not again and said.counter != highest + lost + 1,
        }

    def in_time(self) -> dict[Reason, bool]:
        """Whether the key was good, by what the station knew and by what proves that it signed before."""
        proof = self.known.proofs.get(self.approval.statement.proof, self.known.arrived)
        certificate, after = self.certificate, self.shown.after
        keys = (certificate.public_key, self.policy_key.public_key)
        revoked = [found for key in keys if (found := self.known.revoked.get(key)) is not None]
        knew = any(one.known_at(self.shown.gen, self.shown.rev_no) for one in revoked)
        late = after is not None and after >= certificate.not_after
        return {
            Reason.REVOKED_KNOWN: knew,
            Reason.REVOKED_UNPROVEN: not knew and any(proof.place > one.place for one in revoked),
            Reason.EXPIRED_KNOWN: late,
            Reason.EXPIRED_UNPROVEN: not late and proof.by >= certificate.not_after,
            Reason.NOT_YET: proof.by < certificate.not_before,
        }

    @property
    def newer(self) -> Newer | None:
        """A newer certificate of the approver, which the station knew when the word was given."""
        return self.known.newer.get(self.approval.statement.proof)

    def takes_more_than(self, newer: Certificate) -> bool:
        """Whether it uses a right that the newer certificate has taken from the approver."""
        given_at = self.known.sites.get(self.statement.given_at.station, self.shown.site)
        sites = frozenset({self.shown.site, given_at})
        return withdrawn(self.certificate, newer, self.statement, self.worth, sites)

    def within_limits(self) -> dict[Reason, bool]:
        """Whether it stays within the certificate's limits, with all statements before it.

        Together they are held against the newest certificate that the station knew: each one that is renewed
        begins to count anew, and the older ones, which live on, are not counted beside it.
        """
        limits, newer = self.certificate.limits, self.newer
        together = newer.certificate.limits if newer is not None else limits
        spent = self.known.spent.get(newer.digest if newer is not None else self.approval.certificate.digest)
        value, count = (spent.value, spent.count) if spent else (0, 0)
        return {
            Reason.OTHER_CURRENCY: limits.currency != self.statement.currency
            or self.shown.currency not in {None, limits.currency},
            Reason.OVER_SINGLE: self.worth > limits.single,
            Reason.OVER_TOTAL: value + self.worth > together.total,
            Reason.OVER_COUNT: count + 1 > together.count,
        }


def _repeated(one: Judged, before: Sequence[Judged]) -> Judged:
    """The same word twice in one event is one word used twice."""
    said = one.statement
    if said is None:
        return one
    words = [judged.statement for judged in before if judged.statement is not None]
    found = list[Reason]()
    if any(said.nonce == other.nonce for other in words):
        found.append(Reason.NONCE_REUSED)
    of = (said.approver, said.given_at, said.counter)
    if any(of == (other.approver, other.given_at, other.counter) for other in words):
        found.append(Reason.COUNTER_REUSED)
    reasons = tuple(dict.fromkeys((*one.reasons, *found)))
    return replace(one, reasons=reasons)


def _second_missing(judged: Sequence[Judged]) -> bool:
    """Whether two people had to sign and fewer did, each with a key of their own."""
    usable = [one.certificate for one in judged if one.certificate and one.verdict is not Verdict.INVALID]
    asked = any(one.second_above is not None and one.worth > one.second_above for one in judged)
    keys = {certificate.public_key for certificate in usable}
    people = {person(certificate.approver) for certificate in usable}
    return asked and min(len(keys), len(people)) < _TWO


def _signed_by_others(decider: str | None, judged: Sequence[Judged]) -> bool:
    """Whether an override names somebody as the one who decided of whom there is no word."""
    signers = [one.certificate.approver for one in judged if one.statement and one.certificate]
    return decider is not None and bool(signers) and not any(same_person(decider, one) for one in signers)


def _doubtful_worth(shown: Presented, judged: Sequence[Judged]) -> Iterator[Reason]:
    """Why the value that was signed does not tell what is at stake, where anybody signed."""
    values = [one.statement.value for one in judged if one.statement is not None]
    if values and shown.unpriced:
        yield Reason.WORTH_UNKNOWN
    if values and shown.told is not None and max(values) < shown.told:
        yield Reason.UNDERSTATED
