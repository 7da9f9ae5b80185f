"""A batch of events leaves the centre as the same events one by one do.

But for stock that comes and goes again within a batch: only what is left of it is judged and promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

from app.domain.account import Status
from app.domain.event import EventKind
from sync.central.store.tables import (
    account,
    balance,
    exception,
    feed,
    move,
    order_line,
    rma,
    rma_done,
    rma_event,
    rma_line,
)
from tests.centre import SeededIds
from tests.sync.central.shop import STATION, Shop, open_shop

OTHER = "6e" * 16

# What a station does: (step, RMA or earlier step, line, item, quantity, station).
Step = tuple[str, int, int, str, int, str]
steps = st.lists(
    st.tuples(
        st.sampled_from(["arrive", "dispose", "dispose", "dispose", "finish", "undo", "undo", "undo_later"]),
        st.integers(0, 11),
        st.integers(1, 3),
        st.sampled_from(["A", "B", "K", "X"]),
        st.integers(1, 3),
        st.sampled_from([STATION, OTHER]),
    ),
    min_size=1,
    max_size=14,
)


class NumberedIds(SeededIds):
    """Stations' events are e-1, e-2, and so on."""

    def __init__(self) -> None:
        super().__init__()
        self._given = 0

    def event_id(self, now_ms: int) -> str:  # noqa: ARG002 - counted, not timed
        self._given += 1
        return f"e-{self._given}"


def furnished(shop: Shop) -> list[str | None]:
    """Two RMAs, one code nobody authorized, and none; orders that wait for stock."""
    shop.items("A", "B", {"sku": "K", "name": "K", "components": [{"sku": "A", "qty": 2}]})
    shop.policy()
    shop.receive({"A": 5, "B": 5})
    shop.order({"A": 5, "B": 5}, ship="available", customer="c-1")
    codes = [shop.authorize(units, customer="c-1")["rma"] for units in ({"A": 3, "B": 1}, {"B": 2, "A": 2})]
    for day, sku in enumerate("ABKA", 3):
        shop.order({sku: 2}, day=day)
    return [*codes, "R-77-1", None]


def play(shop: Shop, codes: Sequence[str | None], some: Sequence[Step]) -> None:
    made = list[str]()
    for step, which, line, sku, qty, origin in some:
        code = codes[which % len(codes)]
        if step == "arrive":
            made.append(shop.at_station(EventKind.RETURN_ARRIVED, origin=origin, rma=code))
        elif step == "dispose":
            status = Status.SELLABLE if qty < 3 else Status.DAMAGED
            made.append(
                shop.disposition(
                    sku, qty, status=status, origin=origin, rma=code, line=line, label=f"L07-{len(made)}-X"
                )
            )
        elif step == "finish":
            missing = [{"line": line, "qty": qty}]
            made.append(shop.at_station(EventKind.RETURN_FINISHED, origin=origin, rma=code, missing=missing))
        else:
            # `undo_later` names an event that is still to come, if it ever does.
            ahead = f"e-{len(made) + 2 + which % 4}"
            of = made[which % len(made)] if made and step == "undo" else ahead
            made.append(shop.at_station(EventKind.RETURN_UNDONE, origin=origin, corrects=of, reason="r"))


def left(shop: Shop) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that events derive, without the numbers of rows."""

    def rows(table: Table, *columns: str) -> list[tuple[Any, ...]]:
        asked = select(*(table.c[name] for name in columns))
        return sorted((tuple(row) for row in shop.ask(lambda conn: conn.execute(asked).all())), key=repr)

    found = {
        "rma": rows(rma, "code", "state", "finished"),
        "lines": rows(rma_line, "rma", "line", "state", "missing"),
        "done": rows(rma_done, "rma", "line", "station", "qty"),
        "remembered": rows(rma_event, "rma", "event_id"),
        "orders": rows(order_line, "order", "line", "reserved", "shipped", "cancelled"),
        "cases": rows(exception, "key", "state", "fix", "money_minor"),
        "moves": rows(move, "n", "qty", "kind"),
    }
    balances = select(account.c.key, balance.c.qty).join_from(balance, account)
    found["balances"] = sorted(
        (tuple(row) for row in shop.ask(lambda conn: conn.execute(balances).all())), key=repr
    )
    latest = select(feed.c.key, feed.c.document).where(feed.c.kind == "rma").order_by(feed.c.pos)
    found["feed"] = sorted(dict(map(tuple, shop.ask(lambda conn: conn.execute(latest).all()))).items())
    return found


@settings(max_examples=12, deadline=None)
@given(some=steps)
def test_a_batch_leaves_what_its_events_leave_one_by_one(tmp_path_factory: Any, some: list[Step]) -> None:
    ends = []
    for together in (False, True):
        folder: Path = tmp_path_factory.mktemp("shop")
        with open_shop(folder) as shop:
            codes = furnished(shop)
            shop.ids = NumberedIds()
            with shop.together() if together else nullcontext():
                play(shop, codes, some)
            ends.append(left(shop))
    assert ends[1] == ends[0]
