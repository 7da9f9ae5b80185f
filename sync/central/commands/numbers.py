"""Human codes that the centre gives out, and codes that were given elsewhere."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Column, Connection, bindparam, select

from app.domain import codes
from app.domain.codes import CodeFamily, HumanCode
from sync.central.rules.outcomes import Conflict
from sync.central.store.numbering import next_number
from sync.central.store.prepared import Ask, asking
from sync.central.store.tables import parcel

_SERIES = {
    CodeFamily.RMA: "rma",
    CodeFamily.WRITE_OFF: "write_off",
    CodeFamily.BASKET: "hold",
    CodeFamily.PARCEL: "parcel",
    CodeFamily.WAVE: "wave",
    CodeFamily.TRANSFER: "transfer",
    CodeFamily.CONSIGNMENT: "consignment",
}


def given_or_next(conn: Connection, family: CodeFamily, given: str | None, column: Column[str]) -> str:
    """The given code when it is free, or the next of the centre's own that is.

    Raises:
        Refused: the given code has the shape of one of ours and its check character is wrong.
        Conflict: the given code is taken.
    """
    if given is None:
        while True:
            code = str(HumanCode(family, "", next_number(conn, _SERIES[family])))
            if not _taken(conn, column, code):
                return code
    code = given.strip()
    if codes.family(code) is not None:
        codes.parse(code)
        code = code.upper()
    if _taken(conn, column, code):
        raise Conflict(
            f"{_SERIES[family]}.exists",
            f"Read the code {code}, which is here already.",
            "Expected one that is new.",
            "Leave the code out and the centre gives one.",
        )
    return code


def new_parcel(conn: Connection) -> str:
    """The next parcel's code."""
    return given_or_next(conn, CodeFamily.PARCEL, None, parcel.c.code)


def _taken(conn: Connection, column: Column[str], code: str) -> bool:
    return _with_code(column).first(conn, code=code) is not None


@cache
def _with_code(column: Column[str]) -> Ask:
    return asking(lambda _: select(column).where(column == bindparam("code")))
