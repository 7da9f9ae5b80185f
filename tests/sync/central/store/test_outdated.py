"""A unit decided about under a policy that was replaced meanwhile: one case where the new one differs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import resources
from tests.scenarios.floor import Floor, open_floor
from tests.scenarios.station_bench import StationBench
from tests.scenarios.supervised import badge as reads_badge
from tests.scenarios.supervised import supervised_bench, supervised_floor, types_pin

_KITCHEN = """[[rule]]
id = "17"
name = "opened kitchen goods go back"
grades = ["B"]
categories = ["kitchen"]
disposition = "vendor_return"

[[rule]]
id = "18\""""
_18 = '[[rule]]\nid = "18"'
_ASKS = """[[question]]
id = "scratch"
ask = "Is it scratched?"
categories = ["kitchen"]
grades = ["B"]

[[question.answer]]
id = "yes"
caption = "Yes"

[[question.answer]]
id = "no"
caption = "No"

[disposition.restock]"""
_RULE = """[[rule]]
id = "17"
name = "scratched: sold off"
grades = ["B"]
categories = ["kitchen"]
answers = ["scratch.yes"]
disposition = "liquidate"

[[rule]]
id = "18\""""


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with open_floor(tmp_path) as found:
        yield found


def named(version: str) -> str:
    """The policy that ships, under another version."""
    return resources.policy_source().replace('version = "', f'version = "{version}-', 1)


def otherwise(version: str) -> str:
    """One under which a B of the kitchen goes back to the vendor, where it was refurbished."""
    return named(version).replace(_18, _KITCHEN, 1)


def publishes(floor: Floor, source: str) -> None:
    floor.admin.post("/policies", {"source": source})


def arrives(floor: Floor, bench: StationBench, grade: str, after: str) -> str:
    """A mug is graded by a bench that has not heard of the policy published meanwhile; its label."""
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench.sync()
    publishes(floor, after)
    bench.scans(rma, "MUG-4", grade)
    bench.sync()
    return bench.labels[-1]


def test_the_fact_stands_and_one_case_shows_what_both_say(floor: Floor) -> None:
    bench = floor.bench()
    label = arrives(floor, bench, "GRADE_B", otherwise("v2"))
    assert floor.stock("MUG-4") == {"F-01 refurbish": 1}
    case = floor.one_case("policy.outdated", role="supervisor")
    assert case["subject"] == f"label:{label}"
    assert case["money_minor"] > 0
    assert "to F-01 (refurbish, rule 18)" in case["fix"]
    assert "policy v2-" in case["fix"]
    assert "to V-02 (vendor_return, rule 17)" in case["fix"]


def test_a_policy_that_says_the_same_of_it_is_nobodys_case(floor: Floor) -> None:
    arrives(floor, floor.bench(), "GRADE_A", otherwise("v2"))
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    assert floor.cases() == []


def test_what_was_decided_under_the_policy_in_force_is_nobodys_case(floor: Floor) -> None:
    bench = floor.bench()
    publishes(floor, otherwise("v2"))
    bench.sync()
    arrives(floor, bench, "GRADE_B", otherwise("v3"))
    assert floor.stock("MUG-4") == {"V-02 damaged": 1}
    assert floor.cases() == []


def test_a_question_that_nobody_asked_then_is_named(floor: Floor) -> None:
    source = named("v2").replace("[disposition.restock]", _ASKS, 1).replace(_18, _RULE, 1)
    arrives(floor, floor.bench(), "GRADE_B", source)
    fix = floor.one_case("policy.outdated", role="supervisor")["fix"]
    assert f"policy v2-{floor.policy_version} asks what nobody asked then: scratch" in fix


def test_it_ends_with_the_unit_and_with_a_word_on_it_and_is_back_when_that_is(floor: Floor) -> None:
    bench = floor.bench()
    label = arrives(floor, bench, "GRADE_B", otherwise("v2"))
    floor.one_case("policy.outdated", role="supervisor")
    floor.decides_otherwise(label, "vendor_return")
    assert floor.cases() == []
    floor.word_back(label)
    floor.one_case("policy.outdated", role="supervisor")
    bench.scans("UNDO")
    bench.sync()
    assert floor.cases() == []


def test_a_unit_taken_back_in_the_same_batch_leaves_no_case(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.sync()
    publishes(floor, otherwise("v2"))
    bench.scans(rma, "MUG-4", "GRADE_B", "UNDO")
    bench.sync()
    assert floor.cases() == []


def test_another_grade_under_the_new_policy_ends_it(floor: Floor) -> None:
    bench = floor.bench()
    label = arrives(floor, bench, "GRADE_B", otherwise("v2"))
    bench.scans("DONE", label, "ANSWER_1", "GRADE_A")
    bench.sync()
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    assert floor.cases() == []


def test_a_unit_held_for_what_nobody_knows_of_it_asks_no_policy(floor: Floor) -> None:
    bench = floor.bench()
    bench.sync()
    publishes(floor, otherwise("v2"))
    bench.scans("BLIND", "MUG-4", "GRADE_B", "DONE")
    bench.sync()
    floor.one_case("return.orphan")


def test_a_supervisors_word_at_the_bench_ends_it(tmp_path: Path) -> None:
    with supervised_floor(tmp_path) as floor:
        bench = supervised_bench(floor)
        arrives(floor, bench, "GRADE_B", otherwise("v2"))
        bench.scans("REJECT")
        reads_badge(bench)
        bench.scans("QUARANTINE", "ANSWER_1")
        assert types_pin(bench) == ""
        bench.sync()
        assert floor.cases() == []
        assert floor.stock("MUG-4") == {"HOLD-2 quarantined inspection": 1}
