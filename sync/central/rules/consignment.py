"""Consignments: goods that leave for good together, by one route to one counterpart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from app.domain.account import Account
from app.domain.item import Item
from app.domain.policy import Policy
from app.domain.policy.leaving import AS_EVER, DISPOSAL, ENDS, Regulated
from app.domain.policy.routes import Blocked
from app.domain.policy.scope import Case
from app.domain.refusal import Refused
from sync.central.rules.outcomes import Conflict


class Route(StrEnum):
    """How goods leave for good."""

    VENDOR_RETURN = "vendor_return"
    LIQUIDATE = "liquidate"
    DONATE = "donate"
    RECYCLE = "recycle"
    SCRAP = "scrap"


class State(StrEnum):
    """Where a consignment is."""

    DRAFTED = "drafted"
    PACKED = "packed"
    DEPARTED = "departed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


REVERSED = "reversed"
"""The step by which a departed consignment is packed again: the goods came back."""

OPEN = (State.DRAFTED, State.PACKED)
"""States in which its units are still here, and held by it."""

_AFTER: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.DRAFTED: frozenset({State.PACKED, State.CANCELLED}),
        State.PACKED: frozenset({State.DEPARTED, State.CANCELLED}),
        State.DEPARTED: frozenset({State.SETTLED}),
    }
)


def require_step(code: str, state: str, wanted: State) -> None:
    """Refuses a step that does not follow from where a consignment is.

    Raises:
        Conflict: it does not.
    """
    if wanted not in _AFTER.get(State(state), frozenset()):
        before = [one.value for one, after in _AFTER.items() if wanted in after]
        _refuse_state(code, state, before)


def require_state(code: str, state: str, *wanted: State) -> None:
    """Refuses what can be done in some states only.

    Raises:
        Conflict: it is in another one.
    """
    if state not in wanted:
        _refuse_state(code, state, [one.value for one in wanted])


def _refuse_state(code: str, state: str, wanted: Sequence[str]) -> None:
    raise Conflict(
        "consignment.state",
        f"Consignment {code} is {state}.",
        f"Expected {' or '.join(wanted)}.",
        "Look at its steps.",
    )


def end_of(route: str) -> str:
    """The virtual end that a route leads to."""
    return str(ENDS[route])


def takes(policy: Policy | None, route: str, held: Account) -> bool:
    """Whether units in the state of an account may leave by a route; without a policy, as ever."""
    return (policy.leaving if policy else AS_EVER).takes(route, held.status, held.reason)


def blocked(policy: Policy | None, route: str, held: Account, its: Item) -> Blocked | None:
    """The rule that forbids a route to units; one whose grade nobody knows is judged as every grade.

    What a rule says of opened goods is not got round by goods that nobody looked at.
    """
    if policy is None:
        return None
    known = [grade.code for grade in policy.grades]
    category = policy.known(its.category)
    for grade in [held.grade] if held.grade in known else known:
        found = policy.routes.blocked(route, Case(category, grade or "", its.hazardous))
        if found is not None:
            return found
    return None


def regulation(policy: Policy | None, its: Item) -> Regulated | None:
    """Why an item may not simply be thrown away; None when it may."""
    if policy is None:
        return None
    return policy.regulation(its.category, hazardous=its.hazardous, serial_traced=its.has_serial)


def require_fit(policy: Policy | None, route: str, held: Account, its: Item) -> None:
    """Refuses units that may not leave by a route.

    Raises:
        Refused: a rule of the policy blocks the route, whose name is said; or their state is none of it.
    """
    rule = blocked(policy, route, held, its)
    if rule is not None:
        raise Refused(
            "consignment.blocked",
            f"{named(held)} may not leave by {route}: {rule.name}.",
            "Expected a route that no rule blocks for such goods.",
            "Choose another route; no role can override this one.",
        )
    if not takes(policy, route, held):
        states = (policy.leaving if policy else AS_EVER).of(route)
        raise Refused(
            "consignment.state_of_unit",
            f"{named(held)} at {held.location} is {shown_state(held)}.",
            f"Expected {' or '.join(states) or 'nothing: no state'} for {route}.",
            "Have it decided first: graded at a bench, written off, or matched.",
        )


def needed_papers(route: str, found: Regulated | None) -> tuple[str, ...]:
    """What goods need that leave by a route: only a disposal of regulated goods needs papers."""
    return found.papers if found is not None and route in DISPOSAL else ()


def shown_state(held: Account) -> str:
    """A status with its reason, as policies write it."""
    return f"{held.status}.{held.reason}" if held.reason else str(held.status)


def named(held: Account) -> str:
    """A unit, as people name it."""
    unit = held.label or held.serial
    return f"{held.item} ({unit})" if unit else held.item


def still_waiting(waiting: int, later: int, qty: int) -> int:
    """How many units of a write-off still wait, of all that wait, when those of later ones leave last."""
    return max(0, min(qty, waiting - later))
