"""Orders on their way, in any order of steps: after each one every law holds, on both databases."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.refusal import Refused
from sync.central.commands.dispatch_asked import WaveAsked
from sync.central.commands.wave_planning import look_ahead
from sync.central.rules.sourcing.parts import as_sent
from sync.central.rules.sourcing.shapes import Gain
from sync.central.rules.sourcing.standing import Planned
from sync.central.rules.sourcing.strict import in_strict_order
from sync.central.store.tables import customer_order, parcel
from tests.postgres import Cluster
from tests.sync.central.shop import OWNER, Shop, open_shop

SKUS = ("A", "B", "KIT")
PLACES = ("WH1-A", "WH2-A")
SITES = (None, "WH1", "WH2")
# A step: what is done, to which of its kind, and two numbers that it makes of what it needs.
Step = tuple[str, int, int, int]


class Way:
    """A shop of two sites and everything that can happen between an order and the door."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.planned: Planned | None = None
        kit = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
        shop.items("A", "B", kit)
        shop.sites(**{"WH2-A": "WH2"})
        shop.receive({"A": 6, "B": 3})
        shop.receive({"A": 4, "B": 3, "KIT": 1}, place="WH2-A")

    def orders(self) -> list[str]:
        """Codes of all orders."""
        asked = select(customer_order.c.code).order_by(customer_order.c.id)
        return self.shop.ask(lambda conn: list(conn.scalars(asked)))

    def parcels(self) -> list[str]:
        """Codes of all parcels."""
        asked = select(parcel.c.code).order_by(parcel.c.code)
        return self.shop.ask(lambda conn: list(conn.scalars(asked)))

    def take(self, step: Step) -> None:
        """Takes one step; a refusal is one of two right outcomes."""
        what, which, one, two = step
        try:
            getattr(self, what)(which, one, two)
        except Refused as no:
            assert no.code.partition(".")[0] in {"order", "parcel", "reservation"}, no  # noqa: PT017 - see above

    def _some(self, found: Sequence[str], which: int, do: Callable[[str], Any]) -> None:
        if found:
            do(found[which % len(found)])

    def capture(self, which: int, one: int, two: int) -> None:
        """An order of two lines, on varying terms."""
        lines = [
            {"line": 1, "sku": SKUS[which % 3], "qty": one + 1},
            {"line": 2, "sku": SKUS[two % 3], "qty": two + 1},
        ]
        terms: dict[str, Any] = {
            "claim": ("soft", "hard")[one % 2],
            "fill": ("partial", "partial", "complete")[two % 3],
            "priority": which + 1,
            "site": SITES[(which + two) % 3],
        }
        self.shop.order(lines, **terms)

    def receive(self, which: int, one: int, two: int) -> None:
        """Goods at either site."""
        self.shop.receive({SKUS[which % 3]: one + 1}, place=PLACES[two % 2])

    def count(self, which: int, one: int, two: int) -> None:
        """Fewer or more than thought."""
        self.shop.count(SKUS[which % 2], (one + 1) * (-1, -1, 1)[two % 3], PLACES[two % 2])

    def release(self, _which: int, one: int, two: int) -> None:
        """A wave."""
        sites = SITES[two % 3]
        self.shop.wave(sites=[sites] if sites else None, max_orders=one + 1)

    def plan(self, _which: int, one: int, _two: int) -> None:
        """A wave is planned, and released after whatever comes next."""
        asked = WaveAsked(owner=OWNER, max_orders=one + 1)
        wave = self.shop.ask(lambda conn: look_ahead(conn, asked, self.shop.clock.now()))
        gain = Gain(0, 0, None, 0, 0.0, "improved")
        self.planned = Planned(wave, in_strict_order(as_sent(wave)), gain)

    def release_planned(self, _which: int, one: int, _two: int) -> None:
        """A wave that was planned some steps ago, or twice."""
        self.shop.wave_as(self.planned, max_orders=one + 1)

    def pick(self, which: int, _one: int, _two: int) -> None:
        """A parcel, whole."""
        self._some(self.parcels(), which, self.shop.pick)

    def pick_short(self, which: int, one: int, two: int) -> None:
        """A parcel in which some units are not found."""
        self._some(self.parcels(), which, lambda code: self.shop.pick(code, {two % 2 + 1: one % 3}))

    def pack(self, which: int, _one: int, _two: int) -> None:
        """A parcel is closed."""
        self._some(self.parcels(), which, self.shop.pack)

    def send(self, which: int, _one: int, _two: int) -> None:
        """A parcel leaves."""
        self._some(self.parcels(), which, self.shop.send)

    def take_apart(self, which: int, _one: int, _two: int) -> None:
        """A parcel is cancelled."""
        self._some(self.parcels(), which, self.shop.take_apart)

    def ship(self, which: int, _one: int, _two: int) -> None:
        """What an order has reserved in no parcel."""
        self._some(self.orders(), which, self.shop.ship)

    def cancel(self, which: int, one: int, two: int) -> None:
        """Some units of an order, or all."""
        lines = [{"line": two % 2 + 1, "qty": one + 1}] if two else []
        self._some(self.orders(), which, lambda code: self.shop.cancel(code, lines=lines))

    def change(self, which: int, one: int, two: int) -> None:
        """Another quantity, wanted whole or not."""
        short = ("backorder", "refuse")[two % 2]
        self._some(self.orders(), which, lambda code: self.shop.change(code, {1: one + 1}, short=short))

    def move(self, which: int, one: int, two: int) -> None:
        """Another site."""
        short = ("backorder", "refuse")[one % 2]
        self._some(
            self.orders(), which, lambda code: self.shop.change(code, site=SITES[two % 3], short=short)
        )

    def block(self, which: int, one: int, two: int) -> None:
        """An order block that keeps or frees."""
        kind = ("fraud", "credit", "review")[one % 3]
        more = {"keep": two % 2 == 0} if two % 3 else {}
        self._some(self.orders(), which, lambda code: self.shop.block(code, kind, **more))

    def unblock(self, which: int, _one: int, _two: int) -> None:
        """It goes on."""
        self._some(self.orders(), which, self.shop.unblock)


VERBS = [
    *("capture", "capture", "receive", "count", "release", "release", "pick", "pick_short", "pack", "send"),
    *("plan", "release_planned", "take_apart", "ship", "cancel", "change", "move", "block", "unblock"),
]
number = st.integers(0, 5)
steps = st.lists(st.tuples(st.sampled_from(VERBS), number, number, number), min_size=4, max_size=25)


def play(url: str | None, some: Sequence[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_shop(Path(folder), url) as shop:
        way = Way(shop)
        for step in some:
            way.take(step)
            shop.prove()


@settings(max_examples=settings().max_examples // 4, deadline=None)
@given(some=steps)
def test_every_law_holds_after_every_step(some: list[Step]) -> None:
    play(None, some)


@settings(max_examples=5, deadline=None)
@given(some=steps)
def test_the_same_on_a_database_server(cluster: Cluster, some: list[Step]) -> None:
    play(cluster.database(), some)
