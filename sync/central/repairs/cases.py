"""Exceptions that should be open and are not: stock below nothing, and a serial in two places."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import ColumnElement, Connection, and_, func, select

from sync.central.repairs.correction import Correction
from sync.central.repairs.unproven import Unproven
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, open_case, stored_key
from sync.central.store.folding import FOLD
from sync.central.store.posting_cases import negative_case, twice_case
from sync.central.store.tables import account, exception


def silent_cases(conn: Connection, doubt: Unproven) -> Iterator[Correction]:
    """By the fold of moves, whatever the balances say."""
    open_keys = set(conn.scalars(_open_keys))
    below = set[tuple[str, str, str | None]]()
    for qty, *parts in conn.execute(_below).all():
        short = account_of(parts)
        below.add((short.owner, short.item, short.serial))
        case = negative_case(short, int(qty))
        if stored_key(case.key) not in open_keys and not doubt.holds(short.owner, short.item):
            subject = f"{short.item} at {short.location}"
            yield _opening(case, subject, f"{qty} there", ("negative stock", subject))
    for times, number in conn.execute(_twice).all():
        (*parts,) = conn.execute(_account.where(account.c.id == number)).one()
        unit = account_of(parts)
        case = twice_case(unit)
        known = stored_key(case.key) in open_keys or (unit.owner, unit.item, unit.serial) in below
        if not known and not doubt.holds(unit.owner, unit.item):
            subject = f"{unit.item} serial {unit.serial}"
            yield _opening(case, subject, f"{times} inside", ("one place", subject))


def _opening(case: Case, subject: str, rows_say: str, answers: tuple[str, str]) -> Correction:
    return Correction(
        "exceptions",
        subject,
        "no open exception",
        f"{rows_say}: {case.type}",
        partial(_open, case=case),
        answers=(answers,),
    )


def _open(act: Act, case: Case) -> None:
    open_case(act.conn, case, act.posted_at)


_fold = FOLD.subquery()
_inside: ColumnElement[bool] = account.c.location.not_like("@%")
_open_keys = select(exception.c.key).where(exception.c.state == "open")
_account = select(*ACCOUNT_COLUMNS)
_below = (
    select(_fold.c.qty, *ACCOUNT_COLUMNS)
    .join_from(_fold, account, account.c.id == _fold.c.account)
    .where(_inside, _fold.c.qty < 0)
    .order_by(account.c.id)
)
# The account named is the one the unit came to last.
_twice = (
    select(func.sum(_fold.c.qty), func.max(account.c.id))
    .join_from(_fold, account, account.c.id == _fold.c.account)
    .where(and_(_inside, account.c.serial != "", _fold.c.qty != 0))
    .group_by(account.c.owner, account.c.item, account.c.serial)
    .having(func.sum(_fold.c.qty) > 1)
    .order_by(func.max(account.c.id))
)
