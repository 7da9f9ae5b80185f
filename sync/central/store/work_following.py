"""Work orders follow what happens to units in refurbish stock: opened, ended and opened again with them.

What holds afterwards does not depend on how the units came and went: where units stand in refurbish stock
there is one order for them, and where none do there is none.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.account import Account, Status
from app.domain.clock import to_text
from app.domain.codes import CodeFamily
from app.domain.event import EventKind
from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.place import is_virtual
from app.domain.policy import Policy
from app.domain.policy.work import Work
from app.domain.refusal import Refused
from sync.central.rules.work import StepState, WorkState
from sync.central.store import blind_units, work_cases, work_orders
from sync.central.store.accounts import numbers
from sync.central.store.exceptions import close_cases, open_case
from sync.central.store.failures import DATABASE_FAILED, quiet
from sync.central.store.journal import Fact
from sync.central.store.numbers import next_code
from sync.central.store.prepared import asking
from sync.central.store.returns_policy import policy_of_version, returns_policy
from sync.central.store.savepoint import savepoint
from sync.central.store.tables import balance, item, location, station, work_order

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Touched:
    """The facts that put units into an account and took some out, in their order."""

    into: list[Fact] = field(default_factory=list)
    out: list[Fact] = field(default_factory=list)


def keep_work(conn: Connection, facts: Sequence[Fact], posted_at: datetime) -> None:
    """Brings work orders in line with facts that were just entered.

    Whatever fails in it, what happened to the goods stands, and a case says whose order was not kept.
    """
    for held, touched in _touched(facts).items():
        try:
            with quiet(), savepoint(conn):
                _keep(conn, held, touched, posted_at)
        except DATABASE_FAILED:
            raise
        except Exception:  # noqa: BLE001 - whatever it was, a fact is never refused by the work that follows
            _log.exception("the work order of %s was not kept", held)
            open_case(conn, work_cases.failed(held, 1), posted_at)


def open_order(
    conn: Connection, units: tuple[Account, int], cause: Fact, posted_at: datetime, policy: Policy
) -> str | None:
    """Opens an order for units where they stand in refurbish stock; None when a policy has no work for them.

    `cause` is what put them there, with what was answered about them.
    """
    held, qty = units
    known = _item.first(conn, sku=held.item)
    work = _work(conn, policy, held, cause, known) if known is not None else None
    if work is None or known is None:
        return None
    code = next_code(conn, CodeFamily.WORK_ORDER, work_order.c.code)
    rule = cause.event.body.get("rule")
    opening = work_orders.Opening(
        account=numbers(conn, [held])[held],
        qty=qty,
        site=site_of(conn, held, cause.origin),
        came_by=cause.event.event_id,
        policy_ver=policy.version,
        rule=rule if isinstance(rule, str) else None,
        work=work,
        currency=known.currency,
    )
    work_orders.insert_order(conn, code, opening, cause.dated)
    keys = [work_cases.none_key(held), work_cases.failed_key(held)]
    close_cases(conn, keys, posted_at, f"Work order {code} was opened.")
    return code


def site_of(conn: Connection, held: Account, origin: str) -> str | None:
    """The site of a place; of one that the centre does not know, that of the station that put units there."""
    found: str | None = _site.value(conn, code=held.location)
    return found if found is not None else _station_site.value(conn, which=origin)


def _touched(facts: Sequence[Fact]) -> Mapping[Account, _Touched]:
    found = defaultdict[Account, _Touched](_Touched)
    for fact in facts:
        for move in fact.event.moves:
            if _refurbish(move.target):
                found[move.target].into.append(fact)
            if _refurbish(move.source):
                found[move.source].out.append(fact)
    return found


def _refurbish(held: Account) -> bool:
    return held.status is Status.REFURBISH and not is_virtual(held.location)


def _keep(conn: Connection, held: Account, touched: _Touched, at: datetime) -> None:
    number = numbers(conn, [held])[held]
    qty = int(_here.value(conn, key=number) or 0)
    live = work_orders.live_at(conn, number)
    if qty <= 0:
        _gone(conn, held, touched, live, at)
    elif live is not None:
        if int(live.qty) != qty:
            work_orders.change(conn, live.code, qty=qty)
    elif not _again(conn, number, qty, touched, at):
        _open(conn, held, qty, touched, at)


def _gone(conn: Connection, held: Account, touched: _Touched, live: Any, at: datetime) -> None:
    """No unit stands there any more, or none ever did."""
    keys = [work_cases.none_key(held), work_cases.failed_key(held)]
    close_cases(conn, keys, at, "The units were moved on.")
    if live is not None:
        _cancel(conn, held, live, touched.out[-1], at)
    elif touched.into and not touched.out:
        open_case(conn, work_cases.gone(held, 1, touched.into[-1].event.event_id), at)


def _cancel(conn: Connection, held: Account, live: Any, cause: Fact, at: datetime) -> None:
    work_orders.change(
        conn,
        live.code,
        state=WorkState.CANCELLED.value,
        ended_at=to_text(cause.dated),
        ended_by=cause.event.event_id,
        late_at=None,
    )
    close_cases(conn, [work_cases.late_key(live.code)], at, "The unit was moved on.")
    rows = work_orders.step_rows(conn, live.code)
    parts = work_orders.parts_of(rows)
    if work_orders.spent(rows) or parts:
        used = sum(int(part["qty"]) for part in parts)
        open_case(conn, work_cases.unbooked(live, held, work_orders.spent(rows), used), at)


def _again(conn: Connection, number: int, qty: int, touched: _Touched, at: datetime) -> bool:
    """The units came back because what took them away was taken back: the order goes on where it was."""
    undone = [fact.event.corrects for fact in touched.into if fact.event.corrects]
    # Nearly all events take nothing back, and then there is nothing to look for.
    row = work_orders.ended_by(conn, number, undone) if undone else None
    if row is None:
        return False
    steps = work_orders.step_rows(conn, row.code)
    for step in steps:
        if step.state == StepState.FAILED:
            # The record of it was wrong; its event stays.
            work_orders.change_step(conn, row.code, step.n, **_UNDONE)
    work_orders.change(
        conn,
        row.code,
        qty=qty,
        state=(WorkState.STARTED if row.started_at else WorkState.OPEN).value,
        ended_at=None,
        ended_by=None,
        grade=None,
        disposition=None,
        write_off=None,
    )
    close_cases(conn, [work_cases.spent_key(row.code)], at, "The work goes on.")
    return True


def _open(conn: Connection, held: Account, qty: int, touched: _Touched, at: datetime) -> None:
    cause = touched.into[-1] if touched.into else touched.out[-1]
    version = cause.event.policy_ver
    policy = policy_of_version(conn, version) if version else returns_policy(conn)
    if policy is None:
        why = f"the centre knows no policy {version}" if version else "there is no policy"
    elif open_order(conn, (held, qty), cause, at, policy) is None:
        why = f"policy {policy.version} has no work for them"
    else:
        return
    open_case(conn, work_cases.none(held, qty, why), at)


def _work(conn: Connection, policy: Policy, held: Account, cause: Fact, known: Any) -> Work | None:
    """The work of the units by their grade, and by what was answered when they were graded last."""
    its = Item.from_json(json.loads(known.document))
    body = Fields(cause.event.body, "facts")
    if cause.event.kind == EventKind.RETURN_MATCHED and (blind := body.maybe_text("blind")):
        body = blind_units.given(conn, blind)
    try:
        grade = policy.grade(held.grade or body.text_or("grade", "")).code
        given = body.texts("answers")
    except Refused:
        # A grade or an answer that the policy has not leads to no work of it.
        return None
    return policy.work(its.category, grade, given, hazardous=its.hazardous)


_UNDONE: Mapping[str, object] = {
    "state": StepState.WAITING.value,
    "cost_minor": 0,
    "parts": "[]",
    **dict.fromkeys(("minutes", "reason", "note", "done_by", "done_at", "event_id")),
}
_item = asking(lambda _: select(item.c.document, item.c.currency).where(item.c.sku == bindparam("sku")))
_here = asking(lambda _: select(balance.c.qty).where(balance.c.account == bindparam("key")))
_site = asking(lambda _: select(location.c.site).where(location.c.code == bindparam("code")))
_own = station.c.station_id == bindparam("which")
_station_site = asking(lambda _: select(station.c.site).where(_own))
