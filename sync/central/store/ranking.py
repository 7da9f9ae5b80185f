"""Priorities that time or a new policy changes: open orders that the policy ranks are scored anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, select, update

from app.domain.clock import from_text
from sync.central.rules.allocation_policy import AllocationPolicy, Score, ScoredOrder
from sync.central.rules.explain_dispatch import RERANKED
from sync.central.store.act import Act
from sync.central.store.allocation_policy import policy_in_force
from sync.central.store.decisions import Decision, note
from sync.central.store.tables import customer_order, order_line


def rescore(act: Act, owner: str | None, *, anew: bool = False) -> int:
    """Gives open orders the priority that the policy in force gives them now; how many it changed of.

    Orders with a priority of their own keep it. Nothing is read where the policy does not score by time,
    unless the policy itself is new.

    Args:
        act: what it belongs to.
        owner: whose orders, None for everybody's.
        anew: whether all are scored, because another policy is in force.
    """
    policy = policy_in_force(act.conn)
    if not anew and policy.scoring.ageing is None and not policy.scoring.ship_window:
        return 0
    asked = _ranked if owner is None else _ranked.where(customer_order.c.owner == owner)
    scored = [(row, _score(act, row, policy)) for row in act.conn.execute(asked).all()]
    changed = [(row, score) for row, score in scored if score.priority != row.priority]
    if changed:
        ranks = [{"which": row.id, "rank": score.priority} for row, score in changed]
        act.conn.execute(_rank_order, ranks)
        act.conn.execute(_rank_lines, ranks)
        note(act, [_decision(row, score, policy.version) for row, score in changed])
    return len(changed)


def _score(act: Act, row: Row[Any], policy: AllocationPolicy) -> Score:
    order = ScoredOrder(
        row.channel,
        from_text(row.placed_at),
        row.service_level,
        row.wholesale,
        from_text(row.wanted_by) if row.wanted_by else None,
        row.late_penalty_minor,
    )
    return policy.score(order, act.posted_at)


def _decision(row: Row[Any], score: Score, version: str) -> Decision:
    document = {"from": row.priority, "to": score.priority, "parts": [list(part) for part in score.parts]}
    return Decision(f"order:{row.code}", RERANKED, document, version)


_ranked = (
    select(customer_order)
    .where(customer_order.c.state == "open", customer_order.c.ranked.is_(True))
    .order_by(customer_order.c.id)
)
_rank_order = (
    update(customer_order).where(customer_order.c.id == bindparam("which")).values(priority=bindparam("rank"))
)
_rank_lines = (
    update(order_line).where(order_line.c.order == bindparam("which")).values(priority=bindparam("rank"))
)
