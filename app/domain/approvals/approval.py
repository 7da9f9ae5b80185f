"""An approval as it stands in an event: the whole ladder from the policy key down to the statement.

It carries everything but the root, so that whoever has the root's public key can check an event alone, with
no server and no other file.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.approvals.signed import Signed
from app.domain.fields import Fields

_WHERE = "approval"
_PARTS = frozenset({"policy_key", "certificate", "statement"})


@dataclass(frozen=True, slots=True)
class Approval:
    """Three signed documents; `strange` when something that nobody signed stands beside them."""

    policy_key: Signed
    certificate: Signed
    statement: Signed
    strange: bool = False

    def to_json(self) -> dict[str, object]:
        """The approval as it stands in an envelope."""
        return {
            "policy_key": self.policy_key.to_json(),
            "certificate": self.certificate.to_json(),
            "statement": self.statement.to_json(),
        }

    @classmethod
    def from_json(cls, data: object) -> Approval:
        """Reads what `to_json` wrote; nothing is checked yet.

        Raises:
            Refused: a part is missing or of another type.
        """
        f = Fields(data, _WHERE)
        parts = [
            Signed.from_json(f.inner(name).raw(), f"{_WHERE}, {name}")
            for name in ("policy_key", "certificate", "statement")
        ]
        strange = not _PARTS.issuperset(f.names()) or any(part.strange for part in parts)
        return cls(parts[0], parts[1], parts[2], strange)
