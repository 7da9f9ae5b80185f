"""A centre's store with a policy key, two approvers and a bench whose write-offs they sign on paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.domain.approvals import (
    Action,
    Approval,
    Place,
    Signed,
    Statement,
    body_digest,
)
from app.domain.approvals.certificate import enrolment_of
from app.domain.clock import to_text
from app.domain.envelope import Envelope
from app.domain.event import Event
from app.domain.signing import Ed25519Signer
from sync.central.commands import approvers as commands
from sync.central.commands.approvers_asked import NewApprover, NewRevocation
from sync.central.commands.catalogue import put_locations
from sync.central.commands.items import put_items
from sync.central.store.act import Act
from sync.central.store.approval_keys import Issuer, grant_key, issuer_of
from sync.central.store.feed import position
from sync.central.store.tables import (
    approver,
    approver_certificate,
    event_approval,
    exception,
    journal_line,
)
from tests.app.domain.examples import EVIDENCE
from tests.approvals.world import OMAR, POLICY, ROOT, RUTH, write_off
from tests.sync.central.receiving import Bench, OwnClock, Store

ASKED: dict[str, Any] = {
    "actions": ["write_off", "unlock"],
    "sites": ["WH1"],
    "currency": "GBP",
    "single_minor": 20_000,
    "total_minor": 50_000,
    "count": 10,
    "two_person_above_minor": 15_000,
}
KEYS = {"RUTH": RUTH, "OMAR": OMAR}
PRICE = 1_450


def asking(code: str, signer: Ed25519Signer, **more: Any) -> NewApprover:
    """The enrolment of an approver, with the key's own proof."""
    proof = enrolment_of(code, signer).sig.hex()
    body = {"approver": code, "public_key": signer.public_key.hex(), "proof": proof} | ASKED | more
    return NewApprover.model_validate(body)


