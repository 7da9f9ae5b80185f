"""The centre as a station speaks to it: every request signed, the clocks reconciled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import httpx

from app.domain.clock import Clock, from_text
from app.domain.feed import Cursor, Page
from app.domain.fields import Fields
from app.domain.ids import Ids
from app.domain.refusal import Unavailable
from app.domain.signing import Signer
from sync.client.exchange import BARE, SOMETHING_ELSE, Exchange, Problem, T
from sync.wire import codec
from sync.wire.answers import Answer, read_answer
from sync.wire.attachments import Ask, Have, Held, piece_target
from sync.wire.messages import Hello, Push, Welcome
from sync.wire.protocol import (
    ATTACHMENTS_HELLO_PATH,
    CHANGES_PATH,
    EVENTS_PATH,
    HELLO_PATH,
    HOLDS_PATH,
    RENEW_PATH,
)
from sync.wire.renewals import Holds, Offer, Renew, Renewed
from sync.wire.signatures import STALE, Request, sign
from sync.wire.snapshots import SNAPSHOT_PATH, Offered, Piece
from sync.wire.snapshots import piece_target as snapshot_piece_target
from sync.wire.trail import Holding, Shown, checkpoint_target
from sync.wire.wakes import WAKE_PATH, WAKE_TYPE, Reading

_OCTETS = "application/octet-stream"
_NONCE_SIZE = 16
_MOST_SKEW = timedelta(days=365 * 100)


class HttpCentre:
    """The centre behind a URL, spoken to as one enrolled station.

    A station whose clock is wrong is not shut out: it learns the centre's time from the welcome or from the
    refusal of a stale request, and signs with that.

    Args:
        base_url: such as `https://centre.example`; see `Exchange` for what is refused.
        station_id: who signs.
        signer: the station's key.
        clock: our time.
        ids: nonces.
        transport: how bytes travel, when not over real sockets.
    """

    def __init__(
        self,
        base_url: str,
        station_id: str,
        signer: Signer,
        *,
        clock: Clock,
        ids: Ids,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._exchange = Exchange(base_url, clock, transport)
        self._station_id = station_id
        self._signer = signer
        self._clock = clock
        self._ids = ids
        self._skew = timedelta(0)
        self._proof = False

    @property
    def skew_s(self) -> float:
        """By how many seconds the centre's clock is ahead of ours; 0 until the centre said so."""
        return self._skew.total_seconds()

    def hello(self, hello: Hello) -> Welcome:
        """Opens a session; learns how far apart the clocks are and whether answers speak of their bytes."""

        def read(f: Fields) -> Welcome:
            welcome = Welcome.from_json(f)
            if welcome.digest and not self._exchange.proven:
                raise Unavailable(BARE)
            self._learn(welcome.time)
            return welcome

        # The centre may be another one than a session before, older or newer.
        self._proof = False
        welcome = self._ask("POST", HELLO_PATH, codec.encode(hello.to_json()), read)
        self._proof = welcome.digest
        return welcome

    def push(self, push: Push) -> Answer:
        """Hands over events."""
        return self._ask("POST", EVENTS_PATH, codec.encode(push.to_json()), read_answer)

    def renew(self, renew: Renew) -> Renewed:
        """Asks for a new epoch."""
        return self._ask("POST", RENEW_PATH, codec.encode(renew.to_json()), Renewed.from_json)

    def holds(self, offer: Offer) -> Holds:
        """Which of these events the centre holds."""
        return self._ask("POST", HOLDS_PATH, codec.encode(offer.to_json()), Holds.from_json)

    def changes(self, gen: int, pos: int, limit: int, stock: str) -> Page:
        """The feed after a position, and the own site's stock since `stock`."""
        target = f"{CHANGES_PATH}?gen={gen}&pos={pos}&limit={limit}&stock={quote(stock, safe='')}"
        return self._ask("GET", target, b"", lambda f: Page.from_json(f.raw()))

    def ask(self, ask: Ask) -> Held:
        """What the centre has of some attachments."""
        return self._ask("POST", ATTACHMENTS_HELLO_PATH, codec.encode(ask.to_json()), Held.from_json)

    def put(self, digest: str, offset: int, size: int, piece: bytes) -> Have:
        """Hands over a piece of an attachment of `size` bytes."""
        return self._ask("PUT", piece_target(digest, offset, size), piece, Have.from_json, _OCTETS)

    def checkpoint(self, held: Holding) -> Shown:
        """The newest checkpoint of the audit trail, with proofs from what is held on."""
        return self._ask("GET", checkpoint_target(held), b"", Shown.from_json)

    def snapshot(self) -> Offered:
        """The manifest of a recent snapshot."""
        return self._ask("GET", SNAPSHOT_PATH, b"", Offered.from_json)

    def snapshot_piece(self, cursor: Cursor, offset: int) -> Piece:
        """Bytes of a snapshot's file."""
        return self._ask("GET", snapshot_piece_target(cursor, offset), b"", Piece.from_json)

    def wake(self, on_moved: Callable[[Cursor], bool]) -> None:
        """Listens for the feed to move until the stream ends, or `on_moved` says False."""
        reading = Reading()

        def heard(line: str) -> bool:
            cursor = reading.line(line)
            return cursor is None or on_moved(cursor)

        self._exchange.listen(self._signed("GET", WAKE_PATH, b"", codec.JSON_TYPE), WAKE_TYPE, heard)

    def close(self) -> None:
        """Lets the connections go."""
        self._exchange.close()

    def _ask(
        self,
        method: str,
        target: str,
        content: bytes,
        read: Callable[[Fields], T],
        kind: str = codec.JSON_TYPE,
    ) -> T:
        try:
            return self._exchange.send(self._signed(method, target, content, kind), read, proof=self._proof)
        except Problem as no:
            time = no.members.get("time")
            if no.code != STALE or not isinstance(time, str):
                raise
            self._learn(time)
        return self._exchange.send(self._signed(method, target, content, kind), read, proof=self._proof)

    def _signed(self, method: str, target: str, content: bytes, kind: str) -> httpx.Request:
        # Pictures are packed already.
        packed, headers = codec.pack(content) if kind == codec.JSON_TYPE else (content, dict[str, str]())
        if content:
            headers["content-type"] = kind
        request = self._exchange.request(method, target, packed, headers)
        signed = Request(method, str(request.url), {}, packed)
        nonce = self._ids.secret(_NONCE_SIZE).hex()
        sign(signed, self._station_id, self._signer, self._clock.now() + self._skew, nonce)
        request.headers.update(signed.headers)
        return request

    def _learn(self, time: str) -> None:
        skew = from_text(time) - self._clock.now()
        if abs(skew) > _MOST_SKEW:
            # No clock is wrong by that much; taken for true it would carry ours past the last year there is.
            raise Unavailable(SOMETHING_ELSE)
        self._skew = skew
