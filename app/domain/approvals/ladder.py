"""The key ladder: the root vouches for the policy key of a year, and that key for certificates.

The root is needed once a year and otherwise kept away from every computer; whoever holds it decides who may
say who may approve. Its public key is pinned: nothing that an event brings along can replace it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.approvals.signed import Signed, hexadecimal, opened, sign
from app.domain.clock import from_text, to_text
from app.domain.refusal import Refused
from app.domain.signing import KEY_SIZE, Signer

POLICY_KEY_TAG = b"backhaul/approval/policy-key/v1\n"
LONGEST_KEY_LIFE = timedelta(days=400)
_WHERE = "policy key"


@dataclass(frozen=True, slots=True)
class PolicyKey:
    """The key that signs certificates and revocations from `not_before` until `not_after`.

    `number` grows with each key of a root, from 1.
    """

    number: int
    public_key: bytes
    not_before: datetime
    not_after: datetime

    def signed(self, root: Signer) -> Signed:
        """The grant of this key, by the root.

        Raises:
            Refused: it would live longer than a year and some weeks, or not at all.
        """
        if not timedelta(0) < self.not_after - self.not_before <= LONGEST_KEY_LIFE:
            raise _life(self.not_before, self.not_after)
        return sign(
            {
                "number": self.number,
                "public_key": self.public_key.hex(),
                "not_before": to_text(self.not_before),
                "not_after": to_text(self.not_after),
            },
            POLICY_KEY_TAG,
            root,
        )

    @classmethod
    def read(cls, signed: Signed) -> PolicyKey:
        """What a grant says; whether the root said so is for the caller to ask.

        Raises:
            Refused: a field is missing or of another type.
        """
        f = opened(signed, _WHERE)
        return cls(
            f.whole("number", least=1),
            hexadecimal(f, "public_key", KEY_SIZE),
            from_text(f.text("not_before")),
            from_text(f.text("not_after")),
        )


def _life(start: datetime, end: datetime) -> Refused:
    return Refused(
        "approval.key_life",
        f"Read a policy key from {to_text(start)} until {to_text(end)}.",
        f"Expected a life of at most {LONGEST_KEY_LIFE.days} days.",
        "Make a new policy key each year.",
    )
