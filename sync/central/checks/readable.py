"""Checks that outlive the rows they read: a row that breaks one is a finding, and the others run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from app.domain.laws import Violation
from sync.central.store.failures import DATABASE_FAILED, quiet
from sync.central.store.savepoint import savepoint

# What proves a law in one consistent look.
Check = Callable[[Connection], Iterable[Violation]]

_log = logging.getLogger(__name__)
_QUOTED = 120


def readable(
    conn: Connection,
    law: str,
    check: Check,
    subject: str = "its rows",
) -> tuple[Violation, ...]:
    """What a check finds; when it breaks, what it found before that and one violation that says so.

    Args:
        conn: one consistent look; it can be asked on whatever the check did.
        law: whose check it is.
        check: reads what it likes and answers with what is wrong.
        subject: what it was reading, for the violation.

    Raises:
        OperationalError, InterfaceError, Unavailable: the database failed, which says nothing about its rows.
    """
    found = list[Violation]()
    try:
        # In a savepoint, because PostgreSQL answers nothing more after a statement that failed.
        with quiet(), savepoint(conn):
            found.extend(check(conn))
    except DATABASE_FAILED:
        raise
    except Exception as why:  # noqa: BLE001 - whatever a row does to one check, the other laws are still proven
        _log.exception("the audit of %s broke on %s", law, subject)
        said = f"{type(why).__name__} {why}"[:_QUOTED]
        found.append(Violation(law, subject, f"could not be read: {said}", "rows that can be read"))
    return tuple(found)
