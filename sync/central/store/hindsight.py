"""Simulation before change: a candidate returns policy over what benches decided in a period.

Dispositions are read as a stream and their items by the page, so that memory follows neither. Nothing is
written: the connection may be one that cannot.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from app.domain.clock import to_text
from app.domain.event import EventKind
from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.policy import Policy, read_policy
from app.domain.policy.hindsight import Candidate, Judged
from app.domain.policy.routes import Worth
from app.domain.refusal import Refused
from sync.central.rules.hindsight import Dispositioned, Tally
from sync.central.store.refund_hindsight import refunds_in_hindsight
from sync.central.store.tables import event, item, policy

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Period:
    """By when it happened at the bench: from an instant up to another, which is not in it; None is open."""

    since: datetime | None = None
    until: datetime | None = None


def in_hindsight(
    conn: Connection, tried: Policy, period: Period, *, page: int = _PAGE, most_read: int | None = None
) -> dict[str, object]:
    """What would have become of the units dispositioned in a period, and of the money for them.

    Those taken back are left out.

    Raises:
        Refused: the period does not end after its start, or holds more than `most_read` dispositions.
    """
    since, until = (to_text(at) if at is not None else None for at in (period.since, period.until))
    if since is not None and until is not None and since >= until:
        raise Refused(
            "simulation.period",
            f"Read the period from {since} to {until}.",
            "Expected one that ends after its start.",
            "Correct from and to.",
        )
    tally = Tally(Candidate(tried, _published(conn)))
    for number, done in enumerate(_dispositions(conn, since, until, page)):
        if number == most_read:
            raise Refused(
                "simulation.too_many",
                f"Read more than {most_read} dispositions.",
                f"Expected a period with {most_read} or fewer.",
                "Narrow from and to, or ask on the centre's computer: backhaul policy simulate.",
            )
        tally.add(done)
    refunds = refunds_in_hindsight(conn, tried, since, until, page)
    return {"policy": tried.version, "from": since, "to": until, **tally.result(), "refunds": refunds}


def _published(conn: Connection) -> Iterator[Policy]:
    """The policies that may have been in force; one that can no longer be read is as good as unknown."""
    for row in conn.execute(select(policy.c.version, policy.c.source).order_by(policy.c.id)).all():
        try:
            yield read_policy(row.source, f"policy {row.version}")
        except Refused:
            continue


def _dispositions(
    conn: Connection, since: str | None, until: str | None, page: int
) -> Iterator[Dispositioned]:
    asked = _done
    if since is not None:
        asked = asked.where(event.c.occurred_at >= since)
    if until is not None:
        asked = asked.where(event.c.occurred_at < until)
    with conn.execute(asked.execution_options(yield_per=page)) as rows:
        for part in rows.partitions():
            bodies = [_body(row.body) for row in part]
            items = _items(conn, [sku for body in bodies if isinstance(sku := body.get("sku"), str)])
            yield from (_read(row, body, items) for row, body in zip(part, bodies, strict=True))


def _body(text: str) -> Mapping[str, object]:
    """What a station told; a body that cannot be read is the audit's finding, not ours."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _items(conn: Connection, skus: Sequence[str]) -> dict[str, Item]:
    rows = conn.execute(_known, {"skus": list(dict.fromkeys(skus))})
    found = dict[str, Item]()
    for row in rows:
        try:
            found[row.sku] = Item.from_json(json.loads(row.document))
        except (Refused, ValueError):
            continue
    return found


def _read(row: Any, body: Mapping[str, object], items: Mapping[str, Item]) -> Dispositioned:
    f = Fields(body, "disposition")
    sku, told = str(body.get("sku")), body.get("qty")
    qty = told if isinstance(told, int) else 0
    known = items.get(sku)
    return Dispositioned(
        event_id=row.event_id,
        occurred_at=row.occurred_at,
        sku=sku,
        qty=qty,
        value_minor=qty * known.value_minor if known else 0,
        currency=known.currency if known else "",
        disposition=str(body.get("disposition")),
        rule=str(body.get("rule")),
        unit=_judged(f, known, row.policy_ver) if known else None,
    )


def _judged(f: Fields, known: Item, policy_ver: str | None) -> Judged | None:
    worth = Worth(known.value_minor, known.currency)
    try:
        return Judged(known.category, known.hazardous, f.text("grade"), f.texts("answers"), policy_ver, worth)
    except Refused:
        return None


_correction = event.alias()
_done = (
    select(event.c.event_id, event.c.occurred_at, event.c.policy_ver, event.c.body)
    .where(
        event.c.kind == str(EventKind.RETURN_DISPOSITIONED),
        ~exists().where(_correction.c.corrects == event.c.event_id),
    )
    .order_by(event.c.id)
)
_known = select(item.c.sku, item.c.document).where(item.c.sku.in_(bindparam("skus", expanding=True)))
