"""The centre's word that an approver whose PIN was tried too often may try again at one station."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.approvals.ladder import POLICY_KEY_TAG, PolicyKey
from app.domain.approvals.signed import Signed, code, opened, sign
from app.domain.signing import Signer

UNLOCK_TAG = b"backhaul/approval/unlock/v1\n"
_WHERE = "unlocking"


@dataclass(frozen=True, slots=True)
class Unlock:
    """Unlocks one approver at one station once: a number that was used there before unlocks nothing."""

    approver: str
    station: str
    number: int

    def signed(self, policy_key: Signer) -> Signed:
        """The word of the centre."""
        document = {"approver": self.approver, "station": self.station, "number": self.number}
        return sign(document, UNLOCK_TAG, policy_key)

    @classmethod
    def read(cls, signed: Signed) -> Unlock:
        """What it says; whether the centre said so is for the caller to ask.

        Raises:
            Refused: a field is missing or of another type.
        """
        f = opened(signed, _WHERE)
        return cls(code(f, "approver"), code(f, "station"), f.whole("number", least=1))


def vouched(signed: Signed, tag: bytes, grant: Signed, root: bytes) -> bool:
    """True when a policy key that the root vouches for signed it for this purpose.

    Raises:
        Refused: the grant is the root's and cannot be read.
    """
    return grant.holds(POLICY_KEY_TAG, root) and signed.holds(tag, PolicyKey.read(grant).public_key)
