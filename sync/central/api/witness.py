"""What stations, as witnesses, hold the centre to: its newest checkpoint, and that it goes on from theirs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from app.domain.checkpoint import Checkpoint
from app.domain.fields import EXACT_MAX
from app.domain.merkle import Tree
from sync.central.api.signed import SignedDesk, require_open
from sync.central.centre import Centre
from sync.central.store import checkpoints, trail_held
from sync.central.store.trail import TreeName
from sync.wire import signatures
from sync.wire.trail import Holding, Shown

Root = Annotated[str, Query(pattern="^([0-9a-f]{64})?$", description="Root over that many entries.")]
Size = Annotated[int, Query(ge=0, le=EXACT_MAX)]


def witness_router(centre: Centre) -> APIRouter:
    """What stations are shown of the audit trail."""
    router = APIRouter(prefix="/v1/sync", tags=["sync"])
    desk = _Desk(centre)

    @router.get("/checkpoint", summary="The newest checkpoint, and that it goes on")
    async def newest_(  # noqa: PLR0917 - one parameter per part of the query
        request: Request,
        feed: Size,
        receipts: Size,
        gen: Size = 0,
        number: Size = 0,
        feed_root: Root = "",
        receipts_root: Root = "",
    ) -> Response:
        """With proofs that what the station holds (how long both lists were) is the beginning of it.

        A station that says the roots, the generation and the number of its checkpoint has it held against
        both lists; one case is opened where they differ.
        """
        said = number if feed_root and receipts_root else 0
        held = Holding(
            Tree(feed, bytes.fromhex(feed_root)), Tree(receipts, bytes.fromhex(receipts_root)), gen, said
        )
        return await desk.answer(request, lambda asked: desk.newest(asked, held))

    return router


class _Desk(SignedDesk):
    """Answers stations about the trail."""

    def newest(self, asked: signatures.Request, held: Holding) -> Shown:
        """Read beside the writer, after the nonce was used up."""
        station = self.signed(self.caller(asked), lambda _, station: station)
        require_open(station)
        with self._centre.database.read() as conn:
            shown = _shown(conn, held)
            why = trail_held.difference(conn, held)
            known = bool(why) and trail_held.is_open_or_answered(conn, station.head.station_id)
        if why and not known:
            found = trail_held.Differing(station.head.station_id, held.number, why)
            with self._centre.database.write() as conn:
                trail_held.open_difference(conn, found, self._centre.clock.now())
        return shown


def _shown(conn: Connection, held: Holding) -> Shown:
    kept = checkpoints.newest(conn)
    if kept is None:
        return Shown(None)
    said = Checkpoint.read(kept.checkpoint)
    if held.feed.size > said.feed.size or held.receipts.size > said.receipts.size:
        return Shown(kept.checkpoint, kept.grant)
    return Shown(
        kept.checkpoint,
        kept.grant,
        checkpoints.proof(conn, TreeName.FEED, held.feed.size, said.feed.size),
        checkpoints.proof(conn, TreeName.RECEIPTS, held.receipts.size, said.receipts.size),
    )
