"""The centre's own human codes: counted up by family, a taken one passed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from sqlalchemy import Column, Connection, bindparam, select, update

from app.domain.codes import CodeFamily, HumanCode
from sync.central.store.prepared import Ask, asking, updating
from sync.central.store.tables import counter

SERIES: Mapping[CodeFamily, str] = {
    CodeFamily.RMA: "rma",
    CodeFamily.WRITE_OFF: "write_off",
    CodeFamily.BASKET: "hold",
    CodeFamily.PARCEL: "parcel",
    CodeFamily.WAVE: "wave",
    CodeFamily.TRANSFER: "transfer",
    CodeFamily.CONSIGNMENT: "consignment",
    CodeFamily.WORK_ORDER: "work",
}
"""The counter of each family that the centre gives codes of."""


COUNTED = ("counter", "SELECT name, value FROM counter")
"""How far a centre counted: the table, and how it is asked."""


def next_code(conn: Connection, family: CodeFamily, column: Column[str]) -> str:
    """The next code of a family that does not stand in a column yet.

    Raises:
        RuntimeError: nothing counts the family.
    """
    while True:
        code = str(HumanCode(family, "", _next(conn, SERIES[family])))
        if not taken(conn, column, code):
            return code


def count_on(conn: Connection, counted: Iterable[tuple[str, int]]) -> None:
    """Gives no code again that another centre, which this one takes the place of, gave away.

    It is on somebody's label or in a letter, and would find another customer's goods. `counted` is what
    `COUNTED` answers of that centre; other counters than those of codes are left as they are.
    """
    codes = set(SERIES.values())
    _count_on.run(conn, [{"series": name, "least": int(upto)} for name, upto in counted if name in codes])


def taken(conn: Connection, column: Column[str], code: str) -> bool:
    """Whether a code stands in a column."""
    return _with_code(column).first(conn, code=code) is not None


def _next(conn: Connection, series: str) -> int:
    row = _take.one(conn, series=series)
    if row is None:
        raise RuntimeError(f"nothing counts {series}")
    return int(row.value)


@cache
def _with_code(column: Column[str]) -> Ask:
    return asking(lambda _: select(column).where(column == bindparam("code")))


_count_on = updating(
    update(counter)
    .where(counter.c.name == bindparam("series"), counter.c.value < bindparam("least"))
    .values(value=bindparam("least")),
    "series",
    "least",
)
_take = updating(
    update(counter)
    .where(counter.c.name == bindparam("series"))
    .values(value=counter.c.value + 1)
    .returning(counter.c.value),
    "series",
)
