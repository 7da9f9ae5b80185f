"""Available to promise, with its proof: every claim, and a reason for every unit left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from app.domain.account import Status
from app.domain.reservation import ANY, Scope
from sync.central.rules.dated import Question, bucket
from sync.central.rules.eligible import ANYTHING
from sync.central.rules.promise import KEPT, Excluded, Want, why_excluded, why_left_out
from sync.central.rules.reckoning import LEFT_OUT, reckoned, within
from sync.central.store.coming import Kept, coming, kept
from sync.central.store.coming import waiting as waiting_lines
from sync.central.store.stock import Stock, as_new_grades, look
from sync.central.store.tables import account, balance, order_line


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom: the scope that units must be in, the channel, and the dates by which they are wanted."""

    scope: Scope = ANY
    channel: str = ""
    buckets: tuple[date, ...] = ()


def availability(
    conn: Connection, owner: str, skus: Sequence[str], now: datetime, asked: Asked = Asked()
) -> dict[str, object]:
    """What one owner could promise of each item now, and how the number comes about."""
    stock = look(conn, owner, skus, now).for_channel(asked.channel, now)
    excluded = _excluded(conn, owner, skus, asked.scope.grade)
    waiting = {row.sku: int(row.qty) for row in conn.execute(_waiting, {"owner": owner, "skus": skus})}
    items = [_entry(stock, sku, asked, excluded[sku], waiting.get(sku, 0)) for sku in dict.fromkeys(skus)]
    known, between = kept(conn, skus, stock.policy), _in_transit(conn, owner, skus)
    dated = _dated(conn, stock, known, asked, now) if asked.buckets else {}
    for entry in items:
        sku = str(entry["sku"])
        more = {"safety_at": dict(known[sku].at) if sku in known else {}, "in_transit": between.get(sku, 0)}
        entry["breakdown"] = {**_parts(entry["breakdown"]), **more}
        if asked.buckets:
            entry["buckets"] = dated.get(sku, [])
    return {"items": items}


def _dated(
    conn: Connection, stock: Stock, known: Mapping[str, Kept], asked: Asked, now: datetime
) -> dict[str, list[dict[str, object]]]:
    """What could be promised of each item by each date, as the policy in force counts what is to come."""
    skus, policy = list(known), stock.policy
    to_come, lines = coming(conn, stock.owner, skus, now), waiting_lines(conn, stock.owner, skus)
    found = dict[str, list[dict[str, object]]]()
    for sku in skus:
        exposure = policy.category(known[sku].category).exposure
        question = Question(sku, now.date(), asked.scope, asked.channel, exposure, stock.kit(sku))
        rule = stock.offer.rules.get(sku, ANYTHING)
        first = [*known[sku].missing(stock.covers[sku], rule), *lines.get(sku, ())]
        found[sku] = [
            bucket(question, stock.offer, to_come.get(sku, ()), first, by).to_json() for by in asked.buckets
        ]
    return found


def _in_transit(conn: Connection, owner: str, skus: Sequence[str]) -> dict[str, int]:
    """Units of each item between sites, which are in no site's number."""
    rows = conn.execute(_between, {"owner": owner, "skus": list(skus)})
    return {row.item: int(row.qty) for row in rows}


def _parts(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, dict) else {}


def _entry(
    stock: Stock, sku: str, asked: Asked, excluded: Sequence[Excluded], waiting: int
) -> dict[str, object]:
    offer, kit = stock.offer, stock.kit(sku)
    figures = _figures(stock, sku, asked, excluded)
    grade = asked.scope.grade
    excluded = [one for one in excluded if grade is None or not _is_of(one, grade)]
    breakdown: dict[str, object] = {
        **{name: units for name, units in figures.items() if name not in LEFT_OUT},
        "limited_by": _limit(stock, sku, asked),
        "backordered": waiting,
        "excluded": [
            {
                "status": entry.status,
                "reason": entry.reason,
                "grade": entry.grade or None,
                "qty": entry.qty,
                "why": why_excluded(entry.status, entry.reason, entry.grade, grade),
            }
            for entry in excluded
        ]
        + [
            {"status": "sellable", "reason": "", "grade": None, "qty": figures[name], "why": why}
            for name, why in LEFT_OUT.items()
            if name in figures
        ],
    }
    figures["room"] = atp = offer.room(sku, asked.scope, asked.channel)
    if kit:
        want = Want(0, sku, 0, kit, (), asked.scope, asked.channel)
        breakdown["from_components"] = kits = offer.kits(want)
        atp += kits
        breakdown["components"] = [
            {
                "sku": part.sku,
                "qty": part.qty,
                "atp": offer.room(part.sku, offer.of_part(want, part.sku, asked.scope.site), asked.channel),
            }
            for part in kit
        ]
        breakdown["assembled_at"] = [
            {"site": site, "kits": whole} for site in offer.sites(want) if (whole := offer.whole(want, site))
        ]
    return {
        "sku": sku,
        "owner": stock.owner,
        **({"scope": asked.scope.to_json()} if not asked.scope.is_open else {}),
        **({"channel": asked.channel} if asked.channel else {}),
        "atp": atp,
        "why": _why(sku, atp, asked, figures, breakdown),
        "breakdown": breakdown,
    }


