"""Human codes that the centre gives out, and codes that were given elsewhere."""

from __future__ import annotations

from sqlalchemy import Column, Connection

from app.domain import codes
from app.domain.codes import CodeFamily
from sync.central.rules.outcomes import Conflict
from sync.central.store.numbers import SERIES, next_code, taken
from sync.central.store.tables import parcel


def given_or_next(conn: Connection, family: CodeFamily, given: str | None, column: Column[str]) -> str:
    """The given code when it is free, or the next of the centre's own that is.

    Raises:
        Refused: the given code has the shape of one of ours and its check character is wrong.
        Conflict: the given code is taken.
    """
    if given is None:
        return next_code(conn, family, column)
    code = given.strip()
    if codes.family(code) is not None:
        codes.parse(code)
        code = code.upper()
    if taken(conn, column, code):
        raise Conflict(
            f"{SERIES[family]}.exists",
            f"Read the code {code}, which is here already.",
            "Expected one that is new.",
            "Leave the code out and the centre gives one.",
        )
    return code


def new_parcel(conn: Connection) -> str:
    """The next parcel's code."""
    return given_or_next(conn, CodeFamily.PARCEL, None, parcel.c.code)
