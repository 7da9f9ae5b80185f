"""Units that no rule decides about: they wait, each for a reason of its own, whatever their grade."""

from __future__ import annotations

from app.domain.policy import Decision, Outcome, Policy
from app.workflows.bench.state import Job, Pick

WRONG_ITEM = "hold_wrong_item"
BLIND = "hold_blind"
SERIAL_UNKNOWN = "hold_serial_unknown"
LOT_UNKNOWN = "hold_lot_unknown"
UNIDENTIFIED = "hold_unidentified"

_WHY = {
    WRONG_ITEM: "not on the return",
    BLIND: "waits for its sale",
    SERIAL_UNKNOWN: "no serial on it",
    LOT_UNKNOWN: "no lot on it",
    UNIDENTIFIED: "nobody could name it",
}


def held(job: Job, pick: Pick, policy: Policy) -> Decision | None:
    """Why and where the unit in the hand waits; None when a rule decides about it."""
    name = _hold(job, pick)
    if name is None:
        return None
    return Decision(_outcome(policy, name), "held", _WHY[name], policy.version)


def _hold(job: Job, pick: Pick) -> str | None:
    if pick.unknown:
        return UNIDENTIFIED
    if pick.wrong_item:
        return WRONG_ITEM
    if pick.again.unit.blind if pick.again else job.rma is None:
        return BLIND
    # Sellable stock of such an item is told apart by what this unit does not show.
    if pick.item.has_serial and not pick.serial:
        return SERIAL_UNKNOWN
    if pick.item.has_lot and not pick.lot:
        return LOT_UNKNOWN
    return None


def _outcome(policy: Policy, name: str) -> Outcome:
    """The policy's own hold of that name; a policy that lacks it holds the unit as it does wrong items."""
    own = (outcome for outcome in policy.outcomes if outcome.disposition == name)
    return next(own, None) or policy.outcome(WRONG_ITEM)
