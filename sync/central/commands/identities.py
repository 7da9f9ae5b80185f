"""What records are called in other systems: one identity there names one record here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, select

from app.domain.attributes import Pairs
from app.domain.refusal import Refused
from sync.central.commands.documents import storable
from sync.central.rules.ownership import RecordKind
from sync.central.store.prepared import asking, inserting
from sync.central.store.tables import external_id


class Identities:
    """The identities that are taken, those in the other system that this call names."""

    def __init__(self, conn: Connection, kind: RecordKind, named: Sequence[tuple[str, str]]) -> None:
        asked = list(dict.fromkeys(external for _, external in named))
        rows = _taken.rows(conn, kind=str(kind), named=asked) if asked else ()
        self._kind = kind
        self._taken = {(row.system, row.external): row.key for row in rows}

    def claim(self, key: str, pairs: Pairs) -> None:
        """Takes a record's identities; refused when one is another record's."""
        for system, external in pairs:
            if self._taken.setdefault((system, external), key) != key:
                raise Refused(
                    f"{self._kind}.external_taken",
                    f"{self._kind.capitalize()} {key}: read the identity {system}:{external}.",
                    f"It is {self._taken[system, external]}'s already.",
                    "Find out which of the two is meant there.",
                )


def named_in(documents: Sequence[object]) -> list[tuple[str, str]]:
    """Every (system, identity) that documents name, well formed or not as they are otherwise."""
    found = list[tuple[str, str]]()
    for document in documents:
        named = document.get("external_ids") if isinstance(document, Mapping) else None
        if isinstance(named, Mapping) and storable(named):
            found += [
                (key, text) for key, text in named.items() if isinstance(key, str) and isinstance(text, str)
            ]
    return found


def put_identities(conn: Connection, kind: RecordKind, named: Mapping[str, Pairs]) -> None:
    """Makes these records' identities exactly those given."""
    stale = [row.key for row in _named.rows(conn, kind=str(kind), keys=list(named))]
    if stale:
        conn.execute(_drop, {"kind": str(kind), "keys": stale})
    _add.run(
        conn,
        [
            {"kind": str(kind), "system": system, "external": external, "key": key}
            for key, pairs in named.items()
            for system, external in pairs
        ],
    )


_taken = asking(
    lambda among: select(external_id.c.system, external_id.c.external, external_id.c.key).where(
        external_id.c.kind == bindparam("kind"), among(external_id.c.external, "named")
    )
)
_named = asking(
    lambda among: (
        select(external_id.c.key)
        .where(external_id.c.kind == bindparam("kind"), among(external_id.c.key, "keys"))
        .distinct()
    )
)
_drop = delete(external_id).where(
    external_id.c.kind == bindparam("kind"), external_id.c.key.in_(bindparam("keys", expanding=True))
)
_add = inserting(external_id)
