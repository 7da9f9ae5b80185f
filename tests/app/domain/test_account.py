"""Accounts: which may exist, and that each has one key that leads back to it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from app.domain import canonical
from app.domain.account import KEY_PARTS, Account, Status, read_status
from app.domain.refusal import Refused
from tests.app.domain.examples import accounts, customer, shelf


@given(accounts())
def test_accounts_round_trip_through_json_and_through_their_key(account: Account) -> None:
    assert Account.from_json(account.to_json()) == account
    assert Account.from_json(canonical.decode(canonical.encode(account.to_json()))) == account
    assert Account.from_key(dict(zip(KEY_PARTS, account.key, strict=True))) == account


@given(accounts(), accounts())
def test_two_accounts_never_share_a_key(one: Account, other: Account) -> None:
    assert (one == other) == (one.key == other.key)


def test_the_key_has_every_part_and_json_leaves_out_what_is_none() -> None:
    account = Account(
        "ACME", "K-17", "HOLD-1", Status.QUARANTINED, "blind_return", label="L07-5521-D", grade="B"
    )
    assert account.key == (
        "ACME",
        "K-17",
        "HOLD-1",
        "quarantined",
        "blind_return",
        "",
        "",
        "L07-5521-D",
        "B",
    )
    assert set(KEY_PARTS) - set(account.to_json()) == {"lot", "serial"}


@pytest.mark.parametrize("status", [None, Status.DISPOSED, Status.IN_TRANSIT])
def test_outside_the_building_few_statuses_exist(status: Status | None) -> None:
    assert replace(customer(), status=status).status is status


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"location": "@customer", "status": Status.SELLABLE}, "account.status_outside"),
        ({"location": "@transit:WH1>WH2", "status": Status.DAMAGED}, "account.status_outside"),
        ({"status": None}, "account.no_status"),
        ({"status": Status.QUARANTINED}, "account.no_reason"),
        ({"status": Status.QUARANTINED, "reason": ""}, "account.no_reason"),
        ({"reason": "inspection"}, "account.reason_outside"),
        ({"reason": ""}, "account.empty_part"),
        *(({part: ""}, "account.empty_part") for part in KEY_PARTS if part not in {"status", "reason"}),
    ],
)
def test_an_account_that_cannot_exist_is_refused(broken: dict[str, object], code: str) -> None:
    with pytest.raises(Refused, match=r"^Account of .*Expected .*Correct the account\.$") as no:
        replace(shelf(), **broken)  # type: ignore[arg-type]  # parts by name
    assert no.value.code == code


def test_an_unknown_status_is_refused_with_those_that_exist() -> None:
    assert read_status("refurbish") is Status.REFURBISH
    with pytest.raises(Refused, match=r"'lost'.*sellable, return_pending") as no:
        Account.from_json(shelf().to_json() | {"status": "lost"})
    assert no.value.code == "status.unknown"


@pytest.mark.parametrize("part", ["owner", "item", "location"])
def test_an_account_needs_owner_item_and_location(part: str) -> None:
    record = shelf().to_json()
    del record[part]
    with pytest.raises(Refused, match=f"account: field '{part}' holds nothing"):
        Account.from_json(record)
