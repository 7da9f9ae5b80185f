"""The station as the sync thread sees it: every question is asked on the station's own thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.domain.envelope import Envelope
from app.domain.feed import Page
from app.domain.refusal import Unavailable
from app.ledger import approvers, mirror, outbox, renewal, site_stock
from app.ledger.owed import Due, Kept, Torn
from app.ledger.writer import Ledger
from app.station.runner import StationThread, T
from app.station.status import LinkFacts
from app.workflows.view import Link as Pill
from sync.client.port import Position
from sync.client.state import Link, SyncState


class LedgerPort:
    """See the module; `changed` is called after anything a screen may show has changed."""

    def __init__(self, thread: StationThread, ledger: Ledger, changed: Callable[[], None]) -> None:
        self._thread = thread
        self._ledger = ledger
        self._changed = changed

    def position(self) -> Position:
        """Where the station stands now."""
        found = self._ask(self._position)
        # Asked with every beat of the sync, and ages on the screen grow meanwhile.
        self._changed()
        return found

    def pending(self, limit: int) -> Sequence[Envelope]:
        """The oldest events the centre has not confirmed."""
        return self._ask(lambda: outbox.pending(self._ledger, limit))

    def acknowledge(self, epoch: int, upto: int, head_hash: str) -> bool:
        """Marks events as confirmed when the centre's hash is ours."""
        found = self._ask(lambda: outbox.acknowledge(self._ledger, epoch, upto, head_hash))
        self._changed()
        return found

    def send_again(self, epoch: int, have: int) -> bool:
        """Has everything behind `have` sent again."""
        return self._ask(lambda: outbox.send_again(self._ledger, epoch, have))

    def owe(self, due: Due) -> Due:
        """Notes that a renewal is owed."""
        return self._ask(lambda: renewal.owe(self._ledger, due))

    def meet(self, gen: int, due: Due) -> Due | None:
        """Notes the generation of the centre's feed, and what follows from it."""
        return self._ask(lambda: renewal.meet(self._ledger, gen, due))

    def kept(self, after: int, limit: int) -> Sequence[Kept]:
        """What is still here."""
        return self._ask(lambda: renewal.kept(self._ledger, after, limit))

    def torn(self, seqs: Sequence[int]) -> Sequence[Torn]:
        """What the disk changed of these."""
        return self._ask(lambda: renewal.torn(self._ledger, seqs))

    def revocations(self) -> Mapping[str, object] | None:
        """The list as it was signed."""
        return self._ask(lambda: approvers.signed_revocations(self._ledger.connection))

    def begin_epoch(self, epoch: int, lacking: Sequence[int], upto: int, given: Mapping[str, int]) -> int:
        """Begins an epoch."""
        found = self._ask(lambda: renewal.begin(self._ledger, epoch, lacking, upto, given))
        self._changed()
        return found

    def apply(self, page: Page) -> None:
        """Puts a page into the mirror."""
        self._ask(lambda: mirror.apply_page(self._ledger, page))
        self._changed()

    def _position(self) -> Position:
        cursor = self._ledger.cursor
        return Position(
            self._ledger.head,
            cursor.gen,
            cursor.pos,
            outbox.waiting(self._ledger).count,
            site_stock.asks_from(self._ledger),
            outbox.acknowledged(self._ledger),
            renewal.met(self._ledger),
        )

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return self._thread.ask(question)
        except RuntimeError as stopping:
            raise Unavailable("The station is closing.") from stopping


def link_facts(state: SyncState) -> LinkFacts:
    """The sync's state as the screen's first pill."""
    pill = {Link.ONLINE: Pill.ONLINE, Link.NOT_JOINED: Pill.NOT_JOINED}.get(state.link, Pill.OFFLINE)
    stopped = state.link is Link.STOPPED
    return LinkFacts(pill, state.since, state.reason if stopped else "", "" if stopped else state.reason)
