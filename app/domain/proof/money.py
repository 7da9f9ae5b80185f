"""The journal of an export: balanced, of posted events, of as many units as the signed moves leave inside.

Amounts of money are held against each other alone: what a unit is worth nobody signs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.domain.account import Account
from app.domain.approvals import Verdict
from app.domain.fields import Fields
from app.domain.place import TRANSIT_PREFIX
from app.domain.proof.shape import JOURNAL, TOTALS, Finding

INVENTORY = "Assets:Inventory"
_APPROVED, _UNAPPROVED = "Expenses:WriteOff", "Expenses:UnapprovedLoss"
_OUTSIDE = "@"


@dataclass(slots=True)
class Entries:
    """The journal, entry by entry, summed into `totals`; `verdicts` names what was judged, by event."""

    posted: Mapping[str, bytes]
    verdicts: Mapping[str, str]
    totals: defaultdict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    count: int = 0
    _units: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def take(self, number: int, row: Fields) -> Iterator[Finding]:
        """The next entry."""
        self.count += 1
        owner, currency, event_id = row.text("owner"), row.text("currency"), row.text("event_id")
        lines = [(line.text("book"), whole(line, "minor"), line) for line in row.objects("lines")]
        if sum(minor for _, minor, _ in lines):
            yield Finding(JOURNAL, f"line {number}", "debits are not credits")
        if event_id not in self.posted:
            yield Finding(JOURNAL, f"line {number}", f"event {event_id} was not posted")
        verdict = self.verdicts.get(event_id)
        wrong = _APPROVED if verdict != Verdict.VALID else _UNAPPROVED
        if verdict is not None and any(book == wrong for book, _, _ in lines):
            yield Finding(JOURNAL, f"line {number}", f"{wrong}, the event's verdict is {verdict}")
        for book, minor, line in lines:
            self.totals[owner, currency, book] += minor
            if book == INVENTORY:
                self._units[owner, line.text("sku")] += whole(line, "qty")

    def ends(self, balances: Mapping[Account, int]) -> Iterator[Finding]:
        """What only the end shows: units inside that the journal does not have, or has and are not there."""
        for account, qty in balances.items():
            if not account.location.startswith(_OUTSIDE) or account.location.startswith(TRANSIT_PREFIX):
                self._units[account.owner, account.item] -= qty
        for (owner, sku), over in sorted(self._units.items()):
            if over:
                yield Finding(
                    JOURNAL, f"{sku} of {owner}", f"{over:+d} units in {INVENTORY} beside the signed moves"
                )

    def told(self, number: int, row: Fields) -> Iterator[Finding]:
        """The next row of the totals, against the journal's own."""
        key = row.text("owner"), row.text("currency"), row.text("book")
        told, summed = whole(row, "minor"), self.totals.pop(key, 0)
        if told != summed:
            about = f"line {number}, {key[0]}, {key[2]}"
            yield Finding(TOTALS, about, f"{told} {key[1]} is told, {summed} by the journal")

    def untold(self) -> Iterator[Finding]:
        """Totals by the journal that no row told."""
        for (owner, currency, book), minor in sorted(self.totals.items()):
            if minor:
                yield Finding(TOTALS, f"{owner}, {book}", f"{minor} {currency} by the journal is not told")


def whole(f: Fields, name: str) -> int:
    """A whole number of either sign.

    Raises:
        Refused: it is none.
    """
    value = f.raw().get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise f.wrong(name, "a whole number")
    return value
