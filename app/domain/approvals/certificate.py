"""The capability certificate: who may approve what, where, up to how much, for at most fourteen days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import canonical
from app.domain.approvals.signed import VERSION, Signed, code, hexadecimal, opened, sign
from app.domain.clock import from_text, to_text
from app.domain.fields import Fields
from app.domain.refusal import Refused
from app.domain.signing import KEY_SIZE, Signer

CERTIFICATE_TAG = b"backhaul/approval/certificate/v1\n"
ENROLMENT_TAG = b"backhaul/approval/enrolment/v1\n"
LONGEST_LIFE = timedelta(days=14)
_WHERE = "approver's certificate"
_MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """What one certificate is good for, in whole minor units of `currency`.

    `single` is the most one statement may be worth, `total` and `count` all statements under this
    certificate together; above `two_person_above` another approver has to sign too.
    """

    currency: str
    single: int
    total: int
    count: int
    two_person_above: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an approver is allowed; `rev_no` is the newest revocation when it was issued."""

    approver: str
    public_key: bytes
    actions: frozenset[str]
    sites: frozenset[str]
    limits: Limits
    not_before: datetime
    not_after: datetime
    policy_ver: str
    rev_no: int

    @property
    def lives_too_long(self) -> bool:
        """True when its life is none, or longer than any certificate's."""
        return not timedelta(0) < self.not_after - self.not_before <= LONGEST_LIFE

    def signed(self, policy_key: Signer) -> Signed:
        """The certificate, by the policy key.

        Raises:
            Refused: it would live longer than `LONGEST_LIFE`, or not at all.
        """
        if self.lives_too_long:
            raise Refused(
                "approval.life",
                f"Read a certificate from {to_text(self.not_before)} until {to_text(self.not_after)}.",
                f"Expected a life of at most {LONGEST_LIFE.days} days.",
                "Issue it for a shorter time; it is renewed with each sync.",
            )
        return sign(
            {
                "approver": self.approver,
                "public_key": self.public_key.hex(),
                "actions": sorted(self.actions),
                "sites": sorted(self.sites),
                "currency": self.limits.currency,
                "single_minor": self.limits.single,
                "total_minor": self.limits.total,
                "count": self.limits.count,
                "two_person_above_minor": self.limits.two_person_above,
                "not_before": to_text(self.not_before),
                "not_after": to_text(self.not_after),
                "policy_ver": self.policy_ver,
                "rev_no": self.rev_no,
            },
            CERTIFICATE_TAG,
            policy_key,
        )

    @classmethod
    def read(cls, signed: Signed) -> Certificate:
        """What a certificate says; whether a policy key said so is for the caller to ask.

        Raises:
            Refused: a field is missing or of another type.
        """
        f = opened(signed, _WHERE)
        return cls(
            code(f, "approver"),
            hexadecimal(f, "public_key", KEY_SIZE),
            _names(f, "actions"),
            _names(f, "sites"),
            Limits(
                code(f, "currency", 3),
                f.whole("single_minor"),
                f.whole("total_minor"),
                f.whole("count"),
                f.whole("two_person_above_minor"),
            ),
            from_text(f.text("not_before")),
            from_text(f.text("not_after")),
            code(f, "policy_ver"),
            f.whole("rev_no"),
        )


def _names(f: Fields, name: str) -> frozenset[str]:
    found = f.texts(name)
    if not 0 < len(found) <= _MOST_NAMES or not all(found):
        raise f.wrong(name, f"one to {_MOST_NAMES} names")
    return frozenset(found)


def enrolment_of(approver: str, signer: Signer) -> Signed:
    """An approver's proof of having the key under which it will be known."""
    return sign({"approver": approver, "public_key": signer.public_key.hex()}, ENROLMENT_TAG, signer)


def enrols(approver: str, public_key: bytes, sig: bytes) -> bool:
    """True when the holder of the key asked to be enrolled under this name."""
    said = {"v": VERSION, "approver": approver, "public_key": public_key.hex()}
    return Signed(canonical.encode(said), sig).holds(ENROLMENT_TAG, public_key)