class Desk:
    """Approvers at one bench of one centre; each statement takes the next number of its approver."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.bench = Bench(evidence=replace(EVIDENCE, rev_no=0, feed_gen=0, feed_pos=0))
        with store.database.write() as conn:
            grant_key(conn, ROOT, POLICY, store.clock.now())
        places = [
            {"code": "WH1", "kind": "site", "name": "Warehouse", "site": "WH1"},
            {"code": "HOLD-3", "kind": "bin", "name": "Write-offs", "site": "WH1", "parent": "WH1"},
        ]
        record = {"sku": "K-17", "name": "Kettle", "value_minor": PRICE, "currency": "GBP"}
        self.act(lambda act: (put_locations(act, places), put_items(act, [record])))
        store.enrol(self.bench)
        self.counters = dict.fromkeys(KEYS, 0)
        for code, signer in KEYS.items():
            self.act(lambda act, c=code, s=signer: commands.enrol(act, self.issuer(act), asking(c, s)))

    @staticmethod
    def issuer(act: Act) -> Issuer:
        found = issuer_of(act.conn, POLICY)
        assert found is not None
        return found

    def act(self, do: Any) -> Any:
        now = self.store.clock.now()
        with self.store.database.write() as conn:
            return do(Act(conn, self.store.chain, "kim", "request:1", now, now))

    def ask(self, *statement: Any) -> list[Any]:
        with self.store.database.read() as conn:
            return list(conn.execute(*statement).all())

    def enrol(self, code: str, **more: Any) -> None:
        """An approver is given other rights, which stations are told."""
        signer = KEYS[code]
        self.act(lambda act: commands.enrol(act, self.issuer(act), asking(code, signer, **more)))

    def hears(self) -> None:
        """From now on the bench has read all there is in the feed."""
        gen, pos = head_of(self)
        self.bench._evidence = replace(self.bench._evidence, feed_gen=gen, feed_pos=pos)

    def price(self, minor: int) -> None:
        """Another value of a kettle."""
        record = {"sku": "K-17", "name": "Kettle", "value_minor": minor, "currency": "GBP"}
        self.act(lambda act: put_items(act, [record]))

    def revoke(self, code: str) -> dict[str, Any]:
        asked = NewRevocation(reason="badge lost")
        done: dict[str, Any] = self.act(lambda act: commands.revoke(act, self.issuer(act), code, asked))
        return done

    def certificate(self, code: str) -> Signed:
        """The newest certificate of an approver, as stations have it."""
        (row,) = self.ask(
            select(approver_certificate)
            .join(approver, approver.c.digest == approver_certificate.c.digest)
            .where(approver.c.code == code)
        )
        return Signed(row.document.encode(), bytes.fromhex(row.sig))

    def sign(self, event: Event, code: str = "RUTH", **more: object) -> Approval:
        """An approver's word on an event at the bench."""
        self.counters[code] += 1
        certificate = self.certificate(code)
        parts: dict[str, object] = {
            "approver": code,
            "certificate": certificate.digest,
            "event_id": event.event_id,
            "body": body_digest(event),
            "action": Action.WRITE_OFF,
            "asked_at": Place(self.bench.station_id, 1),
            "given_at": Place(self.bench.station_id, 1),
            "counter": self.counters[code],
            "nonce": f"{len(self.bench.events):016x}{self.counters[code]:015x}{ord(code[0]) % 16:x}",
            "value": PRICE,
            "currency": "GBP",
            "reason": "broken",
            "hlc": "1795344067123-00000",
        }
        statement = Statement(**(parts | more)).signed(KEYS[code])  # type: ignore[arg-type]  # by name
        with self.store.database.read() as conn:
            issuer = issuer_of(conn, POLICY)
        assert issuer is not None
        return Approval(issuer.grant, certificate, statement)

    def record(self, event: Event, *approvals: object, **more: object) -> Envelope:
        """The event in the bench's chain, not sent yet."""
        told = tuple(one.to_json() if isinstance(one, Approval) else one for one in approvals)
        parts = {
            name: getattr(event, name)
            for name in ("event_id", "kind", "subject", "operator", "session", "moves", "body", "private")
        }
        return self.bench.record(**parts, policy_ver=event.policy_ver, approvals=told, **more)

    def written_off(self, number: int = 1, *, qty: int = 1) -> Event:
        return write_off(number, qty=qty)

    def note(self, approval: Approval, event: Event) -> Envelope:
        """The bench's note that a statement was given."""
        statement = Statement.read(approval.statement)
        told = {
            "event_id": event.event_id,
            "counter": statement.counter,
            "proof": approval.statement.proof,
        }
        body = {"approver": statement.approver, "statements": [told]}
        return self.bench.record(
            event_id=f"note-{statement.counter}-{len(self.bench.events)}",
            kind="approval.given",
            subject=(f"approver:{statement.approver}",),
            operator=statement.approver,
            moves=(),
            body=body,
            private=None,
        )

    def send(self, *envelopes: Envelope) -> None:
        answer = self.store.push(self.bench, envelopes)
        assert type(answer).__name__ == "Ack", answer

    def verdicts(self) -> list[tuple[str, str]]:
        """Event id and verdict, in the order they were judged."""
        found = self.ask(
            select(event_approval.c.event_id, event_approval.c.verdict).order_by(event_approval.c.id)
        )
        return [(row.event_id, row.verdict) for row in found]

    def cases(self) -> list[tuple[str, int | None, str | None]]:
        """The exceptions about approvals: type, money at risk, currency."""
        found = self.ask(
            select(exception.c.type, exception.c.money_minor, exception.c.currency)
            .where(exception.c.type.like("appro%"))
            .order_by(exception.c.id)
        )
        return [tuple(row) for row in found]

    def books(self) -> dict[str, int]:
        """What each account of losses stands at, in minor units."""
        found = self.ask(select(journal_line.c.book, journal_line.c.minor))
        sums = dict[str, int]()
        for row in found:
            if row.book.startswith("Expenses:"):
                sums[row.book] = sums.get(row.book, 0) + row.minor
        return {name: minor for name, minor in sums.items() if minor}


@contextmanager
def desk_in(folder: Path, url: str | None = None, days: float = 0) -> Iterator[Desk]:
    """A desk whose store is proven and closed at the end."""
    clock = OwnClock()
    store = Store(folder, clock, url)
    try:
        desk = Desk(store)
        clock.at += timedelta(days=days)
        yield desk
        store.prove()
    finally:
        store.database.close()


def at(desk: Desk) -> str:
    """Now, as the store writes it."""
    return to_text(desk.store.clock.now())


def head_of(desk: Desk) -> tuple[int, int]:
    """The feed's generation and position."""
    with desk.store.database.read() as conn:
        return position(conn)
