"""A difference between something that is kept beside the rows and the rows, and what may not be touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.domain.laws import Violation
from sync.central.store.act import Act


@dataclass(frozen=True, slots=True)
class Correction:
    """One cache that is not what the rows say.

    `cache` names what is kept (balances, worth, books, reserved, ...), `subject` what it is about;
    `change` writes what the rows say. `answers` are law and subject of the findings of the audit that go with
    it; `sellable` names owner and item when stock that can be promised changes by it.
    """

    cache: str
    subject: str
    stored: str
    rows_say: str
    change: Callable[[Act], object] = field(repr=False, compare=False)
    answers: tuple[tuple[str, str], ...] = ()
    sellable: tuple[str, str] | None = None

    def to_json(self) -> dict[str, object]:
        """As it is printed and put on the record."""
        return {
            "cache": self.cache,
            "subject": self.subject,
            "stored": self.stored,
            "rows_say": self.rows_say,
        }


@dataclass(frozen=True, slots=True)
class Left:
    """A finding that repair may not touch, and what a person does about it."""

    violation: Violation
    do: str

    def to_json(self) -> dict[str, object]:
        """As it is printed."""
        found = self.violation
        return {
            "law": found.law,
            "subject": found.subject,
            "found": found.found,
            "expected": found.expected,
            "do": self.do,
        }


_FACT = (
    "Signed facts are never rewritten, and balances that follow from these were left as they are: compare "
    "with that station's own ledger, and restore the last back-up if somebody changed rows of this database."
)
_CLAIM = "Release, cancel or capture anew what the order claims; its lines and claims contradict each other."
_CASE = "Read what the finding says, look at the goods, and record what is found."
_COPY = "Send the record again, so that the centre writes it and its copies anew."
_RETURN = "Compare the RMA with its timeline; restore the last back-up if somebody changed rows of it."
_TRADE = "Compare the document with its events and papers, count what it is about, and close or cancel it."

_BOOKS = (
    "Journal entries are never rewritten: compare the item's entries with its moves, and restore the last "
    "back-up if somebody changed rows of them."
)

_DO = {
    "account": "Accounts are never rewritten, and no balance was: restore the last back-up.",
    "chain": _FACT,
    "facts": _FACT,
    "event": _FACT,
    "receipts": _FACT,
    "renewal": _FACT,
    "balances": "It follows from facts that cannot be proven; repair again once these are restored.",
    "conservation": "It follows from facts that cannot be proven; repair again once these are restored.",
    "reserved": _CLAIM,
    "claim": _CLAIM,
    "promised once": _CLAIM,
    "order line": _CLAIM,
    "order": _CLAIM,
    "shipped": "Shipments and moves tell different stories: compare the order's timeline with its papers.",
    "sold": "Compare the serial's timeline with the order; restore the last back-up if a row was lost.",
    "return": _RETURN,
    "write-off": "Compare the write-off with its event; restore the last back-up if somebody changed it.",
    "supply": _TRADE,
    "lane": _TRADE,
    "transfer": _TRADE,
    "parcel": _TRADE,
    "consignment": _TRADE,
    "counts": "Compare the count with what was booked by it, and have the bin counted again.",
    "photo": "Compare the photos that the event names with their station's folder.",
    "work": "Compare the work order with the unit's timeline, and undo, give up or open the work anew.",
    "replacement": "Compare the replacement with its return and its order; charge, waive or cancel it.",
    "approval": "Compare the approval with its event and the approver's day; restore the last back-up if "
    "somebody changed rows of it.",
    "answered": _CASE,
    "case": "Compare the exception with the events that resolved it; restore the last back-up if somebody "
    "changed rows of it.",
    "negative stock": _CASE,
    "one place": _CASE,
    "books": _BOOKS,
    "refund": "Compare the refunds of the order's return with its entries; reverse or credit what is wrong.",
    "item": _COPY,
    "location": _COPY,
    "policy": _COPY,
    "erasure": "Look who took the words away, or brought them back: erase the event by its id, so that it is "
    "on record, or restore the last back-up if somebody changed rows of it.",
    "trail": "A signed checkpoint says otherwise and is never rewritten: restore the last back-up if "
    "somebody changed rows of the feed or of receipts.",
    "feed": "Send the record again; stations whose mirror differs take a new snapshot.",
}


def left(violation: Violation) -> Left:
    """A finding with what to do about it."""
    return Left(violation, _DO.get(violation.law, "Tell whoever runs the centre."))
