"""Twins: one code in two spellings, and codes that only look alike."""

from __future__ import annotations

import pytest

from sync.central.rules.judging import Known, judge_twins, remember
from sync.central.rules.quality import RowFindings
from sync.central.rules.seen import SeenCodes

HERE = Known({"K-10": {}}, {"k-10": ["K-10"]})


def found(code: str, seen: SeenCodes, known: Known = HERE) -> list[tuple[str, str]]:
    row = RowFindings(9, code)
    judge_twins(row, "sku", code, known, seen)
    return [(finding.rule, str(finding.severity)) for finding in row.found]


@pytest.mark.parametrize("code", ["K-10", "k-10", "K - 10"])
def test_a_code_that_an_earlier_row_has_is_rejected_however_it_is_spelled(code: str) -> None:
    seen = SeenCodes()
    remember("K-10", 3, seen)
    assert found(code, seen) == [("code.twice", "rejected")]


def test_the_centres_own_spelling_is_the_record_itself_and_another_is_rejected() -> None:
    assert found("K-10", SeenCodes()) == []
    assert found("k-10", SeenCodes()) == [("code.spelling", "rejected")]


def test_two_spellings_that_are_both_here_are_both_known() -> None:
    both = Known({"K-10": {}}, {"k-10": ["K-10", "k-10"]})
    assert found("K-10", SeenCodes(), both) == [("code.look_alike", "warning")]


@pytest.mark.parametrize("code", ["K-1O", "K-I0", "k-lo"])
def test_what_looks_alike_is_a_question_wherever_the_other_is(code: str) -> None:
    assert found(code, SeenCodes()) == [("code.look_alike", "warning")]
    seen = SeenCodes()
    remember("K-10", 3, seen)
    assert found(code, seen, Known({})) == [("code.look_alike", "warning")]
    assert found("K-11", seen, Known({})) == []
