"""The `meta` table by name: who the station is, where it stands with the centre, small values."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import NoResultFound

from app.domain.ids import Ids
from app.domain.refusal import Refused
from app.ledger.database import Transaction
from app.ledger.reading import fetched
from app.ledger.statements import Statements, compiled
from app.ledger.tables import meta

STATION_ID = "station_id"
EPOCH = "epoch"
PUBLIC_KEY = "public_key"
INSTALL_ID = "install_id"
IDENTITY = "identity"
FEED_GEN = "feed_gen"
FEED_POS = "feed_pos"
ACKNOWLEDGED = "acknowledged"
RENEWAL = "renewal"
"""The renewal that this station owes, until the new epoch is there."""
MET_GEN = "met_gen"
"""The newest generation of the centre's feed that was met."""
APP_VER = "app_ver"
VALUE_PREFIX = "value."

_ID_SIZE = 16
_FIRST_EPOCH = 1


def maybe(connection: Connection, name: str) -> str | None:
    """The value of that name, or None."""
    found = fetched(connection, _value(), (name,))
    return found[0][0] if found else None


def read(connection: Connection, name: str) -> str:
    """The value of that name, which every founded database has."""
    found = maybe(connection, name)
    if found is None:
        raise NoResultFound(name)
    return str(found)


@cache
def _value() -> str:
    return compiled(select(meta.c.value).where(meta.c.name == bindparam("name")))


def put(tx: Transaction, sql: Statements, name: str, value: str | None) -> None:
    """Keeps a value under that name, or forgets it when it is None."""
    if value is None:
        tx.run(sql.value_drop, (name,))
    else:
        tx.run(sql.value, (name, value))


def is_founded(connection: Connection, public_key: bytes) -> bool:
    """False for a database that has no station yet.

    Raises:
        Refused: `ledger.other_key` when the file belongs to another key.
    """
    known = maybe(connection, PUBLIC_KEY)
    if known is not None and known != public_key.hex():
        raise Refused(
            "ledger.other_key",
            f"The station's database was written with the key {known[:12]}.",
            f"The key file holds {public_key.hex()[:12]}.",
            "Put back the key file that belongs to this database.",
        )
    return known is not None


def found(tx: Transaction, sql: Statements, ids: Ids, public_key: bytes) -> None:
    """Gives a new database its station: a random id, epoch 1, this key."""
    for name, value in (
        (STATION_ID, ids.secret(_ID_SIZE).hex()),
        (EPOCH, str(_FIRST_EPOCH)),
        (PUBLIC_KEY, public_key.hex()),
        (INSTALL_ID, ids.secret(_ID_SIZE).hex()),
        (FEED_GEN, "0"),
        (FEED_POS, "0"),
        (ACKNOWLEDGED, "0"),
    ):
        tx.run(sql.value, (name, value))
