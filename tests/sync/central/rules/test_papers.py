"""Each route has its paper; it says what it must, adds up, and names no spreadsheet's formula."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.domain.paper import Paper
from sync.central.rules.evidence import Judged, Story
from sync.central.rules.paper_said import Certificate, Handover, Kind
from sync.central.rules.papers import paper
from tests.sync.central.rules.test_paper_said import goods, said

AT = "2026-11-22T10:00:00.000Z"


def words(found: Paper) -> str:
    rows = [row for part in found.parts if part.grid for row in part.grid.rows]
    facts = [*found.facts, *(fact for part in found.parts for fact in part.facts)]
    titles = [found.title, *(part.title for part in found.parts)]
    return "\n".join([*titles, *(" ".join(row) for row in (*facts, *rows))])


def test_a_lot_adds_up_by_item_grade_and_lot() -> None:
    lines = [goods(1, qty=2), goods(2, qty=3), goods(3, grade="D"), goods(4, grade=None), goods(5, lot="l1")]
    made = paper(said("liquidate", *lines), Kind.MANIFEST, {})
    grid = made.parts[0].grid
    assert grid is not None
    assert grid.rows[0] == ("A, Item A", "C", "", "5", "5.00", "12.50")
    assert len(grid.rows) == 4
    assert ("Units", "8") in made.facts
    assert ("Cost", "8.00 GBP") in made.facts
    assert made.parts[0].facts == (("Value new", "20.00 GBP, by the items' records"),)
    assert "What is given" in words(paper(said("donate", *lines), Kind.DONATION, {}))


def test_a_claim_has_a_part_for_each_unit_with_its_photos() -> None:
    story = Story(judged=[Judged(AT, "ana", "Bench 1", "D", None, None, None, photos=("aa", "bb"))])
    lines = [goods(1, story=story), goods(2, rejected=1, why="Worn out.")]
    settled = {"net_minor": 90, "rejected_minor": 100, "reference": "CN-7"}
    found = said("vendor_return", *lines, settlement=settled, state="settled")
    made = paper(found, Kind.CLAIM, {"aa": b"x"})
    assert [(one.digest, one.data) for one in made.parts[1].pictures] == [("aa", b"x"), ("bb", None)]
    for said_ in (
        "0.90 GBP",
        "CN-7",
        "1 unit, 1.00 GBP",
        "1 of 1: Worn out.",
        "D, on 2026-11-22 by ana at Bench 1",
    ):
        assert said_ in words(made), said_


def test_what_has_not_left_or_was_given_up_says_so() -> None:
    assert paper(said("liquidate", goods(1), left_at=None), Kind.MANIFEST, {}).title == (
        "Lot manifest: DRAFT, nothing has left"
    )
    cancelled = said("liquidate", goods(1), left_at=None, state="cancelled")
    assert paper(cancelled, Kind.MANIFEST, {}).title == "Lot manifest: CANCELLED"
    note = paper(said("scrap", goods(1)), Kind.DISPOSAL, {})
    assert note.title == "Disposal note: not certified yet"
    assert "Handovers none is on record" in words(note)
    assert "Goods to be destroyed" in words(note)


def test_a_disposal_shows_certificate_and_custody() -> None:
    one = Certificate("C-118", "FIRE", "2026-11-23", None, 3, None)
    chain = (Handover(AT, "Ana", "Meyer", "Dock 3", None), Handover(AT, "Meyer", "Plant", "Plant", "S-2"))
    found = said("recycle", goods(1, regulated="food"), certificate=one, handovers=chain)
    shown = words(paper(found, Kind.DISPOSAL, {}))
    for said_ in (
        "C-118",
        "not weighed",
        "Count 3",
        "Goods recycled",
        "food",
        "2026-11-22 10:00 Ana Meyer Dock 3",
    ):
        assert said_ in shown, said_
    weighed = replace(found, certificate=replace(one, weight_g=61, units=None, witness="Kim"))
    assert "61 g" in words(paper(weighed, Kind.DISPOSAL, {}))


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 9), st.sampled_from("CD")), min_size=1))
def test_no_unit_and_no_cent_is_lost_on_a_manifest(lines: list[tuple[str, int, str]]) -> None:
    found = said("liquidate", *(goods(n, sku, qty, grade) for n, (sku, qty, grade) in enumerate(lines, 1)))
    grid = paper(found, Kind.MANIFEST, {}).parts[0].grid
    assert grid is not None
    assert sum(int(row[3]) for row in grid.rows) == sum(qty for _, qty, _ in lines)
    assert sum(int(row[4].replace(".", "")) for row in grid.rows) == 100 * sum(qty for _, qty, _ in lines)
