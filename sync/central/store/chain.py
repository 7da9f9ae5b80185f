"""The centre's own chain: what the centre makes happen is sealed and stored like any station's event.

Several processes may seal one after the other: the head and the hybrid time go on from what any of them
sealed last, read inside the one writer's transaction. Only the boot id tells the processes apart.
"""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, bindparam, insert, select, text, update

from app.domain.clock import Clock, Hlc, to_ms, to_text
from app.domain.envelope import SALT_SIZE, ChainHead, Evidence, genesis, header_fields, seal
from app.domain.event import Event
from app.domain.ids import Ids
from app.domain.signing import Signer
from sync.central.store.feed import GENERATION, POSITION
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.tables import meta, receipt, station

CENTRE = "centre"
_EPOCH = 1
_ID_BYTES = 16
_BOOT_BYTES = 8
_DERIVED_TAG = b"backhaul/derived/v1\n"
_SECRET_SIZE = 32


def key_of_chain(conn: Connection) -> bytes | None:
    """The public key that the centre's own chain is sealed with; None before its first start."""
    found = conn.scalar(_KEY)
    return bytes.fromhex(found) if found is not None else None


class CentreChain:
    """Seals centre-made events; used only by whoever holds the one writer, of this or another process."""

    def __init__(self, signer: Signer, ids: Ids, clock: Clock, app_ver: str) -> None:
        self._signer = signer
        self._clock = clock
        self._app_ver = app_ver
        self._boot_id = ids.secret(_BOOT_BYTES).hex()
        self._hlc = Hlc(0, 0)
        # The head whose hybrid time is known here; another one in the table was sealed by another process.
        self._known = ""
        self.ids = ids

    def establish(self, conn: Connection) -> str:
        """The centre's id; on the first start it is made and its chain begun."""
        known = conn.scalar(select(meta.c.value).where(meta.c.name == "centre_id"))
        if known is not None:
            return str(known)
        centre_id = self.ids.secret(_ID_BYTES).hex()
        start = genesis(centre_id, _EPOCH, self._signer.public_key)
        conn.execute(insert(meta).values(name="centre_id", value=centre_id))
        conn.execute(
            insert(station).values(
                station_id=centre_id,
                name=CENTRE,
                bench=0,
                public_key=self._signer.public_key.hex(),
                install_id=centre_id,
                site="",
                owner="",
                epoch=_EPOCH,
                head_seq=0,
                head_hash=start.hash,
                enrolled_at=to_text(self._clock.now()),
            )
        )
        return centre_id

    def _go_on(self, conn: Connection, head: ChainHead) -> None:
        """Hybrid time goes on from the last event, whoever sealed it and wherever the clock was put since."""
        if head.hash == self._known or head.seq == 0:
            return
        last = _last.first(conn, station_id=head.station_id, epoch=head.epoch, seq=head.seq)
        if last is not None:
            self._hlc = max(self._hlc, Hlc.parse(header_fields(last.header).text("hlc")))

    def derived(self, purpose: bytes) -> bytes:
        """A secret of 32 bytes for one purpose: the same for as long as the centre has this key."""
        # A signature by Ed25519 is always the same, and only the key's holder can make it.
        secret = self._signer.sign(_DERIVED_TAG, purpose)
        return HKDF(SHA256(), _SECRET_SIZE, salt=None, info=purpose).derive(secret)

    def event_id(self) -> str:
        """A fresh identity for something that happens now."""
        return self.ids.event_id(to_ms(self._clock.now()))

    def seal(self, conn: Connection, event: Event, received_at: datetime) -> None:
        """Seals an event behind the chain's head and stores it as posted."""
        row = _head.rows(conn)[0]
        head = ChainHead(row.station_id, row.epoch, row.head_seq, row.head_hash)
        self._go_on(conn, head)
        self._hlc = self._hlc.tick(to_ms(received_at))
        evidence = Evidence(
            app_ver=self._app_ver,
            hlc=str(self._hlc),
            wall=to_text(received_at),
            mono_ms=int(self._clock.monotonic_ms()),
            boot_id=self._boot_id,
            tz="UTC",
            feed_gen=int(row.gen),
            feed_pos=int(row.pos),
        )
        envelope = seal(event, head, evidence, self._signer, self.ids.secret(SALT_SIZE))
        _receive.one(
            conn,
            station_id=envelope.station_id,
            epoch=envelope.epoch,
            seq=envelope.seq,
            event_id=envelope.event_id,
            hash=envelope.hash,
            header=envelope.header,
            facts=envelope.facts,
            private=envelope.private,
            salt=envelope.salt.hex() if envelope.salt else None,
            sig=envelope.sig.hex(),
            received_at=to_text(received_at),
            state="posted",
        )
        _advance.one(conn, seq=envelope.seq, hash=envelope.hash)
        self._known = envelope.hash


_KEY = select(station.c.public_key).where(station.c.name == CENTRE, station.c.bench == 0)
# The partial index is only used for a condition written out, so the state stands here as a word.
_last = asking(
    lambda _: select(receipt.c.header).where(
        receipt.c.station_id == bindparam("station_id"),
        receipt.c.epoch == bindparam("epoch"),
        receipt.c.seq == bindparam("seq"),
        text("receipt.state <> 'evidence'"),
    )
)
_head = asking(
    lambda _: select(
        station.c.station_id,
        station.c.epoch,
        station.c.head_seq,
        station.c.head_hash,
        GENERATION.label("gen"),
        POSITION.label("pos"),
    ).where(station.c.bench == 0)
)
_receive = inserting(receipt, *(column.name for column in receipt.columns if column.name != "id"))
_advance = updating(
    update(station)
    .where(station.c.bench == 0)
    .values(head_seq=bindparam("seq"), head_hash=bindparam("hash")),
    "seq",
    "hash",
)
