"""Photos are what events name, no more and no less, and what was lost is answered for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.digests import digest_of
from app.domain.event import EventKind
from sync.central.checks.photos import check_photos
from sync.central.store import photos
from sync.central.store.act import Act
from tests.sync.central.shop import STATION, Shop, open_shop

A, B, C = (digest_of(name) for name in (b"a", b"b", b"c"))


@pytest.fixture
def day(tmp_path: Path) -> Iterator[tuple[Shop, str]]:
    """One photo that is here, one that is awaited, one that was lost; what is planted is not proven."""
    with open_shop(tmp_path, prove=False) as shop:
        event_id = shop.at_station(EventKind.RETURN_ARRIVED, rma="R-9", photos=[A, B, C])
        shop.at_station(EventKind.RETURN_ARRIVED, rma="R-9")
        shop.act(lambda act: photos.arrived(act.conn, A, 9, act.posted_at))
        shop.act(lambda act: photos.lost(act.conn, STATION, [C], act.posted_at))
        yield shop, event_id


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("DELETE FROM photo WHERE digest = :a", "event {event}"),
        ("UPDATE photo SET station = 'x' WHERE digest = :a", "event {event}"),
        ("UPDATE photo SET bytes = 0 WHERE digest = :a", "photo {a}"),
        ("UPDATE photo SET state = 'awaited' WHERE digest = :a", "photo {a}"),
        ("UPDATE photo SET state = 'moon' WHERE digest = :a", "photo {a}"),
        ("UPDATE photo SET bytes = 9 WHERE digest = :b", "photo {b}"),
        ("INSERT INTO photo VALUES (:b, 'e-x', 's', 'now', 'awaited', NULL)", "photo {b}"),
        ("DELETE FROM exception WHERE type = 'photo.lost'", "event {event}"),
    ],
)
def test_a_changed_row_is_named(day: tuple[Shop, str], change: str, found: str) -> None:
    shop, event_id = day

    def plant(act: Act) -> None:
        given = {name: value for name, value in (("a", A), ("b", B)) if f":{name}" in change}
        act.conn.execute(text(change), given)

    def subjects() -> set[str]:
        return {violation.subject for violation in shop.ask(lambda conn: list(check_photos(conn)))}

    assert subjects() == set()
    shop.act(plant)
    assert subjects() == {found.format(event=event_id, a=A, b=B)}


def test_the_audit_asks(day: tuple[Shop, str]) -> None:
    shop, _ = day
    shop.act(lambda act: act.conn.execute(text("DELETE FROM photo")) and None)
    assert "photo" in {violation.law for violation in shop.audit().violations}
