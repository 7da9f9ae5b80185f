"""The audit trail: signed checkpoints, and proofs that entries are under them and that none was told anew."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import Connection

from app.domain.checkpoint import Checkpoint
from app.domain.fields import EXACT_MAX
from sync.central.api.calls import Answer, Calls
from sync.central.api.records import Limit
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store import checkpoints
from sync.central.store.checkpoints import Kept
from sync.central.store.trail import TreeName, entries_of, inclusion_of

Number = Annotated[int, Path(ge=1, le=EXACT_MAX)]
Size = Annotated[int, Query(ge=0, le=EXACT_MAX)]
Under = Annotated[int, Query(ge=1, le=EXACT_MAX, description="Number of the checkpoint it is to be under.")]


def trail_router(calls: Calls) -> APIRouter:
    """What auditors hold the centre to."""
    router = APIRouter(prefix="/v1/audit", tags=["govern"], route_class=calls.route)

    @router.get("/checkpoints", summary="Signed checkpoints of both lists")
    def checkpoints_(
        before: Annotated[int | None, Query(ge=1, le=EXACT_MAX)] = None,
        daily: Annotated[bool, Query()] = False,
        limit: Limit = 100,
    ) -> Response:
        """From the newest back, those before a number; with `daily`, the first of each day."""

        def ask(conn: Connection) -> Answer:
            found = checkpoints.listed(conn, before, limit, daily=daily)
            following = found[-1][0] if len(found) == limit else None
            return {"checkpoints": [_told(kept) for _, kept in found], "before": following}

        return calls.query(ask)

    @router.get("/checkpoints/{number}", summary="One checkpoint")
    def checkpoint_(number: Number) -> Response:
        """As it was signed, with the grant of the key that signed it."""
        return calls.query(lambda conn: _told(_one(conn, number)))

    @router.get("/consistency", summary="Prove that a list went on and was not told anew")
    def consistency_(tree: TreeName, old: Size, new: Size) -> Response:
        """The hashes that lead from the root over `old` entries to that over `new` (RFC 6962)."""

        def ask(conn: Connection) -> Answer:
            # Bound by what was vouched for: beyond it, leaves would be hashed from rows, however many.
            last = checkpoints.newest(conn)
            if last is None:
                raise _nothing_yet()
            size = _size(_read(last), tree)
            if not old <= new <= size:
                raise _too_many(old, new, size)
            path = checkpoints.proof(conn, tree, old, new)
            return {"tree": tree, "old": old, "new": new, "path": [step.hex() for step in path]}

        return calls.query(ask)

    @router.get("/events/{event_id}/proof", summary="Prove that an event is under a checkpoint")
    def event_(event_id: str, checkpoint: Under) -> Response:
        """Each receipt of the event, with the hashes that lead from it to the checkpoint's root."""
        return calls.query(lambda conn: _proven(conn, event_id, _read(_one(conn, checkpoint))))

    @router.get("/feed/{pos}/proof", summary="Prove that a position of the feed is under a checkpoint")
    def position_(pos: Number, checkpoint: Under) -> Response:
        """The hashes that lead from the position to the checkpoint's root."""

        def ask(conn: Connection) -> Answer:
            said = _read(_one(conn, checkpoint))
            found = inclusion_of(conn, TreeName.FEED, pos, said.feed.size)
            if found is None:
                raise missing("position of the feed under it", str(pos))
            return {"pos": pos} | found

        return calls.query(ask)

    return router


def _proven(conn: Connection, event_id: str, said: Checkpoint) -> dict[str, object]:
    found = [
        inclusion_of(conn, TreeName.RECEIPTS, place, said.receipts.size)
        for place in entries_of(conn, event_id)
    ]
    proofs = [one for one in found if one is not None]
    if not proofs:
        raise missing("event under it", event_id)
    return {"event_id": event_id, "receipts": proofs}


def _one(conn: Connection, number: int) -> Kept:
    found = checkpoints.one(conn, number)
    if found is None:
        raise missing("checkpoint", str(number))
    return found


def _read(kept: Kept) -> Checkpoint:
    return Checkpoint.read(kept.checkpoint)


def _told(kept: Kept) -> dict[str, object]:
    said, signed = _read(kept), kept.to_json()
    return {
        "number": said.number,
        "daily": said.daily,
        "digest": kept.checkpoint.digest,
        "feed_size": said.feed.size,
        "receipts_size": said.receipts.size,
    } | signed


def _too_many(old: int, new: int, size: int) -> Conflict:
    return Conflict(
        "trail.sizes",
        f"Read sizes {old} and {new}.",
        f"Expected the smaller first, and at most the {size} entries of the newest checkpoint.",
        "Take both from checkpoints.",
    )


def _nothing_yet() -> Conflict:
    return Conflict(
        "trail.no_checkpoint",
        "This centre has signed no checkpoint yet.",
        "Expected one: proofs lead from checkpoint to checkpoint.",
        "Put a policy key in use, and ask again some minutes later.",
    )


def _size(said: Checkpoint, tree: TreeName) -> int:
    return said.feed.size if tree is TreeName.FEED else said.receipts.size
