"""From which state goods leave by which route, and which of them are regulated."""

from __future__ import annotations

import pytest

from app.bootstrap import resources
from app.domain.account import Status
from app.domain.place import Virtual, is_virtual
from app.domain.policy import read_policy
from app.domain.policy.changes import changes
from app.domain.policy.leaving import AS_EVER, ASKED_ANEW, ENDS, GIVEN_AWAY, GIVEN_OUTRIGHT
from app.domain.refusal import Refused
from tests.app.domain.policy.small import SMALL

DECAY = """
[[regulated]]
name = "food"
categories = ["toys"]
papers = ["certificate"]
days = 9
"""
WIDE = '[leaving]\nscrap = ["quarantined.awaiting_disposal", "damaged"]\n'


def refusal_of(source: str) -> Refused:
    with pytest.raises(Refused) as no:
        read_policy(source, "small")
    return no.value


def test_without_a_table_undecided_goods_go_to_nobody() -> None:
    policy = read_policy(SMALL, "small")
    assert policy.leaving == AS_EVER
    for route in ENDS:
        assert not policy.leaving.takes(route, Status.SELLABLE, None)
        assert not policy.leaving.takes(route, Status.QUARANTINED, "inspection")
        assert not policy.leaving.takes(route, Status.QUARANTINED, "blind_return")
    assert policy.leaving.takes("vendor_return", Status.DAMAGED, None)
    assert policy.leaving.takes("scrap", Status.QUARANTINED, "awaiting_disposal")
    assert not policy.leaving.takes("scrap", Status.DAMAGED, None)
    assert not policy.leaving.takes("sell", Status.DAMAGED, None)


def test_every_route_has_an_end_of_its_own() -> None:
    assert len(set(ENDS.values())) == len(ENDS)
    assert all(is_virtual(end) and end in set(Virtual) for end in ENDS.values())


def test_a_table_changes_the_routes_it_names_alone() -> None:
    policy = read_policy(SMALL + WIDE, "small")
    assert policy.leaving.takes("scrap", Status.DAMAGED, None)
    assert policy.leaving.of("recycle") == AS_EVER.of("recycle")
    told = list(changes(read_policy(SMALL, "small"), policy))
    before = "quarantined.awaiting_disposal"
    assert told == [f"Leaving by scrap: {f'{before}, damaged'!r} instead of {before!r}."]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('[leaving]\nscrap = ["sellable"]', "'sellable'"),
        ('[leaving]\nscrap = ["in_transit"]', "'in_transit'"),
        ('[leaving]\nscrap = ["broken"]', "'broken'"),
        ('[leaving]\nscrap = ["quarantined"]', "'quarantined'"),
        ('[leaving]\nscrap = ["damaged.badly"]', "'damaged.badly'"),
        ('[leaving]\ndonate = ["quarantined.awaiting_disposal"]', "waits for its disposal"),
        (DECAY + 'reason = "rots"', "no route takes what is quarantined for rots"),
        (DECAY + DECAY, "stands twice"),
        (DECAY.replace("toys", "drinks"), "'drinks'"),
    ],
)
def test_a_mistake_is_named_with_its_line(table: str, words: str) -> None:
    refusal = refusal_of(SMALL + table)
    assert refusal.code == "policy.leaving"
    assert words in refusal.read
    assert "line" in refusal.read


@pytest.mark.parametrize(
    "table",
    [
        "[leaving]\nsell = []",
        DECAY.replace('["certificate"]', "[]"),
        DECAY.replace('["certificate"]', '["oath"]'),
        DECAY.replace('["certificate"]', '["certificate", "certificate"]'),
        DECAY.replace('categories = ["toys"]\n', ""),
        DECAY.replace("days = 9", "days = -1"),
        DECAY + "soon = true",
    ],
)
def test_a_field_that_does_not_fit_is_refused(table: str) -> None:
    assert refusal_of(SMALL + table).code == "fields.wrong"


def test_a_reason_of_its_own_needs_a_way_out() -> None:
    table = '[leaving]\nscrap = ["quarantined.rots"]\n' + DECAY + 'reason = "rots"'
    (found,) = read_policy(SMALL + table, "small").regulated
    assert (found.reason, found.days, found.papers) == ("rots", 9, ("certificate",))


def test_goods_are_regulated_by_category_hazard_or_serial() -> None:
    policy = read_policy(resources.policy_source(), "shipped")

    def name(category: str, *, hazardous: bool = False, serial: bool = False) -> str | None:
        found = policy.regulation(category, hazardous=hazardous, serial_traced=serial)
        return found.name if found else None

    assert name("default") is None
    assert name("of-tomorrow") is None
    assert name("consumables") == "food, health goods and cosmetics"
    assert name("electronics", serial=True) == "electrical and electronic waste"
    assert name("toys", serial=True) == "goods traced by serial"
    assert name("consumables", hazardous=True) == "hazardous goods"


def test_a_block_may_name_a_route_that_no_bench_decides() -> None:
    table = '[[blocked]]\nname = "no gifts"\nroutes = ["donate"]\n'
    assert read_policy(SMALL + table, "small").routes.blocks[0].routes == ("donate",)


def test_what_is_given_away_leaves_for_nothing_at_once_or_once_it_is_asked_for() -> None:
    assert GIVEN_AWAY == GIVEN_OUTRIGHT | ASKED_ANEW
    assert not GIVEN_OUTRIGHT & ASKED_ANEW
    assert set(ENDS) - GIVEN_AWAY == {"vendor_return", "liquidate"}
