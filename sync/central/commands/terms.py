"""On which terms an order is taken: its own where it says so, else those of its channel's policy."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.commands.requests import Order
from sync.central.rules.allocation_policy import AllocationPolicy, ScoredOrder
from sync.central.store.act import Act


@dataclass(frozen=True, slots=True)
class Terms:
    """How an order is ranked, claimed and filled.

    `parts` say how the priority came about; `life_days` is how long its units must be good at least; `waits`
    says why it takes no stock yet, empty when it may; `policy` is the version of the allocation policy.
    """

    priority: int
    claim: str
    fill: str
    life_days: int
    waits: str
    parts: tuple[tuple[str, int], ...]
    policy: str

    def rank(self) -> dict[str, object]:
        """The priority and its parts, as a decision keeps them."""
        return {"priority": self.priority, "parts": [list(part) for part in self.parts]}


def terms_of(act: Act, asked: Order, policy: AllocationPolicy) -> Terms:
    """The terms of an order under a policy.

    Raises:
        Refused: its channel does not serve the region it goes to.
    """
    rule = policy.channel(asked.channel)
    if not rule.serves(asked.region):
        raise Refused(
            "order.region",
            f"Read an order of channel {asked.channel} to {asked.region}.",
            f"Expected another region: policy {policy.version} says that {asked.channel} does not serve "
            f"{', '.join(rule.not_served)}.",
            "Send it by another channel, or change the policy.",
        )
    score = policy.score(
        ScoredOrder(
            asked.channel,
            asked.at,
            asked.service_level,
            asked.wholesale,
            asked.wanted_by,
            asked.late_penalty_minor,
            asked.priority,
        ),
        act.posted_at,
    )
    waits = ""
    if policy.beyond_horizon(asked.wanted_by, act.posted_at) and asked.wanted_by is not None:
        waits = (
            f"It is wanted by {to_text(asked.wanted_by)[:10]}, more than {policy.horizon_days} days ahead."
        )
    return Terms(
        score.priority,
        asked.claim or str(rule.claim),
        asked.fill or str(rule.fill),
        rule.least_life_days,
        waits,
        score.parts,
        policy.version,
    )
