"""Waves: soft claims are granted anew, orders sourced to sites, and parcels made of them, in one act.

A wave that was planned before its transaction keeps of the plan what still holds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from app.domain.clock import to_text
from app.domain.codes import CodeFamily
from sync.central.commands.catalogue import require_site
from sync.central.commands.dispatch_asked import WaveAsked
from sync.central.commands.numbers import given_or_next, new_parcel
from sync.central.commands.wave_planning import ALWAYS, latest, to_source
from sync.central.rules.allocation_policy import AllocationPolicy
from sync.central.rules.explain_dispatch import SOURCED
from sync.central.rules.line_claims import LineClaim, by_line, rest, take, together
from sync.central.rules.outcomes import missing
from sync.central.rules.sourcing.parts import as_sent
from sync.central.rules.sourcing.shapes import Explanation, Plan
from sync.central.rules.sourcing.shapes import Wave as Sourced
from sync.central.rules.sourcing.standing import Planned, standing
from sync.central.rules.sourcing.strict import in_strict_order
from sync.central.store.act import Act
from sync.central.store.allocation_policy import policy_in_force
from sync.central.store.backorders import settle
from sync.central.store.decisions import Decision, note
from sync.central.store.ranking import rescore
from sync.central.store.rebalancing import rebalance
from sync.central.store.releasing import Released, Sending, release
from sync.central.store.sourcing import Ready, eligible, ready
from sync.central.store.stock import Stock, look
from sync.central.store.tables import wave

_ROUNDS = 3
_REFUSALS = 20


def release_wave(act: Act, asked: WaveAsked, plan: Planned | None = None) -> dict[str, object]:
    """Releases orders to their sites.

    Args:
        act: what it belongs to.
        asked: which orders, which sites, how.
        plan: what was found for it on an earlier look; without one, orders are sourced in strict order.

    Raises:
        Refused: a site is unknown, or sites count in different currencies.
    """
    for site in asked.sites or ():
        require_site(act.conn, site)
    code = given_or_next(act.conn, CodeFamily.WAVE, None, wave.c.code)
    policy = policy_in_force(act.conn)
    until = latest(asked, policy, act.posted_at)
    rescore(act, asked.owner)
    shifts = rebalance(act, asked.owner, code, until)
    some, stock = _ready(act, asked, policy, until)
    run = _Run(act, asked, code, policy, plan)
    if some or plan is not None:
        run.release(some, stock)
    document: dict[str, object] = {
        "wave": code,
        "owner": asked.owner,
        "method": asked.method,
        "released_at": to_text(act.posted_at),
        "until": None if until == ALWAYS else until,
        "orders": len(some),
        "parcels": run.parcels,
        "left": run.left,
        "cost_minor": run.cost,
        "rebalanced": [shift.to_json() for shift in shifts],
    }
    if plan is not None:
        document["gain"] = asdict(plan.gain)
        document["replanned"] = [{"order": order, "why": why} for order, why in run.fallen.items()]
    row = {
        "code": code,
        "owner": asked.owner,
        "released_at": to_text(act.posted_at),
        "released_by": act.operator,
        "policy": policy.version,
        "document": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
    }
    act.conn.execute(insert(wave), row)
    return document


def _ready(act: Act, asked: WaveAsked, policy: AllocationPolicy, until: str) -> tuple[list[Ready], Stock]:
    """The orders of a wave and the stock their claims are placed on, without what is past its date."""
    settled = set[str]()
    while True:
        some = ready(act.conn, eligible(act.conn, asked.owner, until), policy, asked.max_orders)
        items = {claim.item for entry in some for claim in entry.claims}
        stock = look(act.conn, asked.owner, sorted(items), act.posted_at)
        short = stock.short.keys() - settled
        if not short:
            return some, stock
        settle(act, asked.owner, short)
        settled |= short


def wave_document(conn: Connection, code: str) -> dict[str, object]:
    """What a wave did.

    Raises:
        Missing: no such wave.
    """
    found = conn.scalar(_document, {"which": code})
    if found is None:
        raise missing("wave", code)
    return dict(json.loads(found))


@dataclass(slots=True)
class _Run:
    """One wave while it is released: its parcels, what it left, what it costs, plans that did not hold."""

    act: Act
    asked: WaveAsked
    code: str
    policy: AllocationPolicy
    plan: Planned | None
    parcels: list[dict[str, object]] = field(default_factory=list)
    left: list[dict[str, object]] = field(default_factory=list)
    cost: int = 0
    fallen: Mapping[str, str] = field(default_factory=dict)

    def release(self, some: Sequence[Ready], stock: Stock) -> None:
        """Sources and sends, and then again what is left: stock is another once others took theirs."""
        waiting, open_ends = list(some), dict[str, _Told]()
        for turn in range(_ROUNDS):
            made, again = len(self.parcels), list[Row[Any]]()
            for told in self._sourced(waiting, stock, first=not turn):
                order = told.entry.order
                if told.released.parcels:
                    self._list(told)
                before = open_ends.pop(order.code, None)
                if before is not None and before.released.parcels:
                    self._note(before, [])
                if told.left:
                    open_ends[order.code] = told
                    again.append(order)
                else:
                    self._note(told, [])
            if len(self.parcels) == made or not again:
                break
            waiting = self._still(again)
        for told in open_ends.values():
            self._note(told, told.left)
            self.left += [{"order": told.entry.order.code, **line} for line in told.left]

    def _still(self, again: Sequence[Row[Any]]) -> list[Ready]:
        """Orders that may have more parcels."""
        return ready(self.act.conn, again, self.policy, len(again))

    def _sourced(self, waiting: Sequence[Ready], stock: Stock, *, first: bool) -> Iterator[_Told]:
        """Chooses sites for orders and makes their parcels, one after the other."""
        sourced = to_source(self.act.conn, self.asked, waiting, stock, self.act.posted_at)
        by_code = {entry.order.code: entry for entry in waiting}
        for explained in self._solved(sourced, first=first):
            entry = by_code[explained.plan.order]
            yield _Told(entry, explained, self._send(entry, explained.plan, stock))

    def _solved(self, sourced: Sourced, *, first: bool) -> tuple[Explanation, ...]:
        if self.plan is None or not first:
            return in_strict_order(as_sent(sourced)).explanations
        held = standing(self.plan, sourced)
        self.fallen = held.fallen
        return (*held.kept, *in_strict_order(as_sent(held.rest)).explanations)

    def _send(self, entry: Ready, plan: Plan, stock: Stock) -> Released:
        """Makes the parcels of a plan out of the order's claims."""
        left = dict(entry.groups)
        sendings = list[Sending]()
        for parcel in plan.parcels:
            claims = list[LineClaim]()
            for piece in parcel.pieces:
                taken = take(left[piece.line], piece.qty)
                left[piece.line] = rest(left[piece.line], taken)
                claims += taken
            sendings.append(Sending(parcel.site, together(claims)))
        return release(
            self.act,
            entry.order,
            sendings,
            stock.covers,
            new_code=lambda: new_parcel(self.act.conn),
            wave=self.code,
            complete=entry.complete,
        )

    def _list(self, told: _Told) -> None:
        self.parcels += [{"order": told.entry.order.code, **parcel} for parcel in told.parcels]
        self.cost += told.explained.plan.cost.total

    def _note(self, told: _Told, left: Sequence[Mapping[str, object]]) -> None:
        """Notes with the order what was sent from where, and why."""
        explained = told.explained
        document: dict[str, object] = {
            "wave": self.code,
            "rule": explained.rule,
            "why": explained.why,
            "cost": explained.plan.cost.total,
            "parcels": told.parcels,
            "refused": [
                {"sites": list(refusal.sites), "rule": refusal.rule, "why": refusal.why}
                for refusal in explained.refused[:_REFUSALS]
            ],
            "left": left,
        }
        for name, plan in (("runner_up", explained.runner_up), ("strict", explained.strict)):
            if plan is not None:
                document[name] = {"sites": list(plan.sites), "cost": plan.cost.total}
        subject = f"order:{told.entry.order.code}"
        note(self.act, [Decision(subject, SOURCED, document, self.policy.version)])


