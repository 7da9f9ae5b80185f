"""RMAs travel whole; their lines are numbered apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusal import Refused
from app.domain.returns import LineState, Rma, RmaLine

_texts = st.text(min_size=1)
_maybe = st.none() | _texts
lines = st.builds(
    RmaLine,
    line=st.integers(1, 9),
    sku=_texts,
    qty=st.integers(1, 999),
    reason=_texts,
    lot=_maybe,
    serials=st.lists(_texts).map(tuple),
    expected_condition=_maybe,
)
rmas = st.builds(
    Rma,
    code=_texts,
    owner=_texts,
    order=_maybe,
    lines=st.lists(lines, min_size=1, unique_by=lambda line: line.line).map(tuple),
    tracking=st.lists(_texts).map(tuple),
    site=_maybe,
    policy_ver=_maybe,
    shipped_on=_maybe,
)
EXAMPLE = Rma(
    "R-10422-1", "ACME", "8841", (RmaLine(1, "K-17", 1, "defective"), RmaLine(4, "T-2", 2, "late")), ("1Z1",)
)


@given(rmas)
def test_rmas_round_trip(rma: Rma) -> None:
    assert Rma.from_json(rma.to_json()) == rma


def test_a_line_is_found_by_its_number_not_by_its_place() -> None:
    assert EXAMPLE.line(4).sku == "T-2"
    with pytest.raises(KeyError):
        EXAMPLE.line(2)


@pytest.mark.parametrize("numbers", [[], [1, 1], [2, 3, 2]])
def test_lines_are_there_and_numbered_apart(numbers: list[int]) -> None:
    record: dict[str, Any] = EXAMPLE.to_json()
    record["lines"] = [{"line": number, "sku": "K-17", "qty": 1, "reason": "late"} for number in numbers]
    with pytest.raises(Refused, match=f"RMA R-10422-1 has {len(numbers)} lines.*its own number") as no:
        Rma.from_json(record)
    assert no.value.code == "rma.lines"


@pytest.mark.parametrize(
    ("field", "value"),
    [("line", 0), ("qty", 0), ("qty", 1.5), ("sku", ""), ("reason", None), ("serials", "SN1")],
)
def test_a_line_that_cannot_be_read_is_named(field: str, value: object) -> None:
    record: dict[str, Any] = EXAMPLE.to_json()
    record["lines"][1][field] = value
    with pytest.raises(Refused, match=f"RMA, lines 2: field '{field}' holds"):
        Rma.from_json(record)


@pytest.mark.parametrize("field", ["code", "owner"])
def test_an_rma_needs_code_and_owner(field: str) -> None:
    record = EXAMPLE.to_json()
    del record[field]
    with pytest.raises(Refused, match=f"RMA: field '{field}' holds nothing"):
        Rma.from_json(record)


def test_line_states_are_words_that_are_stored() -> None:
    assert [LineState(state.value) for state in LineState] == list(LineState)
    assert {"authorized", "closed", "missing", "cancelled"} <= set(LineState)
