"""What stations, as witnesses, hold the centre to: its newest checkpoint, and that it goes on from theirs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.domain.checkpoint import Checkpoint
from app.domain.fields import EXACT_MAX
from sync.central.api.signed import SignedDesk, require_open
from sync.central.centre import Centre
from sync.central.store import checkpoints
from sync.central.store.trail import TreeName
from sync.wire import signatures
from sync.wire.trail import Shown

Size = Annotated[int, Query(ge=0, le=EXACT_MAX)]


def witness_router(centre: Centre) -> APIRouter:
    """What stations are shown of the audit trail."""
    router = APIRouter(prefix="/v1/sync", tags=["sync"])
    desk = _Desk(centre)

    @router.get("/checkpoint", summary="The newest checkpoint, and that it goes on")
    async def newest_(request: Request, feed: Size, receipts: Size) -> Response:
        """With proofs that what the station holds (how long both lists were) is the beginning of it."""
        return await desk.answer(request, lambda asked: desk.newest(asked, feed, receipts))

    return router


class _Desk(SignedDesk):
    """Answers stations about the trail."""

    def newest(self, asked: signatures.Request, feed: int, receipts: int) -> Shown:
        """Read beside the writer, after the nonce was used up."""
        require_open(self.signed(self.caller(asked), lambda _, station: station))
        with self._centre.database.read() as conn:
            kept = checkpoints.newest(conn)
            if kept is None:
                return Shown(None)
            said = Checkpoint.read(kept.checkpoint)
            if feed > said.feed.size or receipts > said.receipts.size:
                return Shown(kept.checkpoint, kept.grant)
            return Shown(
                kept.checkpoint,
                kept.grant,
                checkpoints.proof(conn, TreeName.FEED, feed, said.feed.size),
                checkpoints.proof(conn, TreeName.RECEIPTS, receipts, said.receipts.size),
            )
