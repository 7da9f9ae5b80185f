"""Whatever is sent away, taken back, settled and written off, in any order: no unit and no cent is lost."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.domain.account import Status
from app.domain.refusal import Refused
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.tables import account, balance, consignment, journal_entry, journal_line
from tests.sync.central.outward import CERTIFICATE, Outward, both, open_outward

SKUS = ("A", "B", "S", "H", "L")
STATES = ("damaged", "refurbish", "quarantined.awaiting_write_off", "quarantined.inspection")
ROUTES = ("vendor_return", "liquidate", "donate", "recycle", "scrap")

returned = st.tuples(
    st.just("comes"),
    st.sampled_from(SKUS),
    st.sampled_from(STATES),
    st.integers(1, 3),
    st.sampled_from("ABCD"),
)
drafted = st.tuples(st.just("draft"), st.sampled_from(ROUTES), st.lists(st.integers(0, 9), max_size=3))
stepped = st.tuples(
    st.sampled_from(["pack", "depart", "back", "settle", "cancel", "hand", "remove"]), st.integers(0, 4)
)
written_off = st.tuples(st.just("write_off"), st.sampled_from(SKUS), st.integers(1, 2))
deeds = st.lists(st.one_of(returned, drafted, stepped, stepped, written_off), min_size=4, max_size=24)


class Trade:
    """Does what it is told, and is refused what cannot be."""

    def __init__(self, outward: Outward) -> None:
        self.outward = outward
        self.labels, self.codes = list[str](), list[str]()
        self.came = Counter[str]()

    def do(self, deed: tuple[Any, ...]) -> None:
        """One deed; a refusal changes nothing."""
        what, *more = deed
        own: dict[str, Any] = {"comes": self.comes, "draft": self.draft, "write_off": self.write_off}
        with suppress(Refused):
            if what in own:
                own[what](*more)
            else:
                self.step(what, *more)

    def step(self, what: str, number: int) -> None:
        if number >= len(self.codes):
            return
        code, do = self.codes[number], self.outward
        steps: dict[str, Any] = {
            "pack": do.packs,
            "depart": do.departs,
            "back": do.comes_back,
            "cancel": do.cancels,
            "hand": do.hands_over,
            "remove": lambda one: do.removes(one, 1),
            "settle": lambda one: do.settles(one, certificate=CERTIFICATE | {"witness": "Kim"}, fee_minor=3),
        }
        steps[what](code)

    def draft(self, route: str, units: list[int]) -> None:
        named = [{"label": self.labels[n]} for n in dict.fromkeys(units) if n < len(self.labels)]
        self.codes.append(self.outward.drafts(route, *named))

    def write_off(self, sku: str, qty: int) -> None:
        self.outward.writes_off(sku, qty, "V-02")

    def comes(self, sku: str, state: str, qty: int, grade: str) -> None:
        label = f"L07-{len(self.labels) + 1}-X"
        serial = f"s{len(self.labels)}" if sku == "S" else None
        units = 1 if serial else qty
        lot = "l1" if sku == "L" else None
        self.outward.returned(sku, label, qty=units, grade=grade, state=state, serial=serial, lot=lot)
        self.labels.append(label)
        self.came[sku] += units


def held_against_the_laws(trade: Trade) -> None:
    """Every unit that came is somewhere, none that is hazardous was sold on, and every entry balances."""
    with trade.outward.shop.database.read() as conn:
        rows = conn.execute(
            select(balance.c.qty, *ACCOUNT_COLUMNS).join_from(
                balance, account, balance.c.account == account.c.id
            )
        ).all()
        entries = conn.execute(
            select(func.sum(journal_line.c.minor))
            .join(
                journal_entry,
                (journal_entry.c.event == journal_line.c.event) & (journal_entry.c.n == journal_line.c.entry),
            )
            .group_by(journal_line.c.event, journal_line.c.entry)
        ).all()
        open_codes = set(conn.scalars(select(consignment.c.code)))
    standing = Counter[str]()
    for qty, *parts in rows:
        held = account_of(parts)
        if held.status is not None:
            standing[held.item] += int(qty)
        if held.item == "H" and held.status is Status.DISPOSED:
            assert held.location in {"@scrap", "@recycled"}
    assert {sku: qty for sku, qty in standing.items() if qty} == dict(trade.came)
    assert all(row[0] == 0 for row in entries)
    assert open_codes == set(trade.codes)


@settings(max_examples=15)
@given(deeds)
def test_no_unit_and_no_cent_is_lost_on_a_file(told: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_outward(Path(folder)) as outward:
        trade = Trade(outward)
        for deed in told:
            trade.do(deed)
        held_against_the_laws(trade)


@pytest.mark.parametrize("where", ["sqlite", "postgresql"], indirect=True)
def test_a_whole_story_keeps_the_laws_on_both_databases(tmp_path: Path, where: str | None) -> None:
    with open_outward(tmp_path, where) as outward:
        trade = Trade(outward)
        for sku in SKUS:
            trade.comes(sku, "damaged", 2, "D")
            trade.comes(sku, "quarantined.awaiting_write_off", 1, "C")
        for n, route in enumerate(ROUTES):
            trade.do(("draft", route, [n, n + 3]))
        for what in ("pack", "depart", "back", "depart", "hand", "settle"):
            for n in range(len(trade.codes)):
                trade.do((what, n))
        for sku in SKUS:
            trade.do(("write_off", sku, 1))
        held_against_the_laws(trade)
        rows = outward.shop.ask(lambda conn: conn.execute(select(consignment.c.state)).all())
        assert Counter(row.state for row in rows)["settled"] >= 2


@pytest.fixture
def where(request: pytest.FixtureRequest) -> str | None:
    return both(request)
