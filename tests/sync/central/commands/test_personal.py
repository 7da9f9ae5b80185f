"""Personal values on both databases: sealed, read on the record, purged in time, erased for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.signing import Ed25519Signer
from sync.central.audit import audit
from sync.central.commands import personal
from sync.central.commands.personal_asked import NewPersonal, ReadPersonal, Retention, Subject
from sync.central.commands.upkeep import is_due, upkeep
from sync.central.rules.outcomes import Missing
from sync.central.store import personal as kept
from sync.central.store.chain import CentreChain
from sync.central.store.personal import PURPOSE, Vault
from sync.central.store.tables import event, metadata, personal_data, personal_key, receipt, rma
from tests.sync.central.shop import Shop

VALUES = {"name": "Anna Karenina", "address": "12 Mill Lane, Leeds LS1 4AB"}
WHY = "the parcel came back"


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    sqlite = f"sqlite:///{tmp_path / 'centre.db'}"
    found = Shop(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    with found.database.write() as conn:
        for code, customer in (("R-1", "c-1"), ("R-2", "c-1"), ("R-3", None)):
            row = {"code": code, "owner": "ACME", "customer": customer, "state": "open", "finished": False}
            conn.execute(rma.insert().values(**row, document="{}", created_at="2026-01-01T00:00:00Z"))
    try:
        yield found
    finally:
        found.database.close()


def keep(shop: Shop, code: str = "R-1", **more: Any) -> str:
    asked = NewPersonal.model_validate({"rma": code, "values": VALUES} | more)
    return str(shop.act(lambda act: personal.keep(act, asked))["pii_ref"])


def read(shop: Shop, ref: str, *, label: bool = False) -> Any:
    asked = ReadPersonal(purpose=WHY, label=label)
    return shop.act(lambda act: personal.read(act, ref, asked), "kim")["values"]


def everything(shop: Shop) -> str:
    """All that is stored, as one text; bytes as text where they are."""
    found = []
    with shop.database.read() as conn:
        for table in metadata.tables.values():
            for row in conn.execute(select(table)):
                found += [
                    bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    return "\n".join(found)


def events(shop: Shop) -> list[tuple[str, str, Any]]:
    with shop.database.read() as conn:
        rows = conn.execute(select(event).where(event.c.kind.like("personal.%")).order_by(event.c.id))
        return [(row.kind, row.operator, json.loads(row.body)) for row in rows]


def rows(shop: Shop) -> tuple[int, int]:
    with shop.database.read() as conn:
        return tuple(len(conn.execute(select(t)).all()) for t in (personal_data, personal_key))  # type: ignore[return-value]


def test_values_are_nowhere_in_clear_and_every_look_is_on_the_record(shop: Shop) -> None:
    ref = keep(shop)
    assert not any(word in everything(shop) for word in ("Anna", "Karenina", "Mill Lane", "LS1"))
    assert read(shop, ref) == VALUES
    assert read(shop, ref, label=True) == {"name": "A. K.", "address": "4AB…"}
    assert [(kind, by) for kind, by, _ in events(shop)] == [
        ("personal.kept", "sam"),
        ("personal.read", "kim"),
        ("personal.read", "kim"),
    ]
    assert [body["masked"] for _, _, body in events(shop)[1:]] == [False, True]
    assert not any(word in everything(shop) for word in ("Anna", "Karenina", "Mill Lane", "LS1"))
    assert audit_of_chains(shop) == []


def audit_of_chains(shop: Shop) -> list[str]:
    """What breaks in chains and events; the RMAs above are rows without a story."""
    laws = ("chain", "facts", "event", "receipts")
    return [str(found) for found in audit(shop.database).violations if found.law in laws]


def test_a_person_gets_everything_and_is_erased_for_good(shop: Shop) -> None:
    mine, more, others = keep(shop), keep(shop, "R-2"), keep(shop, "R-3")
    subject = Subject(customer="c-1", reason="asked by letter")
    told = shop.act(lambda act: personal.export(act, subject))["personal"]
    assert [(one["rma"], one["values"]) for one in told] == [("R-1", VALUES), ("R-2", VALUES)]  # type: ignore[attr-defined]
    assert rows(shop) == (3, 3)
    erased = shop.act(lambda act: personal.erase(act, subject))["erased"]
    assert sorted(erased) == sorted([mine, more])  # type: ignore[call-overload]
    assert rows(shop) == (1, 1)
    for ref in (mine, more):
        with pytest.raises(Missing):
            read(shop, ref)
    assert read(shop, others) == VALUES
    assert shop.act(lambda act: personal.export(act, subject)) == {"personal": []}
    assert shop.act(lambda act: personal.erase(act, subject)) == {"erased": []}
    # The chain verifies as before: no value was ever in it.
    assert audit_of_chains(shop) == []


def test_values_go_when_their_time_is_over_and_the_last_takes_the_key(shop: Shop) -> None:
    first, second = keep(shop), keep(shop, days=20)
    with shop.database.read() as conn:
        assert kept.keep_days(conn) == 14
        assert not is_due(conn, shop.clock.now() + timedelta(days=13))
        assert is_due(conn, shop.clock.now() + timedelta(days=14))
    shop.clock.pass_by(days=14)
    assert shop.act(upkeep)["personal"] == 1
    with pytest.raises(Missing):
        read(shop, first)
    assert read(shop, second) == VALUES
    assert rows(shop) == (1, 1)
    shop.clock.pass_by(days=6)
    assert shop.act(upkeep)["personal"] == 1
    assert rows(shop) == (0, 0)
    assert shop.act(upkeep)["personal"] == 0
    assert [body for kind, _, body in events(shop) if kind == "personal.erased"] == [
        {"pii_refs": [first], "overdue": True},
        {"pii_refs": [second], "overdue": True},
    ]


def test_the_centre_says_how_long_values_stay(shop: Shop) -> None:
    assert shop.act(lambda act: personal.retain(act, Retention(days=3))) == {"days": 3}
    shop.act(lambda act: personal.retain(act, Retention(days=4)))
    asked = NewPersonal.model_validate({"rma": "R-1", "values": VALUES})
    until = shop.act(lambda act: personal.keep(act, asked))["keep_until"]
    assert str(until)[:10] == (shop.clock.now() + timedelta(days=4)).date().isoformat()


def test_what_is_about_nothing_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        keep(shop, "R-9")
    with pytest.raises(Missing):
        read(shop, "0" * 32)
    whole = Subject(rma="R-3", reason="asked")
    assert shop.act(lambda act: personal.erase(act, whole)) == {"erased": []}


def test_another_centres_key_opens_nothing(shop: Shop) -> None:
    keep(shop)
    other = CentreChain(Ed25519Signer(bytes([9] * 32)), shop.ids, shop.clock, "0.1.0")
    with shop.database.read() as conn:
        (row,) = conn.execute(select(personal_data)).all()
        for master in (other.derived(PURPOSE), shop.chain.derived(b"another purpose")):
            with pytest.raises(Exception, match="another centre's key"):
                Vault(conn, master, shop.ids).opened(row)
        assert Vault(conn, shop.chain.derived(PURPOSE), shop.ids).opened(row).values == VALUES
        (sealed,) = conn.execute(select(receipt.c.facts).where(receipt.c.event_id.is_not(None))).all()
        assert b"pii_ref" in bytes(sealed[0])
