"""A unit that was graded at this station before: what is recorded of it, and every grade with its grader."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from app.domain.account import Account
from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.policy import Outcome


@dataclass(frozen=True, slots=True)
class GivenGrade:
    """One grade of a unit: who gave it, when in words, and why it was given anew (empty for the first)."""

    grade: str
    by: str
    when: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What put a unit where it is: by which rule, under which policy, and whose work that was (an id)."""

    disposition: str = ""
    rule: str = ""
    policy_ver: str = ""
    by: str = ""

    @classmethod
    def from_json(cls, data: object) -> Decided:
        """Reads what is known of it; a draft of another version says less, or more that nobody here reads."""
        f = Fields(data, "decision about a known unit")
        return cls(*(f.text_or(name, "") for name in ("disposition", "rule", "policy_ver", "by")))


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """Units of one label: `account` is where they are now, `event_id` what brought them there.

    `grades` are all that were given, the first one first. `blind` and `wrong_item` say how it came in: no
    grade changes why such a unit waits. `parts` are the names of a kit's parts, `decided` is how it came
    there.
    """

    event_id: str
    label: str
    item: Item
    qty: int
    account: Account
    rma: str | None
    blind: bool
    wrong_item: bool
    grades: tuple[GivenGrade, ...]
    parts: tuple[str, ...] = ()
    decided: Decided = Decided()

    def stands_as(self, seen: KnownUnit) -> bool:
        """Whether nothing happened to it since it was seen so; its item's record may be another by now."""
        return (self.event_id, self.account, self.qty) == (seen.event_id, seen.account, seen.qty)

    def moved(self, outcome: Outcome, label: str, grade: str | None) -> Account:
        """Where the units go by a decision, under a label of its own."""
        return replace(
            self.account,
            location=outcome.place,
            status=outcome.status,
            reason=outcome.reason,
            label=label,
            grade=grade,
        )

    def subjects(self, label: str, serial: str | None) -> tuple[str, ...]:
        """What an event that moves them under another label is about."""
        return (
            *((f"rma:{self.rma}",) if self.rma else ()),
            f"label:{label}",
            f"label:{self.label}",
            f"sku:{self.account.item}",
            f"event:{self.event_id}",
            *((f"serial:{serial}",) if serial else ()),
        )

    def to_json(self) -> dict[str, object]:
        """For the draft of the job."""
        return {
            "event_id": self.event_id,
            "label": self.label,
            "item": self.item.to_json(),
            "qty": self.qty,
            "account": self.account.to_json(),
            "rma": self.rma,
            "blind": self.blind,
            "wrong_item": self.wrong_item,
            "parts": list(self.parts),
            "decided": asdict(self.decided),
            "grades": [{"grade": g.grade, "by": g.by, "when": g.when, "why": g.why} for g in self.grades],
        }

    @classmethod
    def from_json(cls, data: object) -> KnownUnit:
        """Reads what `to_json` wrote."""
        f = Fields(data, "known unit")
        return cls(
            f.text("event_id"),
            f.text("label"),
            Item.from_json(f.inner("item").raw()),
            f.whole("qty", least=1),
            Account.from_json(f.inner("account").raw()),
            f.maybe_text("rma"),
            f.flag("blind", default=False),
            f.flag("wrong_item", default=False),
            tuple(
                GivenGrade(g.text_or("grade", ""), g.text("by"), g.text("when"), g.text_or("why", ""))
                for g in f.objects("grades")
            ),
            f.texts("parts"),
            Decided.from_json(f.raw().get("decided") or {}),
        )


@dataclass(frozen=True, slots=True)
class Again:
    """A unit in the hand for another grade; `reason` is the policy's id of why, empty until it is given."""

    unit: KnownUnit
    reason: str = ""
