"""The policy that ships decides every case; a mistaken one is refused by file, line and key."""

from __future__ import annotations

import itertools
import re
from importlib.resources import files

import pytest

from app.domain.account import Account, Status
from app.domain.policy import HELD_DISPOSITIONS, Policy, read_policy
from app.domain.refusal import Refused
from tests.app.domain.policy.small import SMALL, refused

SHIPPED = files("resources").joinpath("policies", "returns.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shipped() -> Policy:
    return read_policy(SHIPPED, "returns.toml")


def test_the_shipped_policy_decides_every_case(shipped: Policy) -> None:
    for category, grade, hazardous in itertools.product(
        (*shipped.categories, "never heard of"), shipped.grades, (False, True)
    ):
        decision = shipped.decide(category, grade.code, hazardous=hazardous)
        assert decision.policy_ver == shipped.version
        assert decision.outcome in shipped.outcomes
        assert (decision.rule, decision.rule_name) in {(rule.id, rule.name) for rule in shipped.rules}
        assert grade.as_new or decision.outcome.status is not Status.SELLABLE


@pytest.mark.parametrize(
    ("category", "grade", "hazardous", "disposition", "rule"),
    [
        ("electronics", "A", True, "restock", "12"),
        ("electronics", "B", True, "quarantine", "1"),
        ("consumables", "B", False, "scrap", "4"),
        ("kitchen", "B", False, "refurbish", "18"),
        ("clothing", "C", False, "liquidate", "22"),
        ("electronics", "C", False, "refurbish", "23"),
        ("electronics", "D", False, "vendor_return", "30"),
        ("kitchen", "D", False, "scrap", "31"),
    ],
)
def test_the_first_rule_that_holds_decides(
    *, category: str, grade: str, hazardous: bool, disposition: str, rule: str
) -> None:
    decision = read_policy(SHIPPED, "returns.toml").decide(category, grade, hazardous=hazardous)
    assert (decision.outcome.disposition, decision.rule) == (disposition, rule)


def test_an_undeclared_category_is_judged_as_default(shipped: Policy) -> None:
    assert shipped.decide("garden", "C", hazardous=False) == shipped.decide("default", "C", hazardous=False)


def test_every_disposition_leads_to_stock_that_may_exist(shipped: Policy) -> None:
    for outcome in shipped.outcomes:
        assert Account("ACME", "K-17", outcome.place, outcome.status, outcome.reason)
    assert [shipped.outcome(name).reason for name in HELD_DISPOSITIONS] == ["blind_return", "wrong_item"]


def test_a_policy_is_kept_byte_for_byte(shipped: Policy) -> None:
    assert shipped.source == SHIPPED


def test_reasons_have_words_and_unknown_ones_speak_for_themselves(shipped: Policy) -> None:
    assert shipped.reason_text("late") == "Came too late"
    assert shipped.reason_text("moved_house") == "moved_house"


MISTAKES = [
    ('version = "7"\n', "", "fields.wrong", 1, r"field 'version' holds nothing"),
    ('version = "7"', "version = 7", "fields.wrong", 1, r"field 'version' holds 7"),
    ('categories = ["default", "toys"]\n', "", "fields.wrong", 1, r"field 'categories' holds nothing"),
    ('"default", "toys"]\n\n', '"toys"]\n\n', "policy.no_default", 2, r"categories lacks 'default'.*Add"),
    ("number = 1\n", "", "fields.wrong", 4, r"grade A: field 'number' holds nothing"),
    ("number = 2\n", "number = 10\n", "fields.wrong", 9, r"grade B: field 'number' holds 10.*from 1 to 4"),
    (
        "number = 2\n",
        "number = 1\n",
        "policy.same_number",
        9,
        r"number 1 is that of grade A too.*another number",
    ),
    ("as_new = true", 'as_new = "yes"', "fields.wrong", 4, r"field 'as_new' holds 'yes'.*true or false"),
    ('status = "sellable"', 'status = "sold"', "fields.wrong", 13, r"field 'status' holds 'sold'.*sellable"),
    ('place = "R-03"\n', "", "fields.wrong", 13, r"disposition restock: field 'place' holds nothing"),
    ('reason = "blind_return"\n', "", "policy.impossible_stock", 18, r"hold_blind.*Expected a reason"),
    (
        '"sellable"',
        '"sellable"\nreason = "x"',
        "policy.impossible_stock",
        13,
        r"restock.*quarantined stock only",
    ),
    ('"R-03"', '"@scrap"', "policy.impossible_stock", 13, r"sellable stock at @scrap"),
    (
        "[disposition.hold_wrong_item]",
        "[disposition.other]",
        "policy.no_disposition",
        None,
        r"'hold_wrong_item'",
    ),
    (
        'reason = "blind_return"',
        'reason = "blind_return"\nconfirm = true',
        "policy.no_word",
        18,
        r"hold_blind is to be confirmed, and has no word",
    ),
    ('caption = "HOLD"', 'caption = "HOLD IT FOR SOMEBODY"', "policy.long", 18, r"SOMEBODY' is long"),
    ('id = "2"', 'id = "the-second-one"', "policy.long", 41, r"its id is long"),
    ('"sellable"', '"sellable"\nconfrim = true', "fields.wrong", 13, r"'confrim'.*no such key"),
    ('id = "2"', 'id = "2"\nanswer = ["x"]', "fields.wrong", 41, r"'answer'.*no such key"),
    ('version = "7"', 'version = "7"\nversoin = "8"', "fields.wrong", None, r"'versoin'.*no such key"),
    ("as_new = true", "as_knew = true", "fields.wrong", 4, r"'as_knew'.*no such key"),
    ('late = "Came too late"', "late = 5", "fields.wrong", 30, r"field 'late' holds 5"),
    ('[reason]\nlate = "Came too late"\n', "", "fields.wrong", 45, r"field 'reason' holds nothing"),
    ('id = "1"\n', "", "fields.wrong", 33, r"rule 1: field 'id' holds nothing"),
    ('name = "the rest"\n', "", "fields.wrong", 41, r"rule 2: field 'name' holds nothing"),
    ("hazardous = true", 'hazardous = "yes"', "fields.wrong", 33, r"field 'hazardous' holds 'yes'"),
    ('grades = ["*"]\n', "", "policy.empty", 33, r"rule 1: grades is empty.*Name one"),
    ('categories = ["*"]', "categories = []", "policy.empty", 33, r"rule 1: categories is empty"),
    ('grades = ["A", "B"]', 'grades = ["A", "E"]', "policy.unknown_grade", 41, r"grades holds 'E'.*A, B"),
    (
        '["default", "toys"]\ndis',
        '["pets"]\ndis',
        "policy.unknown_category",
        41,
        r"categories holds 'pets'.*toys",
    ),
    ('disposition = "restock"', 'disposition = "give"', "policy.unknown_disposition", 41, r"'give'.*restock"),
    (
        'disposition = "restock"',
        'disposition = "*"',
        "policy.unknown_disposition",
        41,
        r"disposition holds '\*'",
    ),
    ('id = "2"', 'id = "1"', "policy.same_id", 41, r"id 1 is that of rule number 1.*another id"),
    (
        'grades = ["A", "B"]',
        'grades = ["A"]',
        "policy.gap",
        41,
        r"default, grade B, not hazardous.*Add a rule",
    ),
    ("hazardous = true\n", "", "policy.dead_rule", 40, r"rule 2 can never fire.*Move it up or remove it"),
    ('version = "7"', 'version = "7', "policy.not_toml", 1, r"Mend that line"),
    ("[grade.B]", "[grade.A]", "policy.not_toml", 9, r"not TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "code", "line", "says"), MISTAKES, ids=lambda x: str(x)[:24])
def test_a_mistake_is_refused_by_file_line_and_key(
    right: str, wrong: str, code: str, line: int | None, says: str
) -> None:
    refused(SMALL, (right, wrong), code, line, says)


def test_a_policy_without_rules_or_grades_is_refused() -> None:
    bare = SMALL.partition("[[rule]]")[0]
    with pytest.raises(Refused, match=r"^small\.toml, line 32: no rule decides about default, grade A") as no:
        read_policy(bare, "small.toml")
    assert no.value.code == "policy.gap"
    with pytest.raises(Refused, match="no grade is declared") as no:
        read_policy(re.sub(r"(?ms)^\[grade.A\].*?(?=^\[disp)", "[grade]\n", SMALL), "small.toml")
    assert no.value.code == "policy.no_grade"


def test_a_policy_written_inline_is_read_and_its_mistakes_name_the_file() -> None:
    top, _, rest = SMALL.partition("[grade.A]")
    grades = 'grade = {A = {caption = "Like new", number = 1}, B = {caption = "Opened", number = %d}}\n\n'
    rest = rest[rest.index("[disposition") :]
    assert len(read_policy(top + grades % 2 + rest, "small.toml").grades) == 2
    with pytest.raises(Refused, match=r"^small\.toml, grade B: field 'number' holds 0"):
        read_policy(top + grades % 0 + rest, "small.toml")


@pytest.mark.parametrize(
    "document", ["x = " + "[" * 100_000, "version = " + "9" * 5000, "version = 0x" + "f" * 9999]
)
def test_a_document_made_to_break_the_reader_is_refused(document: str) -> None:
    with pytest.raises(Refused, match=r"^small\.toml") as no:
        read_policy(document, "small.toml")
    assert len(no.value.read) < 400


def test_a_line_can_be_written_with_room_in_it() -> None:
    roomy = SMALL.replace("[[rule]]", "  [[ rule ]]").replace('id = "2"', 'id = "1"')
    with pytest.raises(Refused, match=r"^small\.toml, line 41, rule 1: the id 1"):
        read_policy(roomy, "small.toml")


def test_grades_are_in_the_order_of_their_numbers() -> None:
    turned = SMALL.replace("number = 1", "number = 3").replace("number = 2", "number = 1")
    assert [grade.code for grade in read_policy(turned, "small.toml").grades] == ["B", "A"]


def test_notes_are_read_in_the_order_of_their_numbers() -> None:
    found = read_policy(SMALL + '[note]\nsmells = "Smells"\ndamp = "Wet or damp"\n', "own.toml")
    assert found.notes == (("smells", "Smells"), ("damp", "Wet or damp"))
    assert (found.note_text("damp"), found.note_text("gone")) == ("Wet or damp", "gone")
    assert read_policy(SMALL, "own.toml").notes == ()


def test_reasons_to_grade_again_are_read_and_at_most_nine() -> None:
    found = read_policy(SMALL + '[regrade]\nrepaired = "Repaired since"\n', "own.toml")
    assert found.regrades == (("repaired", "Repaired since"),)
    assert (found.regrade_text("repaired"), found.regrade_text("gone")) == ("Repaired since", "gone")
    ten = "[regrade]\n" + "".join(f'r{n} = "R"\n' for n in range(10))
    refused(
        SMALL + ten, ("[regrade]", "[regrade]"), "policy.regrades", 48, "10 entries of regrade.*at most 9"
    )


@pytest.mark.parametrize(
    ("notes", "code", "line", "says"),
    [
        ("".join(f'n{n} = "N"\n' for n in range(11)), "policy.notes", 48, "11 entries of note.*at most 10"),
        ('"A b" = "N"\n', "policy.note_name", None, "small letters"),
        ('damp = "So wet that it drips"\n', "policy.long", 49, "up to 18 signs"),
        ("damp = 5\n", "fields.wrong", 48, "damp"),
    ],
)
def test_notes_that_no_key_or_label_can_show_are_refused(
    notes: str, code: str, line: int | None, says: str
) -> None:
    refused(SMALL + "[note]\n" + notes, ("[note]", "[note]"), code, line, says)


def test_the_days_to_send_goods_back_are_whole_and_end_somewhere(shipped: Policy) -> None:
    assert shipped.send_back_days == 30
    assert read_policy(SMALL, "p.toml").send_back_days is None
    for days in ("0", "4000", "1.5", "true"):
        with pytest.raises(Refused) as no:
            read_policy(f"send_back_days = {days}\n{SMALL}", "p.toml")
        assert "send_back_days" in no.value.read


def test_the_days_for_parcels_to_arrive_are_none_unless_the_policy_says_so(shipped: Policy) -> None:
    assert shipped.travel_days == 14
    for said in ("", "travel_days = 0\n"):
        assert read_policy(f"{said}{SMALL}", "p.toml").travel_days == 0
    for days in ("-1", "4000", "1.5", "true"):
        with pytest.raises(Refused) as no:
            read_policy(f"travel_days = {days}\n{SMALL}", "p.toml")
        assert "travel_days" in no.value.read
