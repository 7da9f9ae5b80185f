"""What another version says otherwise, in words, and nothing about what it says as before."""

from __future__ import annotations

import pytest

from app.domain.policy import read_policy
from app.domain.policy.changes import changes
from tests.app.domain.policy.small import SMALL
from tests.app.domain.policy.test_checks import ASKING
from tests.app.domain.policy.test_reader import SHIPPED
from tests.app.domain.policy.worked import WORKED

RULE_0 = "grades *; categories *; answers broken.case; disposition hold_blind"


def said(old: str, new: str) -> list[str]:
    return list(changes(read_policy(old, "old.toml"), read_policy(new, "new.toml")))


@pytest.mark.parametrize("source", [SMALL, ASKING, SHIPPED])
def test_a_policy_changes_nothing_of_itself_but_its_version(source: str) -> None:
    assert said(source, source) == []
    assert said(source, f"# a remark\n{source}") == []


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ('place = "R-03"', 'place = "R-04"', "Disposition restock: place R-04 instead of R-03."),
        (
            'place = "R-03"',
            'place = "R-03"\nconfirm = true',
            "Disposition restock: confirm yes instead of no.",
        ),
        (
            "categories = ",
            "send_back_days = 30\ncategories = ",
            "Days to send goods back: 30 instead of none.",
        ),
        (
            "categories = ",
            "travel_days = 14\ncategories = ",
            "Days for parcels to arrive: 14 instead of 0.",
        ),
        ("as_new = true", "as_new = false", "Grade A: as new no instead of yes."),
        ('caption = "Opened"', 'caption = "Seen"', "Grade B: caption Seen instead of Opened."),
        ('"Came too late"', '"Too late"', "Reason late: text Too late instead of Came too late."),
        ('name = "the rest"', 'name = "others"', "Rule 2: name others instead of the rest."),
        ("hazardous = false\n", "", "Rule 2: hazardous none instead of no."),
        (
            '["default", "toys"]\ndis',
            '["*"]\ndis',
            "Rule 2: categories * instead of default, toys.",
        ),
        ('"default", "toys"]\n\n', '"default", "toys", "pets"]\n\n', "Category pets is new."),
        (
            'late = "',
            'moved = "Moved house"\nlate = "',
            "Reason moved (Moved house) is new: categories *; channels *.",
        ),
    ],
)
def test_a_change_is_a_sentence(right: str, wrong: str, sentence: str) -> None:
    changed = SMALL.replace(right, wrong, 1)
    if "pets" in wrong:
        changed = changed.replace('["default", "toys"]\ndis', '["*"]\ndis')
    assert sentence in said(SMALL, changed)


def test_what_is_new_and_what_is_gone() -> None:
    assert said(SMALL, ASKING) == [
        "Question seal (Is the seal intact?) is new: categories toys.",
        "Question broken (What is broken?) is new: categories *; after seal.no; grades B.",
        "Answer seal.yes (Yes) is new: best A.",
        "Answer seal.no (No) is new.",
        "Answer broken.case (The case) is new.",
        "Answer broken.other (Something else) is new.",
        f"Rule 0 (a broken case waits) is new: {RULE_0}.",
    ]
    assert said(ASKING, SMALL)[-1] == "Rule 0 (a broken case waits) is gone."
    assert said(ASKING, SMALL)[0] == "Question seal (Is the seal intact?) is gone."


def test_a_rule_that_moved() -> None:
    first, rule1, rule2 = SMALL.split("[[rule]]")
    turned = f"{first}[[rule]]{rule2}\n[[rule]]{rule1}"
    assert said(SMALL, turned) in (["Rule 2 stands before 1 now."], ["Rule 1 stands after 2 now."])


def test_what_customers_get_back_is_told_too() -> None:
    source = 'name = "damaged after it was sent: half of it"\ngrades = ["D"]\npercent = 50\n'
    assert source in SHIPPED
    assert said(SHIPPED, SHIPPED.replace(source, source.replace("50", "40"))) == [
        "Refund R2: percent 40 instead of 50."
    ]
    start, end = SHIPPED.index('[[refund]]\nid = "R2"'), SHIPPED.index('[[refund]]\nid = "R3"')
    (gone,) = said(SHIPPED, SHIPPED[:start] + SHIPPED[end:])
    assert gone == "Refund R2 (damaged after it was sent: half of it) is gone."


def test_what_changes_of_the_work_is_told_step_by_step() -> None:
    old = read_policy(WORKED, "old.toml")
    longer = WORKED.replace("hours = 48", "hours = 72").replace("{ GBP = 150 }", "{ GBP = 170 }")
    said = list(changes(old, read_policy(longer, "new.toml")))
    assert said == [
        "Step W1.repack: hours 72 instead of 48.",
        "Step W1.repack: cost in minor units GBP, 170 instead of GBP, 150.",
    ]
    worse = WORKED.replace('otherwise = "scrap"', 'otherwise = "liquidate"')
    assert list(changes(old, read_policy(worse, "new.toml"))) == [
        "Work W2: otherwise liquidate instead of scrap."
    ]