@dataclass(frozen=True, slots=True)
class _Told:
    """What was decided for an order in one round, and what became of it."""

    entry: Ready
    explained: Explanation
    released: Released

    @property
    def _skus(self) -> dict[int, str]:
        return {claim.line: claim.sku for claim in self.entry.claims}

    @property
    def parcels(self) -> list[dict[str, object]]:
        """Its parcels as they are stored."""
        days = {parcel.site: parcel.leaves for parcel in self.explained.plan.parcels}
        return [
            {
                "parcel": code,
                "site": site,
                "leaves": days[site].isoformat(),
                "lines": [{"line": n, "sku": self._skus[n], "qty": qty} for n, qty in lines.items()],
            }
            for code, site, lines in self.released.parcels
        ]

    @property
    def left(self) -> list[dict[str, object]]:
        """What of the order stays, and why."""
        sent = Counter[int]()
        for _, _, lines in self.released.parcels:
            sent.update(lines)
        shared = {claim.line for claim in self.released.misfits}
        return [
            {
                "line": line,
                "sku": self._skus[line],
                "qty": qty - sent[line],
                "why": _SHARED if line in shared else _NONE,
            }
            for line, qty in by_line(self.entry.claims).items()
            if qty > sent[line]
        ]


_SHARED, _NONE = "other claims need the units of the site that was chosen", "no site sends it"
_document = select(wave.c.document).where(wave.c.code == bindparam("which"))
