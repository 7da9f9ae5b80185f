"""Which photos events name, and where they are: noted as events post, answered for by one case each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.digests import digest_of
from app.domain.event import EventKind
from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.commands.upkeep import is_due, upkeep
from sync.central.store import photos
from sync.central.store.tables import exception, photo
from tests.sync.central.shop import STATION, Shop, open_shop

A, B = digest_of(b"a"), digest_of(b"b")
OTHER = "6e" * 16


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with open_shop(tmp_path, url) as found:
        yield found


def names(shop: Shop, *digests: object, origin: str = STATION) -> str:
    """An event that names photos; it moves nothing."""
    return shop.at_station(EventKind.RETURN_ARRIVED, rma="R-9", photos=list(digests), origin=origin)


def rows(shop: Shop) -> list[tuple[Any, ...]]:
    asked = select(photo.c.digest, photo.c.event_id, photo.c.state, photo.c.bytes).order_by(
        photo.c.digest, photo.c.event_id
    )
    return [tuple(row) for row in shop.ask(lambda conn: conn.execute(asked).all())]


def cases(shop: Shop, type_: str) -> list[tuple[str, str]]:
    asked = select(exception.c.subject, exception.c.state).where(exception.c.type == type_)
    found = shop.ask(lambda conn: conn.execute(asked.order_by(exception.c.id)).all())
    return [(row.subject, row.state) for row in found]


def came(shop: Shop, digest: str, size: int = 9) -> None:
    shop.act(lambda act: photos.arrived(act.conn, digest, size, act.posted_at))


def said_lost(shop: Shop, *digests: str, origin: str = STATION) -> None:
    shop.act(lambda act: photos.lost(act.conn, origin, digests, act.posted_at))


def test_each_photo_is_noted_once_for_each_event_that_names_it(shop: Shop) -> None:
    first = names(shop, A, B, A)
    came(shop, A)
    second = names(shop, A, origin=OTHER)
    found = [(A, first, "here", 9), (A, second, "here", 9), (B, first, "awaited", None)]
    assert rows(shop) == sorted(found)
    assert shop.ask(lambda conn: photos.named_by(conn, STATION, [A, B])) == {A, B}
    assert shop.ask(lambda conn: photos.named_by(conn, OTHER, [A, B])) == {A}
    assert shop.ask(lambda conn: photos.named_by(conn, OTHER, [])) == set()
    shown = shop.ask(lambda conn: photos.shown_together(conn, [second, first]))
    assert [(entry["event_id"], entry["sha256"], entry["state"]) for entry in shown] == [
        (second, A, "here"),
        *sorted([(first, A, "here"), (first, B, "awaited")], key=lambda entry: entry[1]),
    ]
    assert shown[0]["path"] == f"/v1/photos/{A}"
    assert shop.ask(lambda conn: photos.shown(conn, [])) == {}


def test_what_is_no_photo_is_a_case_and_the_event_stands(shop: Shop) -> None:
    event_id = names(shop, "IMG_1.png", A)
    assert rows(shop) == [(A, event_id, "awaited", None)]
    assert cases(shop, "photo.unreadable") == [(f"event:{event_id}", "open")]


def test_what_is_gone_from_the_folder_is_awaited_again(shop: Shop) -> None:
    event_id = names(shop, A)
    came(shop, A)
    shop.act(lambda act: photos.gone(act.conn, A))
    assert rows(shop) == [(A, event_id, "awaited", None)]


def test_a_lost_photo_is_one_case_of_its_event_until_it_came_after_all(shop: Shop) -> None:
    event_id = names(shop, A, B)
    for _ in range(2):
        said_lost(shop, A, B)
    assert cases(shop, "photo.lost") == [(f"event:{event_id}", "open")]
    came(shop, A)
    assert cases(shop, "photo.lost") == [(f"event:{event_id}", "open")], "the other is still lost"
    came(shop, B)
    assert cases(shop, "photo.lost") == [(f"event:{event_id}", "resolved")]


def test_a_station_loses_only_what_it_named_and_what_has_not_come(shop: Shop) -> None:
    event_id = names(shop, A)
    said_lost(shop, A, origin=OTHER)
    came(shop, A)
    said_lost(shop, A)
    said_lost(shop)
    assert rows(shop) == [(A, event_id, "here", 9)]
    assert cases(shop, "photo.lost") == []


def test_photos_that_do_not_come_are_one_case_of_their_station_and_it_closes_itself(shop: Shop) -> None:
    names(shop, A)
    names(shop, B)
    shop.clock.pass_by(days=29)
    assert not shop.ask(lambda conn: is_due(conn, shop.clock.now()))
    shop.clock.pass_by(days=2)
    assert shop.ask(lambda conn: is_due(conn, shop.clock.now()))
    for _ in range(2):
        shop.act(upkeep)
    assert cases(shop, "photo.late") == [(f"station:{STATION}", "open")]
    assert not shop.ask(lambda conn: photos.late(conn, shop.clock.now()))
    came(shop, A)
    assert cases(shop, "photo.late") == [(f"station:{STATION}", "open")]
    said_lost(shop, B)
    assert cases(shop, "photo.late") == [(f"station:{STATION}", "resolved")]


def test_a_case_that_somebody_closed_is_open_again_only_for_what_is_late_since(shop: Shop) -> None:
    names(shop, A)
    shop.clock.pass_by(days=31)
    shop.act(upkeep)
    number = shop.ask(
        lambda conn: conn.scalar(select(exception.c.id).where(exception.c.type == "photo.late"))
    )
    shop.act(lambda act: resolve(act, int(number or 0), Resolution(note="known")))
    shop.act(upkeep)
    assert cases(shop, "photo.late")[0][1] == "resolved"
    names(shop, B)
    shop.clock.pass_by(days=31)
    shop.act(upkeep)
    assert cases(shop, "photo.late") == [(f"station:{STATION}", "open")]
    assert timedelta(days=30) == photos.LATE
