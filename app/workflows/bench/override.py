"""What a supervisor decides about a unit at the operator's own screen: the shapes, without the steps."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.fields import Fields
from app.workflows.approvals.state import Holder as Holder  # noqa: PLC0414 - callers know it from here
from app.workflows.bench.known_unit import KnownUnit

ACCEPTS = ("misrecorded", "exchanged", "relabelled", "goodwill")
"""Why a serial that was not sold is accepted, in the order of their numbers; worded in the catalogue."""

DECIDES = ("seen", "wanted", "cost", "vendor", "safety")
"""Why a unit goes elsewhere than a rule says, in the same way."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A supervisor's word that a serial stands for one that was sold.

    `event_id` is the event that holds it, `by` who gave it (an id), shown as `by_name`; `reason` is in words.
    `instead_of` is the serial that was sold, `sold` are those that were expected.
    """

    event_id: str
    by: str
    by_name: str
    reason: str
    instead_of: str
    sold: tuple[str, ...]

    def body(self) -> dict[str, object]:
        """What the disposition of such a unit says of it; the serial that came stands beside it."""
        return {
            "accepted": self.event_id,
            "accepted_by": self.by,
            "instead_of": self.instead_of,
            "reason": self.reason,
            "sold": list(self.sold),
        }

    def to_json(self) -> dict[str, object]:
        """For the draft of the job."""
        return self.body() | {"by_name": self.by_name}

    @classmethod
    def from_json(cls, data: object) -> Accepted:
        """Reads what `to_json` wrote."""
        f = Fields(data, "accepted serial")
        return cls(
            f.text("accepted"),
            f.text("accepted_by"),
            f.text("by_name"),
            f.text("reason"),
            f.text("instead_of"),
            f.texts("sold"),
        )


@dataclass(frozen=True, slots=True)
class Override:
    """A supervisor at the screen: whose badge was read, and the id of the reason once it is given.

    `came` is the phase that every way back leads to. `unit` is set where another `disposition` is chosen than
    a rule's; without it another serial is accepted. Neither badge nor PIN is ever here, and nothing of it
    survives the program: the badge is scanned again.
    """

    came: str
    holder: Holder | None = None
    unit: KnownUnit | None = None
    disposition: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        """Who decides, as the screen says it; empty before the badge."""
        return self.holder.name if self.holder else ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """The ids of the reasons that may be given."""
        return ACCEPTS if self.unit is None else DECIDES

    def reason_code(self, why: str) -> str:
        """Under which code the catalogue words a reason."""
        return f"override.{'accept' if self.unit is None else 'decide'}_{why}"
