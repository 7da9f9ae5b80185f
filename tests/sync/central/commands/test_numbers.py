"""The centre's own codes are never given twice, and codes from elsewhere are taken as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import codes
from app.domain.codes import CodeFamily
from app.domain.refusal import Refused
from sync.central.commands.numbers import given_or_next
from sync.central.rules.outcomes import Conflict
from sync.central.store.act import Act
from sync.central.store.tables import rma
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Not proven at the end: these RMAs are nothing but their codes."""
    with open_shop(tmp_path, prove=False) as found:
        yield found


def take(shop: Shop, given: str | None = None, *, keep: bool = True) -> str:
    def do(act: Act) -> str:
        code = given_or_next(act.conn, CodeFamily.RMA, given, rma.c.code)
        if keep:
            row = {"code": code, "owner": "o", "state": "open", "document": "{}", "created_at": ""}
            act.conn.execute(rma.insert().values(row))
        return code

    return shop.act(do)


def test_codes_are_counted_and_carry_their_check(shop: Shop) -> None:
    found = [take(shop) for _ in range(3)]
    assert [code.split("-")[1] for code in found] == ["1", "2", "3"]
    assert all(codes.check(code) for code in found)


def test_a_given_code_is_taken_once(shop: Shop) -> None:
    assert take(shop, " SHOP/77 ") == "SHOP/77"
    with pytest.raises(Conflict) as no:
        take(shop, "SHOP/77")
    assert no.value.code == "rma.exists"


def test_a_given_code_of_our_shape_must_be_right_and_is_not_given_again(shop: Shop) -> None:
    second = f"R-2-{codes.check_character('R-2')}"
    assert take(shop, second.lower()) == second
    assert [take(shop).split("-")[1] for _ in range(2)] == ["1", "3"]
    with pytest.raises(Refused) as no:
        take(shop, "R-5-0" if codes.check_character("R-5") != "0" else "R-5-1")
    assert no.value.code == "code.check"
