"""Units that wait to be written off and nobody was asked about, and requests for units that do not wait."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import Connection

from app.domain.account import Account
from sync.central.checks.write_offs import MISMATCHED, waiting_at
from sync.central.repairs.correction import Correction
from sync.central.repairs.unproven import Unproven
from sync.central.store.accounts import account_of
from sync.central.store.act import Act
from sync.central.store.discards import settle


def wrong_requests(conn: Connection, doubt: Unproven) -> Iterator[Correction]:
    """Each account whose requests are for more or fewer units than wait in it."""
    for asked, qty, *parts in conn.execute(MISMATCHED).all():
        held = account_of(parts)
        if not doubt.holds(held.owner, held.item):
            subject = waiting_at(held)
            yield Correction(
                "write-offs",
                subject,
                f"{int(asked)} asked for",
                f"{int(qty)} wait",
                partial(_settle, held=held),
                answers=(("write-off", subject),),
            )


def _settle(act: Act, held: Account) -> None:
    settle(act.conn, [held], act.posted_at)
