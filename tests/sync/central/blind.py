"""A bench at a site whose units come back with no RMA, posted straight into a shop's ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.account import Status
from app.domain.signing import Ed25519Signer
from sync.central.commands import blind
from sync.central.commands.blind_asked import BlindMatch
from sync.central.store import blind_units
from sync.central.store.act import Act
from sync.central.store.enrolment import enrol, issue_code
from sync.wire.messages import Enrol
from tests.sync.central.shop import OWNER, STATION, Shop, at

Json = dict[str, Any]
NO_HINTS = blind.Hints(None, None, 30)


def with_bench(shop: Shop) -> Shop:
    """The station of `Shop.disposition` stands at WH1, where R-03 is a place."""
    now, key = shop.clock.now(), Ed25519Signer(bytes([9] * 32)).public_key

    def join(act: Act) -> None:
        issued = issue_code(
            act.conn,
            shop.ids.secret(16),
            name="Bench 7",
            site="WH1",
            owner=OWNER,
            now=now,
            life=timedelta(minutes=9),
        )
        enrol(act.conn, Enrol(issued.code, STATION, "i" * 32, key, "mine"), now)

    shop.act(join)
    return shop


def came(shop: Shop, label: str, sku: str = "A", qty: int = 1, **parts: Any) -> str:
    """A unit that nobody announced, in quarantine under its label."""
    held = {"status": Status.QUARANTINED, "reason": "blind_return"}
    return shop.disposition(sku, qty, label=label, **(held | parts))


def matched(shop: Shop, label: str, **to: Any) -> Json:
    """Matches it, with line 1 unless told otherwise."""
    asked = BlindMatch.model_validate({"line": 1, "at": at(12)} | to)
    return shop.act(lambda act: blind.match(act, label, asked))


def options(shop: Shop, label: str, hints: blind.Hints = NO_HINTS) -> list[Json]:
    """The candidates of a unit."""
    found: Any = shop.ask(lambda conn: blind.candidates(conn, label, hints))
    return list(found["candidates"])


def waiting(shop: Shop, **which: Any) -> list[Json]:
    """The units that wait."""
    asked: Json = {"sku": None, "cursor": None, "limit": 100, "sites": None} | which
    now = shop.clock.now()
    page: Any = shop.ask(lambda conn: blind_units.waiting(conn, now=now, **asked))
    return list(page["units"])
