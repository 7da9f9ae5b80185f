"""Approving at a station without the centre: one PIN opens a key for one reviewed list, then it is wiped.

The order is what makes it safe against a kill at any moment. The try is on disk before the PIN is tried; what
came of it is an event; and the numbers of statements are used up, by the event that notes them, before any
statement is handed out. A program that dies between leaves a wrong PIN too many or an approval too few, never
a free guess or a number twice.

Python cannot wipe what the library of the key copied: the seed is overwritten, the key object is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from app.domain.approvals import Approval, Certificate, Place, Statement, body_digest
from app.domain.approvals.badge import badge_digest
from app.domain.approvals.certificate import enrolment_of
from app.domain.approvals.pin import locked, require_good, wait_s
from app.domain.approvals.statement import NONCE_SIZE as STATEMENT_NONCE
from app.domain.approvals.statement import Action
from app.domain.approvals.unlock import Unlock
from app.domain.approvals.wrapping import NONCE_SIZE, SALT_SIZE, Secrets, Stretch, WrappedKey, unwrap, wrap
from app.domain.clock import Clock, Hlc, to_ms
from app.domain.event import Event, EventKind
from app.domain.ids import Ids
from app.domain.refusal import Refused
from app.domain.signing import KEY_SIZE, Ed25519Signer
from app.ledger import approvers
from app.ledger.also import Also, PinAttempt, SpendLimit, TakeNumber
from app.ledger.approvers import Attempts, Certified
from app.ledger.writer import Ledger
from app.station.reviewing import Request, judge_requests

MOST_REQUESTS = 20
OPEN_MS = 30_000


@dataclass(frozen=True, slots=True)
class Approver:
    """Who stands at the station: a code, a PIN, and what the badge holds (16 bytes)."""

    code: str
    pin: str
    badge: bytes


@dataclass(frozen=True, slots=True)
class Means:
    """What a station approves with: what stretches PINs, its pepper, banned PINs, time and randomness."""

    stretch: Stretch
    pepper: bytes
    banned: Collection[str]
    clock: Clock
    ids: Ids


class Approving:
    """Approvers at one station; used by the thread that owns its ledger."""

    def __init__(self, ledger: Ledger, means: Means) -> None:
        self._ledger = ledger
        self._means = means
        # Waiting begins anew with the program, so that a restart or a clock saves nobody any time.
        self._began_ms = means.clock.monotonic_ms()
        self._tried_ms: dict[str, float] = {}

    def enrol(self, who: Approver) -> Mapping[str, object]:
        """Makes a key and seals it here; what the centre is asked with, beside limits and sites.

        Raises:
            Refused: the PIN is not good.
            Unavailable: the key was not kept.
        """
        require_good(who.pin, self._means.banned)
        seed = bytearray(self._means.ids.secret(KEY_SIZE))
        try:
            signer = Ed25519Signer(bytes(seed))
            noise = self._means.ids.secret(SALT_SIZE + NONCE_SIZE)
            of = (who.code, self._ledger.head.station_id)
            sealed = wrap(bytes(seed), of, self._opening(who), self._means.stretch, noise)
            approvers.keep_key(self._ledger, sealed, badge_digest(who.badge))
            proof = enrolment_of(who.code, signer)
        finally:
            _wipe(seed)
        return {"approver": who.code, "public_key": signer.public_key.hex(), "proof": proof.sig.hex()}

    def attempts(self, code: str) -> Attempts:
        """Wrong PINs of an approver, one that was cut short included once it is on record."""
        self._settle(code)
        return approvers.attempts(self._ledger.connection, code)

    def wait_ms(self, code: str) -> int:
        """Milliseconds until the next try is taken."""
        wait = wait_s(approvers.attempts(self._ledger.connection, code).failed) * 1000
        since = self._means.clock.monotonic_ms() - self._tried_ms.get(code, self._began_ms)
        return max(0, int(wait - max(0.0, since)))

    def approve(self, who: Approver, requests: Sequence[Request]) -> tuple[Approval, ...]:
        """One statement for each request of a list that the approver has looked at, in its order.

        Raises:
            Refused: the list is empty or too long, the approver may not approve one of them or is locked, or
                the PIN, the badge or the station is not the right one (`approval.pin`).
            Unavailable: the record cannot be written; nothing was approved.
        """
        if not 0 < len(requests) <= MOST_REQUESTS:
            raise Refused(
                "approval.list",
                f"Read a list of {len(requests)} requests.",
                f"Expected 1 to {MOST_REQUESTS} that were looked at.",
                "Approve them in several lists.",
            )
        held = approvers.certified(self._ledger.connection, who.code)
        judge_requests(self._ledger, who.code, held, requests, self._means.clock.now())
        if held is None:
            raise AssertionError("a request without a certificate was let through")
        with self._opened(who, Certificate.read(held.certificate).public_key) as key:
            return self._sign(who.code, held, requests, key)

    def confirm(self, who: Approver) -> None:
        """That it is this approver, who may decide here; for a list of which nothing is approved.

        Raises:
            Refused: as `approve` says.
            Unavailable: as `approve` says.
        """
        held = approvers.certified(self._ledger.connection, who.code)
        judge_requests(self._ledger, who.code, held, (), self._means.clock.now())
        if held is None:
            raise AssertionError("nobody's certificate was let through")
        with self._opened(who, Certificate.read(held.certificate).public_key):
            self._ledger.save([PinAttempt(who.code, 0, False, self.attempts_kept(who.code).unlocked)])

    def prove(self, who: Approver) -> None:
        """That it is this person: the key that was sealed here with their PIN and badge opens.

        Raises:
            Refused: there is no such key, it is locked, it is too soon, or the PIN is wrong.
            Unavailable: the record cannot be written.
        """
        sealed = approvers.sealed_key(self._ledger.connection, who.code)
        if sealed is None:
            raise _no_key(who.code)
        with self._opened(who, sealed.public_key):
            self._ledger.save([PinAttempt(who.code, 0, False, self.attempts_kept(who.code).unlocked)])

    def unlock_by_centre(self, code: str, token: Mapping[str, object] | None = None) -> bool:
        """Uses the centre's word that an approver may try again; False when there is none that is new.

        Args:
            code: the approver.
            token: what somebody carried here; what the feed told when left out.
        """
        connection, here = self._ledger.connection, self._ledger.head.station_id
        word = (
            approvers.unlock_told(connection, code, here)
            if token is None
            else approvers.unlock_of(connection, token)
        )
        stands = self.attempts(code)
        if word is None or (word.approver, word.station) != (code, here) or word.number <= stands.unlocked:
            return False
        self._note(
            EventKind.APPROVAL_UNLOCKED, code, _unlocked(word), PinAttempt(code, 0, False, word.number)
        )
        return True

    def unlock_by_approver(self, code: str, other: Approver, currency: str) -> None:
        """Another approver lets this one try again; that is approved and judged like anything else.

        Raises:
            Refused: as `approve` says.
        """
        stands = self.attempts(code)
        event = self._event(EventKind.APPROVAL_UNLOCKED, code, {"approver": code, "by": other.code})
        asked = Request(event, Action.UNLOCK, 0, currency, "unlock")
        approval = self.approve(other, [asked])[0]
        event = replace(event, approvals=(approval.to_json(),))
        self._ledger.record(event, [PinAttempt(code, 0, False, stands.unlocked)])

    @contextmanager
    def _opened(self, who: Approver, public_key: bytes) -> Iterator[_Key]:
        """The key of an approver that is certified, for this block only."""
        stands = self.attempts(who.code)
        sealed = approvers.sealed_key(self._ledger.connection, who.code)
        if sealed is None or sealed.public_key != public_key:
            raise _no_key(who.code)
        if locked(stands.failed):
            raise _locked(who.code)
        if (wait := self.wait_ms(who.code)) > 0:
            raise _wait(wait)
        self._ledger.save([PinAttempt(who.code, stands.failed + 1, True, stands.unlocked)])
        seed = unwrap(sealed, self._ledger.head.station_id, self._opening(who), self._means.stretch)
        self._tried_ms[who.code] = self._means.clock.monotonic_ms()
        if seed is None:
            self._settle(who.code, cut_short=False)
            raise _wrong(who.code, stands.failed + 1)
        key = _Key(seed, sealed, self._means.clock)
        try:
            yield key
        finally:
            key.wipe()

    def _sign(
        self, code: str, held: Certified, requests: Sequence[Request], key: _Key
    ) -> tuple[Approval, ...]:
        head, now = self._ledger.head, self._means.clock.now()
        here = Place(head.station_id, head.epoch)
        series = f"approval:{here.epoch}:{code}"
        number = self._ledger.peek_number(series)
        given = list[Approval]()
        also = list[Also]([PinAttempt(code, 0, False, self.attempts_kept(code).unlocked)])
        for request in requests:
            statement = Statement(
                approver=code,
                certificate=held.certificate.digest,
                event_id=request.event.event_id,
                body=body_digest(request.event),
                action=request.action,
                asked_at=request.asked_at or here,
                given_at=here,
                counter=number + len(given),
                nonce=self._means.ids.secret(STATEMENT_NONCE).hex(),
                value=request.value,
                currency=request.currency,
                reason=request.reason,
                hlc=str(Hlc(to_ms(now), 0)),
            )
            also += [TakeNumber(series, statement.counter), SpendLimit(statement.certificate, request.value)]
            given.append(Approval(held.policy_key, held.certificate, statement.signed(key.signer())))
        self._note(EventKind.APPROVAL_GIVEN, code, _given(code, given), *also)
        return tuple(given)

    def attempts_kept(self, code: str) -> Attempts:
        """How the tries stand on disk, one that is under way included."""
        return approvers.attempts(self._ledger.connection, code)

    def _settle(self, code: str, *, cut_short: bool = True) -> None:
        """Puts a try that came to nothing on record: a wrong PIN, or a program that ended over it."""
        stands = self.attempts_kept(code)
        if stands.pending:
            kind = EventKind.APPROVAL_LOCKED if locked(stands.failed) else EventKind.APPROVAL_PIN_FAILED
            body = {"approver": code, "failed": stands.failed, "cut_short": cut_short}
            self._note(kind, code, body, PinAttempt(code, stands.failed, False, stands.unlocked))

    def _note(self, kind: EventKind, code: str, body: Mapping[str, object], *also: Also) -> None:
        self._ledger.record(self._event(kind, code, body), also)

    def _event(self, kind: EventKind, code: str, body: Mapping[str, object]) -> Event:
        return Event(
            event_id=self._means.ids.event_id(to_ms(self._means.clock.now())),
            kind=kind,
            subject=(f"approver:{code}",),
            operator=code,
            session="approving",
            body=body,
        )

    def _opening(self, who: Approver) -> tuple[str, Secrets]:
        return who.pin, Secrets(who.badge, self._means.pepper)


class _Key:
    """A key in memory, for half a minute at most."""

    def __init__(self, seed: bytearray, sealed: WrappedKey, clock: Clock) -> None:
        self._seed = seed
        self._signer: Ed25519Signer | None = Ed25519Signer(bytes(seed))
        self._clock = clock
        self._until_ms = clock.monotonic_ms() + OPEN_MS
        self.public_key = sealed.public_key

    def signer(self) -> Ed25519Signer:
        """The key, while it is open."""
        if self._clock.monotonic_ms() >= self._until_ms:
            self.wipe()
        if self._signer is None:
            raise Refused(
                "approval.closed",
                "The key was open for half a minute.",
                "Expected all of the list to be signed by then.",
                "Enter the PIN again; nothing was approved.",
            )
        return self._signer

    def wipe(self) -> None:
        """Overwrites the seed and lets the key go."""
        _wipe(self._seed)
        self._signer = None


def _wipe(seed: bytearray) -> None:
    seed[:] = bytes(len(seed))


def _given(code: str, given: Sequence[Approval]) -> dict[str, object]:
    said = [(Statement.read(approval.statement), approval.statement.proof) for approval in given]
    return {
        "approver": code,
        "statements": [
            {
                "event_id": statement.event_id,
                "counter": statement.counter,
                "action": statement.action,
                "value_minor": statement.value,
                "currency": statement.currency,
                "proof": proof,
            }
            for statement, proof in said
        ],
    }


def _unlocked(word: Unlock) -> dict[str, object]:
    return {"approver": word.approver, "by": "centre", "number": word.number}


def _no_key(code: str) -> Refused:
    return Refused(
        "approval.no_key",
        f"Approver {code} has no key at this station that the centre certified.",
        "Expected one that was made here with badge and PIN, and enrolled.",
        "Enrol here, or approve at the station where the key is.",
    )


def _locked(code: str) -> Refused:
    return Refused(
        "approval.locked",
        f"Approver {code} is locked at this station.",
        "Expected fewer wrong PINs in a row.",
        "Ask the centre, or another approver, to unlock.",
    )


def _wait(wait_ms: int) -> Refused:
    return Refused(
        "approval.wait",
        "Read a PIN too soon after a wrong one.",
        f"Expected the next try in {-(-wait_ms // 1000)} s.",
        "Wait; the time grows with each wrong one.",
    )


def _wrong(code: str, failed: int) -> Refused:
    return Refused(
        "approval.pin",
        f"The key of {code} did not open: wrong one number {failed}.",
        "Expected the right PIN and badge, at the station where the key was made.",
        "Try again after the wait; at the eighth the approver is locked."
        if not locked(failed)
        else "The approver is locked: ask the centre or another approver.",
    )
