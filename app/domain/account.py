"""What a balance is counted by: one owner's units of one item in one place and one state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.fields import Fields
from app.domain.place import is_virtual
from app.domain.refusal import Refused


class Status(StrEnum):
    """Stock status: exactly one at a time for every unit inside the four walls."""

    SELLABLE = "sellable"
    RETURN_PENDING = "return_pending"
    QUARANTINED = "quarantined"
    DAMAGED = "damaged"
    REFURBISH = "refurbish"
    IN_TRANSIT = "in_transit"
    DISPOSED = "disposed"


@dataclass(frozen=True, slots=True)
class Account:
    """Where units are and what they are.

    `status` is None exactly at virtual ends outside the building (supplier, customer, adjustments); stock
    that left for good (scrap, liquidation, donation, recycling, vendor return) is `disposed`. `label` is the
    unit label of a returned untracked unit, kept until the unit is merged into an identical account.
    """

    owner: str
    item: str
    location: str
    status: Status | None = None
    reason: str | None = None
    lot: str | None = None
    serial: str | None = None
    label: str | None = None
    grade: str | None = None

    def __post_init__(self) -> None:
        """Refuses a real place without a status, a reason where none belongs, and empty parts."""
        virtual = is_virtual(self.location)
        if virtual and self.status not in {None, Status.DISPOSED, Status.IN_TRANSIT}:
            raise self._refusal(
                "account.status_outside",
                f"{self.status} stock at {self.location}",
                "disposed, in_transit or no status outside the building",
            )
        if not virtual and self.status is None:
            raise self._refusal("account.no_status", f"stock at {self.location} without a status", "a status")
        if self.status is Status.QUARANTINED and not self.reason:
            raise self._refusal("account.no_reason", "quarantined stock without a reason", "a reason")
        if self.reason and self.status is not Status.QUARANTINED:
            raise self._refusal(
                "account.reason_outside", f"the reason {self.reason!r}", "a reason at quarantined stock only"
            )
        # An empty part and none have one key; two accounts must never share it.
        texts = (
            self.owner,
            self.item,
            self.location,
            self.reason,
            self.lot,
            self.serial,
            self.label,
            self.grade,
        )
        if "" in texts:
            raise self._refusal("account.empty_part", "an empty part", "a text, or none")

    def _refusal(self, code: str, read: str, expected: str) -> Refused:
        return Refused(
            code, f"Account of {self.item}: read {read}.", f"Expected {expected}.", "Correct the account."
        )

    @property
    def key(self) -> tuple[str, str, str, str, str, str, str, str, str]:
        """All nine parts as texts, empty for none: the unique key of the account."""
        return (
            self.owner,
            self.item,
            self.location,
            self.status or "",
            self.reason or "",
            self.lot or "",
            self.serial or "",
            self.label or "",
            self.grade or "",
        )

    def to_json(self) -> dict[str, str]:
        """Named parts, those that are none left out."""
        return {name: value for name, value in zip(KEY_PARTS, self.key, strict=True) if value}

    @classmethod
    def from_json(cls, data: object) -> Account:
        """Reads what `to_json` wrote."""
        f = Fields(data, "account")
        status = f.maybe_text("status")
        return cls(
            owner=f.text("owner"),
            item=f.text("item"),
            location=f.text("location"),
            status=read_status(status) if status else None,
            reason=f.maybe_text("reason"),
            lot=f.maybe_text("lot"),
            serial=f.maybe_text("serial"),
            label=f.maybe_text("label"),
            grade=f.maybe_text("grade"),
        )

    @classmethod
    def from_key(cls, parts: Mapping[str, str]) -> Account:
        """Rebuilds an account from its named key parts as a table stores them (empty for none)."""
        return cls.from_json({name: parts[name] for name in KEY_PARTS if parts[name]})


KEY_PARTS = ("owner", "item", "location", "status", "reason", "lot", "serial", "label", "grade")


def read_status(text: str) -> Status:
    """The status a text names, refused with the list of statuses when it names none."""
    try:
        return Status(text)
    except ValueError:
        raise Refused(
            "status.unknown",
            f"Read the status {text!r}.",
            f"Known: {', '.join(Status)}.",
            "Use one of these.",
        ) from None
