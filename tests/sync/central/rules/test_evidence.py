"""What is known of a unit is said in words, and what is not known is said too."""

from __future__ import annotations

from app.bootstrap import resources
from app.domain.policy import read_policy
from sync.central.rules.evidence import UNTOLD, Judged, Sold, Story, Supplied, day

POLICY = read_policy(resources.policy_source(), "shipped")
AT = "2026-11-22T10:00:00.000Z"


def look(**more: object) -> Judged:
    said: dict[str, object] = {
        "at": AT,
        "by": "ana",
        "station": "Bench 1",
        "grade": "D",
        "disposition": "scrap",
        "rule": "31",
        "policy_ver": POLICY.version,
        "policy": POLICY,
    }
    return Judged(**(said | more))  # type: ignore[arg-type]


def test_ids_are_said_in_the_words_of_their_policy() -> None:
    found = look(answers=("broken.works",), notes=("pack_torn",), missing_parts=(("LID", 2),))
    assert found.grade_text == "D, damaged"
    assert found.rule_text == f"rule 31, D, damaged: write off (policy {POLICY.version})"
    assert found.answer_texts == (("What is broken?", "It does not work"),)
    assert found.note_texts == ("Pack torn", "Missing: 2 of LID")


def test_what_no_policy_explains_is_said_as_it_is() -> None:
    found = look(policy=None, answers=("seal.no",), notes=("wet",))
    assert (found.grade_text, found.rule_text) == ("D", f"rule 31 (policy {POLICY.version})")
    assert found.answer_texts == (("seal", "seal.no"),)
    assert found.note_texts == ("wet",)
    assert look(rule=None, grade=None).rule_text == ""
    assert look(grade=None).grade_text == ""
    assert look(grade="Z").grade_text == "Z"
    assert look(answers=("old.x",)).answer_texts == (("old", "old.x"),)


def test_a_life_is_told_from_receipt_to_return() -> None:
    story = Story(
        (Supplied("PO-1", AT, "MAKER"), Supplied("PO-2", AT)),
        (Sold("o-1", 1, AT), Sold("o-2", 1, None)),
        [look(photos=("a", "b")), look(photos=("b", "c"), by="kim")],
        "R-1-1",
        "defective",
    )
    assert story.bought_text == "PO-1 of MAKER on 2026-11-22, PO-2 on 2026-11-22"
    assert story.sold_text == "order o-1 on 2026-11-22, order o-2"
    assert story.returned_text == "2026-11-22 under R-1-1; reason given: Does not work"
    assert story.photos == ("a", "b", "c")
    assert story.no_photo_text == ""
    assert story.last is not None
    assert story.last.by == "kim"


def test_what_nobody_knows_is_said() -> None:
    assert UNTOLD.bought_text == "not told apart by receipt"
    assert UNTOLD.sold_text == ""
    assert UNTOLD.returned_text == "was not returned by a customer"
    assert (UNTOLD.photos, UNTOLD.no_photo_text) == ((), "")
    assert Story(judged=[look()]).returned_text == "2026-11-22 unannounced"
    assert Story(judged=[look(photo_missing="disk_full")]).no_photo_text == "the bench's disk was full"
    assert Story(judged=[look(photo_missing="thief")]).no_photo_text == "thief"
    assert day(AT) == "2026-11-22"
