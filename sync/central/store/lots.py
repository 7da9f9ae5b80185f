"""Until when lots are good, as their receipts said."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, insert, select

from sync.central.store.act import Act
from sync.central.store.exceptions import Case, open_case
from sync.central.store.tables import lot

LotKey = tuple[str, str]
"""An item and a lot of it."""


def note_dates(act: Act, dates: Mapping[LotKey, str]) -> None:
    """Keeps the dates (ISO 8601) of lots that are new; a lot that has another date keeps it.

    Which of two dates is right only the package can say, so one exception a lot asks for a look at it.
    """
    for (sku, name), good_until in dates.items():
        known = date_of(act.conn, sku, name)
        if known is None:
            act.conn.execute(insert(lot).values(sku=sku, lot=name, good_until=good_until))
        elif known != good_until:
            open_case(act.conn, _other_date(sku, name, known, good_until), act.posted_at)


def date_of(conn: Connection, sku: str, name: str) -> str | None:
    """Until when a lot is good; None when no receipt said."""
    return conn.scalar(_date, {"of": sku, "name": name})


def _other_date(sku: str, name: str, known: str, told: str) -> Case:
    return Case(
        key=f"lot.date:{sku}:{name}",
        type="lot.date",
        subject=f"sku:{sku}",
        owner_role="planner",
        fix=f"Lot {name} of {sku} came in as good until {told}; an earlier receipt said {known}, which still "
        "counts. Read the date on the package.",
        sku=sku,
    )


_date = select(lot.c.good_until).where(lot.c.sku == bindparam("of"), lot.c.lot == bindparam("name"))
