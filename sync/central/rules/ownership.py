"""Who may write which record: an owner for each kind of record and entity, and who speaks for an owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.refusal import Refused
from sync.central.rules.access import Role

CENTRE = "centre"
SITE = "site:"
EXTERNAL = "external:"
EVERY = "*"
"""The entity that stands for all which have no owner of their own."""

_OF_THE_CENTRE = frozenset({Role.ADMIN, Role.PLANNER})


class RecordKind(StrEnum):
    """The kinds of records that have an owner."""

    ITEM = "item"
    LOCATION = "location"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who writes: the name and the role of a token. The name is the system it speaks for."""

    name: str
    role: Role

    def speaks_for(self, owner: str | None) -> bool:
        """True when this word is the owner's.

        Where nobody was named (None) the records are the centre's, and whoever may call writes for it, as a
        shop's loader does. Once `centre` was named, only its planners and admins speak for it.
        """
        if owner is None:
            return True
        if owner == CENTRE:
            return self.role in _OF_THE_CENTRE
        if owner.startswith(EXTERNAL):
            return self.name == owner.removeprefix(EXTERNAL)
        return self.name == owner


def read_owner(text: str) -> str:
    """An owner of records; refused when it is none of the three kinds."""
    known = text == CENTRE or any(
        text.startswith(prefix) and text.removeprefix(prefix).strip() for prefix in (SITE, EXTERNAL)
    )
    if not known:
        raise Refused(
            "record_owner.unknown",
            f"Read the owner {text[:80]!r}.",
            "Expected centre, site:CODE or external:NAME.",
            "Use one of these.",
        )
    return text


def owner_of(owners: Mapping[str, str], entity: str) -> str | None:
    """The owner of an entity's records of one kind; None while nobody was named."""
    return owners.get(entity, owners.get(EVERY))


def entity_of(document: Mapping[str, object]) -> str:
    """The entity a record belongs to, as its document says."""
    found = document.get("entity")
    return found if isinstance(found, str) and found else EVERY
