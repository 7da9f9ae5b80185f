"""A real bench with approvers whose keys were made at it, a root and certificates told by the feed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from app.domain.approvals import Action, Certificate, Limits, PolicyKey, Revocation, RevocationList
from app.domain.approvals.wrapping import PEPPER_SIZE
from app.domain.codes import CodeFamily, HumanCode
from app.domain.event import Event
from app.domain.feed import Change, Page
from app.domain.item import Item
from app.domain.returns import Rma, RmaLine
from app.ledger.mirror import apply_page
from app.queries import history
from app.scanning import badges
from app.scanning.commands import Word, payload
from app.station.approving import Approver, Approving, Means
from app.station.setup import Shot
from app.workflows.view import ReviewWork, Screen
from tests.app.station.approver_desk import CHEAP
from tests.app.station.bench_world import MUG_CODE, MUGS, BenchWorld
from tests.approvals.world import DAY, POLICY, ROOT

RUTH = Approver("RUTH", "271829", b"badge of RUTH...")
OMAR = Approver("OMAR", "314158", b"badge of OMAR...")
LIMITS = Limits("GBP", single=20_000, total=30_000, count=40, two_person_above=5_000)
PHOTO = "ab" * 32
BIG = str(HumanCode(CodeFamily.RMA, "", 20_000))
DEAR = replace(MUGS, value_minor=4_210)


class ReviewWorld(BenchWorld):
    """See the module. `cheap` units are worth 42.10, as the mirror says."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, camera=lambda: Shot(PHOTO))
        self.tell("item", DEAR.sku, DEAR.to_json())
        rma = Rma(BIG, "acme", "8842", (RmaLine(1, "MUG-4", 60, "damaged_in_transit"),))
        self.tell("rma", BIG, {**rma.to_json(), "done": [], "state": "open"})
        self.tell("approval_root", "root", {"public_key": ROOT.public_key.hex()})
        self.keys = {who.code: self.enrol(who) for who in (RUTH, OMAR)}

    def make_approving(self) -> Approving:
        """What signs here; opened anew with the program."""
        means = Means(CHEAP, b"p" * PEPPER_SIZE, frozenset({"123456"}), self.clock, self.ids)
        return Approving(self.ledger, means)

    def tell(self, kind: str, key: str, document: dict[str, Any]) -> None:
        """One record of the centre's feed."""

        def apply() -> None:
            pos = self.ledger.cursor.pos + 1
            apply_page(self.ledger, Page(1, pos, (Change(pos, kind, key, document),)))

        self.thread.ask(apply)

    def enrol(self, who: Approver, **more: Any) -> bytes:
        """A key of the approver here, and a certificate for it by the centre."""
        made = self.thread.ask(lambda: self.make_approving().enrol(who))
        key = bytes.fromhex(str(made["public_key"]))
        now = self.clock.now()
        parts: dict[str, Any] = {
            "approver": who.code,
            "public_key": key,
            "actions": frozenset({Action.WRITE_OFF, Action.UNLOCK}),
            "sites": frozenset({"WH1"}),
            "limits": LIMITS,
            "not_before": now,
            "not_after": now + 14 * DAY,
            "policy_ver": "2026.11-2",
            "rev_no": 0,
        }
        certificate = Certificate(**(parts | more)).signed(POLICY)
        grant = PolicyKey(1, POLICY.public_key, now - DAY, now + 300 * DAY).signed(ROOT)
        document = {"certificate": certificate.to_json(), "policy_key": grant.to_json(), "sites": ["WH1"]}
        self.tell("approver_certificate", who.code, document)
        return key

    def revoke(self, who: Approver) -> None:
        """The centre ends an approver's key, and the station is told."""
        found = RevocationList((Revocation(who.code, self.keys[who.code], "badge lost"),))
        grant = PolicyKey(1, POLICY.public_key, self.clock.now() - DAY, self.clock.now() + 300 * DAY)
        document = {"list": found.signed(POLICY).to_json(), "policy_key": grant.signed(ROOT).to_json()}
        self.tell("revocation_list", "list", document | {"number": 1})

    def worth(self, item: Item, minor: int) -> None:
        """Another value of an item."""
        self.tell("item", item.sku, replace(item, value_minor=minor).to_json())

    def discard(self, n: int = 1) -> list[str]:
        """Mugs of one big return that were discarded; their labels."""
        before = len(self.printed)
        self.go(Word.GO_BENCH)
        for _ in range(n):
            self.go(BIG, MUG_CODE, Word.GRADE_D, Word.ANSWER_1, Word.PHOTO, Word.DISCARD)
        return [str(document["code"]) for document, _ in self.printed[before:]]

    def go(self, *scans: str | Word) -> Screen:
        """Scans, the mat's codes read off the mat like any other."""
        return self.scan(*(payload(code) if isinstance(code, Word) else code for code in scans))

    def badge(self, who: Approver) -> Screen:
        """Somebody's badge under the scanner."""
        return self.go(badges.payload(who.badge))

    def pin(self, pin: str) -> Screen:
        """A PIN typed in the window."""
        self.bench.enter_pin(pin)
        return self.thread.ask(self.bench.screen)

    def review(self) -> ReviewWork:
        """What the review shows."""
        work = self.bench.screen().bench.work
        assert isinstance(work, ReviewWork), work
        return work

    def headline(self) -> str:
        """What the band says."""
        return self.bench.screen().bench.band.headline

    def newest(self, kind: str, n: int = 1) -> list[Event]:
        """The newest events of a kind."""

        def ask() -> list[Event]:
            sql = "SELECT event_id FROM event WHERE kind = ? ORDER BY seq DESC LIMIT ?"
            rows = self.ledger.connection.exec_driver_sql(sql, (kind, n)).all()
            found = [history.by_id(self.ledger.connection, row[0]) for row in rows]
            return [entry.event for entry in found if entry is not None]

        return self.thread.ask(ask)
