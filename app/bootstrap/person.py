"""Who works here, without their name in any signed fact: an opaque id, kept with the name at the station."""

from __future__ import annotations

import re

from app.domain.clock import Clock, to_ms
from app.domain.ids import Ids
from app.domain.refusal import Refused
from app.ledger.also import SetValue
from app.ledger.writer import Ledger
from app.station.setup import Person

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ID_SIZE = 6
_LONGEST_NAME = 80


def checked(name: str, person_id: str | None) -> str:
    """The name as it is shown, without spaces around it.

    Raises:
        Refused: a name or an id that names nobody.
    """
    shown = " ".join(name.split())
    if not 1 <= len(shown) <= _LONGEST_NAME:
        raise Refused(
            "person.name",
            f"Read the name {name[:_LONGEST_NAME]!r}.",
            f"Expected 1 to {_LONGEST_NAME} signs.",
            "Say who works here with --person.",
        )
    if person_id is not None and not _ID.fullmatch(person_id):
        raise Refused(
            "person.id",
            f"Read the person's id {person_id[:64]!r}.",
            "Expected 1 to 64 letters, digits, dots or dashes.",
            "Correct --person-id, or leave it out.",
        )
    return shown


def signed_in(
    ledger: Ledger, name: str, role: str, person_id: str | None, *, clock: Clock, ids: Ids
) -> Person:
    """A person whose session begins now. Without an id the one this station gave to the name is taken.

    Raises:
        Unavailable: a new id could not be kept.
    """
    return Person(person_id or _id_of(ledger, name, ids), name, role, ids.event_id(to_ms(clock.now())))


def _id_of(ledger: Ledger, name: str, ids: Ids) -> str:
    value = f"person.{name.casefold()}"
    known = ledger.value(value)
    if known is not None:
        return known
    # Drawn, not computed: a hash of a name can be tried out, and facts are signed for good.
    fresh = f"p-{ids.secret(_ID_SIZE).hex()}"
    ledger.save([SetValue(value, fresh)])
    return fresh
