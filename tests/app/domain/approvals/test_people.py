from __future__ import annotations

import pytest

from app.domain.approvals.people import same_person


@pytest.mark.parametrize("other", ["ruth", " RUTH ", "R uth", "\uff32uth"])
def test_one_person_in_other_letters(other: str) -> None:
    assert same_person("Ruth", other)


@pytest.mark.parametrize("other", ["Ruthe", "Omar", ""])
def test_another_person(other: str) -> None:
    assert not same_person("Ruth", other)


def test_composed_and_decomposed_signs_are_one() -> None:
    assert same_person("Zo\u00eb", "Zoe\u0308")
