"""Words beside answers and grades: read back, and never taken for either."""

from __future__ import annotations

from app.domain.policy.asides import Aside, aside, is_aside, lasting, told
from app.domain.policy.inspection import answers, in_force
from tests.app.domain.policy.test_inspection import POLICY

SAID = ("seal.no", "photo.aa", "grade.D", "broken.case", "no_photo.camera_away", "photo.bb")


def test_what_was_told_is_read_back_in_order() -> None:
    assert told(Aside.PHOTO, SAID) == ("aa", "bb")
    assert told(Aside.NO_PHOTO, SAID) == ("camera_away",)
    assert aside(Aside.PHOTO, "a.b") == "photo.a.b"
    assert told(Aside.PHOTO, ["photo.a.b"]) == ("a.b",)


def test_asides_are_no_answers() -> None:
    assert answers(SAID) == ("seal.no", "broken.case")
    assert [word for word in SAID if is_aside(word)] == ["photo.aa", "no_photo.camera_away", "photo.bb"]


def test_photos_last_under_any_policy() -> None:
    assert lasting(SAID) == ("photo.aa", "photo.bb")


def test_a_grade_given_anew_leaves_the_photo() -> None:
    assert in_force(POLICY, (*SAID, "grade.C")) == (
        "seal.no",
        "photo.aa",
        "no_photo.camera_away",
        "photo.bb",
        "grade.C",
    )
