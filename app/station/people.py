"""Who may sign in at this station: kept here, so that it works without the centre.

A person with a PIN has a key sealed here with PIN, badge and pepper, as an approver's is: whether it opens is
whether the PIN is right, and its tries are counted with theirs. One without a PIN is known by the badge
alone, which says who works and proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from app.domain.clock import from_text
from app.ledger import approvers
from app.ledger.also import SetValue
from app.ledger.writer import Ledger

ROLES = ("inspector", "receiver", "supervisor")
REMEMBERED = timedelta(days=30)
_PEOPLE = "station.people"


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who may sign in; `badge` is its digest, empty where the key says whose it is.

    `seen` is when they were made known here or signed in last (RFC 3339).
    """

    code: str
    name: str
    role: str
    badge: str
    pin: bool
    seen: str

    def remembered(self, now: datetime) -> bool:
        """False for somebody who was not here for so long that it has to be looked at again."""
        return now - from_text(self.seen) <= REMEMBERED


def people(ledger: Ledger) -> tuple[Known, ...]:
    """Everybody, by code."""
    kept = ledger.value(_PEOPLE)
    return tuple(Known(**entry) for entry in json.loads(kept)) if kept else ()


def with_badge(ledger: Ledger, badge: str) -> Known | None:
    """Whose badge that digest is of."""
    found = people(ledger)
    own = next((known for known in found if known.badge == badge), None)
    holder = approvers.holder_of(ledger, badge)
    return own or next((known for known in found if known.pin and known.code == holder), None)


def keeping(among: Iterable[Known], known: Known) -> SetValue:
    """What keeps somebody, new or changed, among the others; written with whatever happened."""
    others = [other for other in among if other.code != known.code]
    every = sorted((*others, known), key=lambda entry: entry.code)
    return SetValue(_PEOPLE, json.dumps([asdict(entry) for entry in every]))
