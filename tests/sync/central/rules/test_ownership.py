"""Who speaks for whom."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.rules.access import Role
from sync.central.rules.ownership import CENTRE, EVERY, Speaker, entity_of, owner_of, read_owner

ERP = Speaker("ERP", Role.INTEGRATOR)
KIM = Speaker("Kim", Role.PLANNER)


@pytest.mark.parametrize(
    ("speaker", "owner", "may"),
    [
        (ERP, None, True),
        (KIM, None, True),
        (ERP, CENTRE, False),
        (KIM, CENTRE, True),
        (Speaker("root", Role.ADMIN), CENTRE, True),
        (ERP, "external:ERP", True),
        (KIM, "external:ERP", False),
        (Speaker("erp", Role.INTEGRATOR), "external:ERP", False),
        (Speaker("external:ERP", Role.INTEGRATOR), "external:ERP", False),
        (Speaker("site:WH1", Role.INTEGRATOR), "site:WH1", True),
        (Speaker("site:WH2", Role.INTEGRATOR), "site:WH1", False),
    ],
)
def test_only_the_owners_word_is_the_owners(speaker: Speaker, owner: str | None, may: bool) -> None:
    assert speaker.speaks_for(owner) is may


@pytest.mark.parametrize("text", [CENTRE, "site:WH1", "external:SAP 4"])
def test_the_three_kinds_of_owner_are_read(text: str) -> None:
    assert read_owner(text) == text


@pytest.mark.parametrize("text", ["", "Centre", "site:", "external: ", "ERP", "site"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Expected centre"):
        read_owner(text)


def test_an_entity_without_an_owner_has_that_of_all() -> None:
    assert owner_of({EVERY: CENTRE, "ACME": "external:ERP"}, "ACME") == "external:ERP"
    assert owner_of({EVERY: CENTRE}, "ACME") == CENTRE
    assert owner_of({"ACME": CENTRE}, "BOLT") is None


@pytest.mark.parametrize(
    ("document", "entity"),
    [({"entity": "ACME"}, "ACME"), ({}, EVERY), ({"entity": ""}, EVERY), ({"entity": 5}, EVERY)],
)
def test_a_record_says_whose_it_is(document: dict[str, object], entity: str) -> None:
    assert entity_of(document) == entity
