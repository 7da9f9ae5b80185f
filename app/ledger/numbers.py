"""How far a record counted each series of numbers, so that another one gives none of them again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.sqlite import insert

from app.domain.codes import CodeFamily
from app.ledger.database import Transaction
from app.ledger.tables import counter

LABELS = "label"
HOLDINGS = "holding"
SERIES: Mapping[str, str] = {CodeFamily.UNIT_LABEL: LABELS, CodeFamily.HOLDING_LABEL: HOLDINGS}
"""The series of each family of codes that a bench gives."""

_LARGEST = 10**11
"""A code has at most twelve digits; what says more than this was never counted by a bench."""


def counted(dbapi: Any, file: Path) -> dict[str, int]:
    """By series, the next number in a record that nobody works on; nothing when it is too damaged to say."""
    try:
        with closing(dbapi.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as kept:
            rows = kept.execute("SELECT series, next FROM counter").fetchall()
    except dbapi.DatabaseError:
        return {}
    return {str(series): number for series, number in rows if isinstance(number, int)}


def count_on(tx: Transaction, following: Mapping[str, int]) -> None:
    """Goes on with these numbers, by series, where the record would give a smaller one next."""
    rows = [{"of": series, "upto": n} for series, n in following.items() if 1 < n <= _LARGEST]
    if rows:
        tx.connection.execute(_count_on, rows)


_new = insert(counter).values(series=bindparam("of"), next=bindparam("upto"))
_count_on = _new.on_conflict_do_update(
    index_elements=["series"], set_={"next": _new.excluded.next}, where=counter.c.next < _new.excluded.next
)