def _why(
    sku: str, atp: int, asked: Asked, figures: Mapping[str, Any], breakdown: Mapping[str, Any]
) -> list[str]:
    """The number in sentences: its sum, what a kit is put together from, what is left out, who waits."""
    scope = asked.scope.to_json()
    whom = f" to {asked.channel}" if asked.channel else ""
    said = [f"{atp or 'None'} of {sku}{within(scope)} can be promised{whom}."]
    said.append(reckoned(sku, figures, scope, now=True))
    if "components" in breakdown:
        parts = " and ".join(f"{n['qty']} of {n['sku']} ({n['atp']} free)" for n in breakdown["components"])
        said.append(
            f"Each can be put together from {parts} at one site, which makes "
            f"{breakdown['from_components']} more."
        )
    said += [
        f"{entry['qty']} more are left out: {why_left_out(entry['status'], entry['why'])}."
        for entry in breakdown["excluded"]
        if entry["why"] not in LEFT_OUT.values()
    ]
    if breakdown["backordered"]:
        said.append(f"Orders wait for {breakdown['backordered']}.")
    return said


def _is_of(units: Excluded, grade: str) -> bool:
    return (units.status, units.grade) == (Status.SELLABLE, grade)


def _figures(stock: Stock, sku: str, asked: Asked, inside: Sequence[Excluded]) -> dict[str, Any]:
    """The sums of an item; of one grade, those of its units and of the claims that are for exactly them."""
    figures, grade = stock.figures(sku, asked.channel), asked.scope.grade
    if grade is None:
        return figures
    claimed = stock.covers[sku].tight(stock.offer.within(sku, asked.scope)).claimed
    own = {name: claimed.get(name, 0) for name in ("reserved", "basket", "safety")}
    left_out = {name: units for name, units in figures.items() if name in LEFT_OUT}
    return {"sellable": sum(one.qty for one in inside if _is_of(one, grade)), **own, **left_out, "kept": 0}


def _limit(stock: Stock, sku: str, asked: Asked) -> dict[str, object]:
    """The pool that the number comes from: its units less what is claimed of exactly them."""
    cover, offer = stock.covers[sku], stock.offer
    anything, scope = offer.today(sku), offer.within(sku, asked.scope)
    kept = min(offer.kept_from(asked.channel, sku), cover.room(anything))
    by_channel = kept if scope.grade is None and scope.supply is None else 0
    if by_channel and cover.room(anything) - by_channel < cover.room(scope):
        # What is kept may be any of the units as new: it is all of them that the number comes from.
        scope = anything
    else:
        by_channel = 0
    tight = cover.tight(scope)
    claimed = tight.claimed | ({KEPT: by_channel} if by_channel else {})
    return {
        "units": tight.units,
        "claimed": claimed,
        "room": tight.units - sum(claimed.values()),
        "sites": sorted({cell.site or "" for cell in tight.cells if cell.qty > 0}),
    }


def _excluded(
    conn: Connection, owner: str, skus: Sequence[str], grade: str | None
) -> defaultdict[str, list[Excluded]]:
    """What is inside and not as new; with a grade asked for, all that is inside."""
    new = {grade or "" for grade in as_new_grades(conn)}
    found: defaultdict[str, list[Excluded]] = defaultdict(list)
    for row in conn.execute(_inside, {"owner": owner, "skus": list(skus)}):
        if grade is not None or row.status != Status.SELLABLE or row.grade not in new:
            found[row.item].append(Excluded(row.status, row.reason, row.grade, int(row.qty)))
    return found


_inside = (
    select(
        balance.c.item,
        balance.c.status,
        account.c.reason,
        account.c.grade,
        func.sum(balance.c.qty).label("qty"),
    )
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(
        balance.c.owner == bindparam("owner"),
        balance.c.item.in_(bindparam("skus", expanding=True)),
        balance.c.status != "",
        account.c.location.not_like("@%"),
    )
    .group_by(balance.c.item, balance.c.status, account.c.reason, account.c.grade)
    .order_by(balance.c.item, balance.c.status, account.c.reason, account.c.grade)
)
_between = (
    select(balance.c.item, func.sum(balance.c.qty).label("qty"))
    .where(
        balance.c.owner == bindparam("owner"),
        balance.c.item.in_(bindparam("skus", expanding=True)),
        balance.c.status == Status.IN_TRANSIT.value,
    )
    .group_by(balance.c.item)
)
_filled = order_line.c.reserved + order_line.c.shipped + order_line.c.cancelled
_waiting = (
    select(order_line.c.sku, func.sum(order_line.c.qty - _filled).label("qty"))
    .where(
        order_line.c.owner == bindparam("owner"),
        order_line.c.sku.in_(bindparam("skus", expanding=True)),
        order_line.c.sku.is_not(None),
        order_line.c.qty > _filled,
    )
    .group_by(order_line.c.sku)
)
