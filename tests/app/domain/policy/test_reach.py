"""How inspections can end, and a disposition that nothing leads to."""

from __future__ import annotations

import pytest

from app.domain.policy import read_policy
from app.domain.policy.reach import decidable, ends, require_reached, unreached
from app.domain.refusal import Refused
from tests.app.domain.policy.small import SMALL
from tests.app.domain.policy.test_checks import ASKING
from tests.app.domain.policy.test_reader import SHIPPED

GIVEN_AWAY = '\n[disposition.donate]\ncaption = "DONATE"\nstatus = "damaged"\nplace = "D-01"\n'


def test_the_ends_of_an_inspection_each_once() -> None:
    found = read_policy(ASKING, "asking.toml")
    assert ends(found, "default") == [((), "A"), ((), "B")]
    assert ends(found, "toys") == [
        (("seal.yes",), "A"),
        ((), "A"),
        ((), "B"),
        (("seal.no",), "A"),
        (("seal.no", "broken.case"), "B"),
        (("seal.no", "broken.other"), "B"),
    ]


def test_a_disposition_that_no_rule_leads_to_is_named_by_its_line() -> None:
    source = SMALL + GIVEN_AWAY
    found = read_policy(source, "own.toml")
    assert unreached(found) == ("donate",)
    with pytest.raises(Refused, match=r"^own\.toml, line 49: disposition donate is one that no rule") as no:
        require_reached(found, "own.toml")
    assert no.value.code == "policy.dead_disposition"


def test_what_the_bench_gives_itself_needs_no_rule() -> None:
    for source in (SMALL, SHIPPED):
        assert unreached(read_policy(source, "own.toml")) == ()
        require_reached(read_policy(source, "own.toml"), "own.toml")


def test_a_person_may_choose_what_rules_lead_to_and_what_the_mat_has_a_word_for() -> None:
    shipped = ("restock", "refurbish", "vendor_return", "liquidate", "quarantine", "scrap")
    assert decidable(read_policy(SHIPPED, "shipped")) == shipped
    melt = GIVEN_AWAY.replace("donate", "melt")
    assert decidable(read_policy(f"{SHIPPED}{GIVEN_AWAY}{melt}", "giving")) == (*shipped, "donate")
