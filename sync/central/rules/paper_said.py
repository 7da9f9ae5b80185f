"""What the papers of a consignment are about: its goods, hands and certificate, and which paper it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.account import Account
from app.domain.refusal import Refused
from sync.central.rules.consignment import Route
from sync.central.rules.evidence import UNTOLD, Story


class Kind(StrEnum):
    """Which paper of a consignment."""

    CLAIM = "claim"
    MANIFEST = "manifest"
    DONATION = "donation"
    DISPOSAL = "disposal"


_ROUTES: Mapping[str, frozenset[str]] = {
    Kind.CLAIM: frozenset({Route.VENDOR_RETURN}),
    Kind.MANIFEST: frozenset({Route.LIQUIDATE}),
    Kind.DONATION: frozenset({Route.DONATE}),
    Kind.DISPOSAL: frozenset({Route.RECYCLE, Route.SCRAP}),
}


@dataclass(frozen=True, slots=True)
class Goods:
    """A line as papers need it; `cost_minor` of all its units, `value_minor` of one by the item's record."""

    line: int
    name: str
    held: Account
    qty: int
    cost_minor: int
    value_minor: int
    regulated: str | None = None
    rejected: int = 0
    why: str | None = None
    story: Story = UNTOLD


@dataclass(frozen=True, slots=True)
class Handover:
    """Goods that went from one hand to another."""

    at: str
    given_by: str
    taken_by: str
    place: str
    seal: str | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the processor certified."""

    number: str
    processor: str
    issued_on: str
    weight_g: int | None
    units: int | None
    witness: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """All that the papers of one consignment say; `left_at` is None before it left."""

    code: str
    owner: str
    site: str
    route: str
    counterpart: str
    reference: str | None
    state: str
    currency: str
    policy: str | None
    left_at: str | None
    goods: tuple[Goods, ...]
    handovers: tuple[Handover, ...] = ()
    certificate: Certificate | None = None
    settlement: Mapping[str, object] | None = None


def require_kind(said: Said, kind: Kind) -> None:
    """Refuses a paper that a consignment of that route does not have.

    Raises:
        Refused: it has another one.
    """
    if said.route not in _ROUTES[kind]:
        own = next(one.value for one in Kind if said.route in _ROUTES[one])
        raise Refused(
            "consignment.paper",
            f"Read {kind.value} for consignment {said.code}, which goes by {said.route}.",
            f"Expected {own}.",
            f"Ask for {own}.pdf or {own}.csv.",
        )


def own_kind(route: str) -> Kind:
    """The paper that goes with a route."""
    return next(kind for kind in Kind if route in _ROUTES[kind])


def photos_of(said: Said) -> tuple[str, ...]:
    """The photos of its units, by hash, each once."""
    return tuple(dict.fromkeys(photo for goods in said.goods for photo in goods.story.photos))


def unit_text(held: Account) -> str:
    """What tells units of an account apart."""
    parts = {"label": held.label, "serial": held.serial, "lot": held.lot}
    return ", ".join(f"{name} {part}" for name, part in parts.items() if part) or "not told apart"
