"""The numbered list of keys that may approve no more, signed by the policy key and never shortened."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.approvals.signed import Signed, code, hexadecimal, opened, sign
from app.domain.fields import Fields
from app.domain.signing import KEY_SIZE, Signer

REVOCATION_TAG = b"backhaul/approval/revocations/v1\n"
_WHERE = "revocation list"
_LONGEST_REASON = 500
# A list has to fit into one signed document; its maker drops what is older.
MOST_ENTRIES = 150


@dataclass(frozen=True, slots=True)
class Revocation:
    """One key that may approve no more; its number is its place in the list, from 1."""

    approver: str
    public_key: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class RevocationList:
    """Every revoked key in the order of revoking; `dropped` older ones no certificate lives for any more."""

    entries: tuple[Revocation, ...] = ()
    dropped: int = 0

    @property
    def number(self) -> int:
        """The number of its newest entry; 0 for none."""
        return self.dropped + len(self.entries)

    def number_of(self, public_key: bytes) -> int | None:
        """Under which number a key was revoked, None when it was not."""
        for number, entry in enumerate(self.entries, self.dropped + 1):
            if entry.public_key == public_key:
                return number
        return None

    def follows(self, older: RevocationList) -> bool:
        """True when it ends every key that the older one ended, and perhaps more.

        Their order may differ: a centre that was put back from a backup may have revoked others before it
        heard again of those that it had forgotten.
        """
        if self.number < older.number or self.dropped < older.dropped:
            return False
        kept = {entry.public_key for entry in older.entries[self.dropped - older.dropped :]}
        return kept <= {entry.public_key for entry in self.entries}

    def signed(self, policy_key: Signer) -> Signed:
        """The list, by the policy key."""
        entries = [
            {"approver": e.approver, "public_key": e.public_key.hex(), "reason": e.reason}
            for e in self.entries
        ]
        document = {"number": self.number, "dropped": self.dropped, "entries": entries}
        return sign(document, REVOCATION_TAG, policy_key)

    @classmethod
    def read(cls, signed: Signed) -> RevocationList:
        """What a list says; whether a policy key said so is for the caller to ask.

        Raises:
            Refused: a field is missing or of another type, or the number is not that of its last entry.
        """
        f = opened(signed, _WHERE)
        found = cls(tuple(_entry(entry) for entry in f.objects("entries")), f.whole_or("dropped", 0))
        if f.whole("number") != found.number:
            raise f.wrong("number", f"the number of its last entry, {found.number}")
        return found


def _entry(f: Fields) -> Revocation:
    return Revocation(
        code(f, "approver"), hexadecimal(f, "public_key", KEY_SIZE), code(f, "reason", _LONGEST_REASON)
    )
