"""What the database raises, in our own three kinds: it is away, it must not be opened, or we made a mistake.

No value that somebody sent gets into words that are logged: PostgreSQL quotes whole rows in its details, and
a row may hold a customer's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import ExceptionContext
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.domain.refusal import Refused, Unavailable

# Connection lost, a standby or one that was promoted meanwhile, transaction rolled back by the server, no
# room, lock not to be had, server told to stop, its disk failing.
_AWAY = ("08", "25006", "40", "53", "55P03", "57", "58")
_NOT_ALLOWED = "42501"

# The database, not the event: nothing of the transaction counts, and whoever asked asks again.
DATABASE_FAILED = (OperationalError, InterfaceError, Unavailable)


class Defective(Exception):  # noqa: N818 - says what happened, like the other kinds of failure
    """The database refused what the program asked: class, SQLSTATE, constraint; never a value."""


class _NotAllowed(Exception):  # noqa: N818 - turned into one of ours before it leaves
    pass


@contextmanager
def plain() -> Iterator[None]:
    """For a database that is open.

    Raises:
        Unavailable: it does not answer, is busy or full, or this role lacks a right.
        Refused: its file is no database.
        Defective: anything else that it raises.
    """
    try:
        with _told_apart():
            yield
    except _NotAllowed as no:
        raise Unavailable(
            f"The centre's database says: {no}. "
            "Run backhaul central migrate --service-role NAME as the owner of the tables."
        ) from no


@contextmanager
def opened() -> Iterator[None]:
    """For a database that is being opened, as `plain`; a right that lacks is Refused here."""
    try:
        with _told_apart():
            yield
    except _NotAllowed as no:
        raise Refused(
            "database.rights",
            f"The database says: {no}.",
            "Expected a role with the rights that migrate --service-role gives.",
            "Run backhaul central migrate as the owner of the tables, then try again.",
        ) from no


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except OperationalError as away:
        raise Unavailable(f"The centre's database did not answer: {away.orig}") from away
    except NoConnection as full:
        raise Unavailable("The centre's database is busy: no connection to it was free in time.") from full
    except StatementError as odd:
        state = _state(odd.orig)
        said = next(iter(str(odd.orig).splitlines()), "nothing")
        if isinstance(odd, DatabaseError):
            if state.startswith(_AWAY):
                raise Unavailable(f"The centre's database did not answer: {said}") from odd
            if "not a database" in said:
                raise _no_database() from odd
            if state == _NOT_ALLOWED:
                raise _NotAllowed(said) from None
        # The place where it was raised stays in sight; what it says does not.
        raise Defective(_described(odd)).with_traceback(odd.__traceback__) from None


@contextmanager
def quiet() -> Iterator[None]:
    """For a savepoint whose failure is logged: what is no lost database is Defective, without a value."""
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except StatementError as odd:
        if _state(odd.orig).startswith((*_AWAY, _NOT_ALLOWED)):
            raise
        raise Defective(_described(odd)).with_traceback(odd.__traceback__) from None


def not_away(context: ExceptionContext) -> None:
    """What the server refuses for its content (a text beyond what an index takes) is no lost database."""
    failed, original = context.sqlalchemy_exception, context.original_exception
    state = _state(original)
    if isinstance(failed, OperationalError) and state and not state.startswith(_AWAY):
        raise DatabaseError(failed.statement, failed.params, original, hide_parameters=True) from original


def _state(original: BaseException | None) -> str:
    return getattr(original, "sqlstate", None) or ""


def _described(odd: StatementError) -> str:
    """Names that the program itself gave, and PostgreSQL's code."""
    parts = [type(odd).__name__, f"({type(odd.orig).__name__})"]
    code = _state(odd.orig) or getattr(odd.orig, "sqlite_errorname", "")
    parts += [code] if code else []
    told = getattr(odd.orig, "diag", None)
    for of in ("table_name", "column_name", "constraint_name"):
        if name := getattr(told, of, None):
            parts.append(f"{of.removesuffix('_name')} {name}")
    return f"The database refused a statement: {' '.join(parts)}."


def _no_database() -> Refused:
    return Refused(
        "database.file",
        "Read a file that is no database.",
        "Expected the file of a centre, or one that is not there yet.",
        "Name another file, or put back the last back-up if this one was the centre's.",
    )
