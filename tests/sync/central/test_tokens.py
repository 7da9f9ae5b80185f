"""Tokens are shown once, known by their digest, and end at once when revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.refusal import Refused
from sync.central.rules.access import Role
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.act import Act
from sync.central.store.security_notes import listing as listing_of
from sync.central.store.tables import token
from sync.central.tokens import Principal, create, listing, principal_of, revoke, revoke_all
from tests.sync.central.shop import Shop

SECRET = bytes(range(32))


def make(shop: Shop, name: str = "shop", role: str = "integrator") -> str:
    return shop.act(lambda act: create(act.conn, SECRET, role=role, name=name, now=act.posted_at))


def test_a_token_opens_as_its_holder_and_is_not_stored(shop: Shop) -> None:
    text = make(shop)
    assert text == SECRET.hex()
    assert shop.ask(lambda conn: principal_of(conn, text, shop.clock.now())) == Principal(
        "shop", Role.INTEGRATOR
    )
    assert text not in str(shop.ask(lambda conn: conn.execute(select(token)).all()))
    assert shop.ask(lambda conn: principal_of(conn, text[:-1] + "0", shop.clock.now())) is None


def test_a_revoked_token_opens_nothing_and_stays_listed(shop: Shop) -> None:
    text = make(shop)
    shop.act(lambda act: revoke(act.conn, "shop", act.posted_at))
    assert shop.ask(lambda conn: principal_of(conn, text, shop.clock.now())) is None
    (record,) = shop.ask(listing)
    assert (record.name, record.role, record.revoked_at) == ("shop", "integrator", "2026-11-22T10:00:00.000Z")
    with pytest.raises(Missing):
        shop.act(lambda act: revoke(act.conn, "shop", act.posted_at))


def for_person(shop: Shop, secret: bytes, name: str, person: str | None) -> str:
    return shop.act(
        lambda act: create(act.conn, secret, role="supervisor", name=name, now=act.posted_at, person=person)
    )


def test_a_name_that_ended_is_given_again_to_its_person_alone(shop: Shop) -> None:
    first = for_person(shop, bytes(32), "Kim at Leeds", "Kim")
    with pytest.raises(Conflict) as live:
        for_person(shop, SECRET, "Kim at Leeds", "Kim")
    shop.act(lambda act: revoke(act.conn, "Kim at Leeds", act.posted_at))
    # Events name persons: the same name must not mean somebody else later.
    with pytest.raises(Conflict) as other:
        for_person(shop, SECRET, "Kim at Leeds", "Lee")
    assert (live.value.code, other.value.code) == ("token.exists", "token.other_person")
    text = for_person(shop, SECRET, "Kim at Leeds", "KIM ")
    found = shop.ask(lambda conn: principal_of(conn, text, shop.clock.now()))
    assert found == Principal("Kim at Leeds", Role.SUPERVISOR, None, "Kim")
    assert shop.ask(lambda conn: principal_of(conn, first, shop.clock.now())) is None
    listed = [(one.name, one.person, one.revoked_at is None) for one in shop.ask(listing)]
    assert sorted(listed) == [("Kim at Leeds", "Kim", False), ("Kim at Leeds", "Kim", True)]
    shop.act(lambda act: revoke(act.conn, "Kim at Leeds", act.posted_at))
    assert shop.ask(lambda conn: principal_of(conn, text, shop.clock.now())) is None


def test_a_token_is_the_person_of_its_name_unless_it_names_another(shop: Shop) -> None:
    text = make(shop)
    found = shop.ask(lambda conn: principal_of(conn, text, shop.clock.now()))
    assert found is not None
    assert (found.person, shop.ask(listing)[0].person) == ("shop", "shop")


def test_all_end_at_once_and_those_that_ended_before_keep_their_time(shop: Shop) -> None:
    shop.act(lambda act: create(act.conn, bytes(32), role="planner", name="old", now=act.posted_at))
    shop.act(lambda act: revoke(act.conn, "old", act.posted_at))
    text, later = make(shop), shop.clock.now() + timedelta(hours=1)
    assert shop.act(lambda act: revoke_all(act.conn, later)) == ["shop"]
    assert shop.ask(lambda conn: principal_of(conn, text, shop.clock.now())) is None
    ended = {record.name: record.revoked_at for record in shop.ask(listing)}
    assert ended == {"old": "2026-11-22T10:00:00.000Z", "shop": "2026-11-22T11:00:00.000Z"}


def test_a_role_that_is_none_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused) as no:
        make(shop, role="king")
    assert no.value.code == "token.role"


def test_a_token_of_some_sites_is_known_with_them(shop: Shop) -> None:
    text = shop.act(
        lambda act: create(
            act.conn, SECRET, role="planner", name="Kim", now=act.posted_at, sites=["WH2", "WH1", "WH2"]
        )
    )
    found = shop.ask(lambda conn: principal_of(conn, text, shop.clock.now()))
    assert found == Principal("Kim", Role.PLANNER, frozenset({"WH1", "WH2"}))
    assert shop.ask(listing)[0].sites == frozenset({"WH1", "WH2"})


def test_a_token_ends_by_itself_when_its_time_is_over(shop: Shop) -> None:
    until = shop.clock.now() + timedelta(days=1)

    def make(act: Act) -> str:
        return create(
            act.conn, SECRET, role="planner", name="Kim", now=act.posted_at, until=until, by=act.operator
        )

    text = shop.act(make)
    assert shop.ask(lambda conn: principal_of(conn, text, until - timedelta(seconds=1))) is not None
    assert shop.ask(lambda conn: principal_of(conn, text, until)) is None
    (listed,) = shop.ask(listing)
    assert listed.expires_at == "2026-11-23T10:00:00.000Z"
    assert listed.created_by


def test_tokens_that_are_made_and_ended_are_on_record_without_their_secret(shop: Shop) -> None:
    def do(act: Act) -> str:
        text = create(act.conn, SECRET, role="planner", name="kim 1", now=act.posted_at)
        create(act.conn, SECRET[::-1], role="planner", name="lee 1", now=act.posted_at, by="ann")
        revoke(act.conn, "kim 1", act.posted_at)
        revoke_all(act.conn, act.posted_at)
        return text

    text = shop.act(do)
    found: Any = shop.ask(lambda conn: listing_of(conn, None, 9))
    told = [(row["code"], row["who"], row["source"]) for row in found["security"]]
    assert told == [
        ("token.ended", "lee 1", None),
        ("token.ended", "kim 1", None),
        ("token.made", "lee 1", None),
        # Whoever made it was at the centre's own computer.
        ("token.made", "kim 1", "here"),
    ]
    assert text not in str(found)
