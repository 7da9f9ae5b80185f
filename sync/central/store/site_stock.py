"""The stock of one site as its stations mirror it: accounts as they are now, never their history.

A station that begins is told all accounts at its site, then those that events moved since. What it is to ask
with next is `EVENT` (accounts moved by events after that one) or, while it is still being told all of them,
`EVENT.ACCOUNT`: the last event when that began, and the last account it was told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, union

from app.domain.feed import LONGEST_NEXT, Held, StockPage
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.prepared import asking
from sync.central.store.tables import account, balance, event, location, move, station

MOST_ACCOUNTS = 500
"""About so many accounts a page."""
LONGEST = LONGEST_NEXT
"""Signs of what a station asks with."""

_ASKED = re.compile(r"(\d{1,18})(?:\.(\d{1,18}))?")


def site_of(conn: Connection, station_id: str) -> str:
    """The site a station stands at."""
    return str(_own.rows(conn, of=station_id)[0].site)


def page_of(conn: Connection, station_id: str, asked: str, most: int = MOST_ACCOUNTS) -> StockPage:
    """What changed at the station's site since it was answered `asked`; everything for an empty text.

    Args:
        conn: one consistent look.
        station_id: who asks.
        asked: what the last page said to ask with.
        most: accounts a page, or moves where their accounts are asked for.
    """
    (own,) = _own.rows(conn, of=station_id)
    return replace(_page(conn, own, asked, most), epoch=int(own.epoch))


def _page(conn: Connection, own: Any, asked: str, most: int) -> StockPage:
    found = _ASKED.fullmatch(asked)
    if found is None:
        return _sweep(conn, own.site, own.head_seq, (int(_newest.value(conn) or 0), 0), most)
    after, swept = int(found[1]), found[2]
    if swept is not None:
        return _sweep(conn, own.site, own.head_seq, (after, int(swept)), most)
    return _moved(conn, own.site, own.head_seq, after, most)


def _sweep(conn: Connection, site: str, seq: int, at: tuple[int, int], most: int) -> StockPage:
    since, swept = at
    rows = _all.rows(conn, site=site, after=swept, most=most + 1)
    more, rows = len(rows) > most, rows[:most]
    following = f"{since}.{rows[-1][0]}" if more else str(since)
    return StockPage(following, int(seq), _held(rows), more=more or bool(rows))


def _moved(conn: Connection, site: str, seq: int, after: int, most: int) -> StockPage:
    upto = _upto.value(conn, after=after, most=most - 1)
    newest = int(_newest.value(conn) or 0)
    # The event that reaches the limit is told whole.
    end = newest if upto is None else int(upto)
    if end <= after:
        return StockPage(str(after), int(seq))
    rows = _changed.rows(conn, site=site, after=after, upto=end)
    return StockPage(str(end), int(seq), _held(rows), more=end < newest)


def _held(rows: Sequence[Any]) -> tuple[Held, ...]:
    return tuple(Held(account_of(parts), int(qty)) for _, qty, *parts in rows)


def _at_site(of: ColumnElement[bool]) -> Select[Any]:
    return (
        select(account.c.id, func.coalesce(balance.c.qty, 0).label("qty"), *ACCOUNT_COLUMNS)
        .select_from(account)
        .join(location, location.c.code == account.c.location)
        .join(balance, balance.c.account == account.c.id, isouter=True)
        .where(location.c.site == bindparam("site"), of)
        .order_by(account.c.id)
    )


_own = asking(
    lambda _: select(station.c.site, station.c.epoch, station.c.head_seq).where(
        station.c.station_id == bindparam("of")
    )
)
_newest = asking(lambda _: select(func.max(event.c.id)))
_upto = asking(
    lambda _: (
        select(move.c.event)
        .where(move.c.event > bindparam("after"))
        .order_by(move.c.event, move.c.n)
        .offset(bindparam("most"))
        .limit(1)
    )
)
_between = (move.c.event > bindparam("after"), move.c.event <= bindparam("upto"))
_ends = union(select(move.c.source).where(*_between), select(move.c.target).where(*_between))
_changed = asking(lambda _: _at_site(account.c.id.in_(_ends)))
_all = asking(
    lambda _: _at_site(account.c.id > bindparam("after")).where(balance.c.qty != 0).limit(bindparam("most"))
)
