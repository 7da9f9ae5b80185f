"""All units of a play: held by channels, freed, gone, kept back, past their date."""

from __future__ import annotations

from app.domain.item import Component
from sync.central.rules.promise import Offer
from sync.central.rules.simulation.standing import Standing
from sync.central.rules.simulation.stockroom import Stockroom
from tests.sync.central.rules.simulation.worlds import ONE, day, facts, line, policy, world

KEPT = policy("2", '[[allotment]]\nchannel = "shop"\nitem = "A"\nqty = 4\nfrom = 2025-12-01T00:00:00Z')


def holding_three(by_channel: str = "shop") -> tuple[Stockroom, Standing]:
    """Six units, three of them promised to a line."""
    room = Stockroom(world({"A": 6}), KEPT)
    standing = Standing.of(line(facts(1, by_channel), "A", 3), (), KEPT, day(1))
    room.promise(standing, standing.take(Offer(room.covers).grant(standing.asking()), day(1)))
    return room, standing


def test_what_is_kept_for_a_channel_shrinks_with_what_it_holds_and_had_shipped() -> None:
    room, standing = holding_three()
    assert room.kept(KEPT, ["A"], day(2)) == {"A": {"shop": 1}}
    standing.out = 2
    room.leave(standing, day(2))
    assert (room.left["A"], room.holding("A").units, standing.held) == (2, 4, 1)
    assert room.kept(KEPT, ["A"], day(3)) == {"A": {"shop": 1}}
    assert holding_three("web")[0].kept(KEPT, ["A"], day(2)) == {"A": {"shop": 4}}


def test_a_kit_that_is_made_up_takes_its_components_from_their_allotment() -> None:
    kit = {"KIT": (Component("A", 2),)}
    room = Stockroom(world({"A": 6}, kits=kit), KEPT)
    standing = Standing.of(line(facts(1, "shop"), "KIT", 1), kit["KIT"], KEPT, day(1))
    room.promise(standing, standing.take(Offer(room.covers).grant(standing.asking()), day(1)))
    assert room.kept(KEPT, ["A"], day(2)) == {"A": {"shop": 2}}
    standing.out = 1
    room.leave(standing, day(2))
    assert room.kept(KEPT, ["A"], day(3)) == {"A": {"shop": 2}}


def test_freed_units_are_anybodys() -> None:
    room, standing = holding_three()
    assert (room.holding("A").cover.spare(), room.hope("A")) == (3, True)
    assert room.free(standing, standing.give(3)) == {"A"}
    assert room.holding("A").cover.spare() == 6
    assert not room.hope("B")


def test_a_date_that_passes_takes_units_away() -> None:
    room, standing = holding_three()
    room.holding("A").change(ONE._replace(good_until="2026-01-05"), 2)
    room.holding("A").change(ONE, -4)
    assert room.dawn("2026-01-05") == []
    assert room.dawn("2026-01-06") == ["A"]
    assert (standing.held, room.holding("A").lost) == (3, 1)


def test_only_covers_of_its_items_are_listed() -> None:
    room = Stockroom(world({"A": 6, "B": 1}), KEPT)
    assert (list(room.covers), len(room.covers)) == (["A", "B"], 2)
    assert [sku for sku, _ in room.holdings()] == ["A", "B"]
