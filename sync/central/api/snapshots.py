"""The stations' routes for snapshots: the signed manifest, and piece after piece of the file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from app.domain.feed import Cursor
from app.domain.fields import EXACT_MAX
from sync.central.api.signed import SignedDesk, require_open
from sync.central.centre import Centre
from sync.central.rules.outcomes import Conflict, missing
from sync.central.snapshots import Snapshots
from sync.central.store.approval_keys import issuer_of
from sync.central.store.enrolment import Station
from sync.wire import signatures
from sync.wire.snapshots import NONE, Offered, Piece

Number = Annotated[int, Path(ge=0, le=EXACT_MAX)]


def snapshots_router(centre: Centre, snapshots: Snapshots) -> APIRouter:
    """What a fresh station is given in the place of the whole feed."""
    router = APIRouter(prefix="/v1/sync", tags=["sync"])
    desk = _Desk(centre, snapshots)

    @router.get("/snapshot", summary="The manifest of a snapshot")
    async def manifest_(request: Request) -> Response:
        """Of the records that the asking station mirrors, at a recent position, signed."""
        return await desk.answer(request, desk.manifest)

    @router.get("/snapshot/{gen}/{pos}", summary="A piece of a snapshot")
    async def piece_(
        request: Request, gen: Number, pos: Number, offset: Annotated[int, Query(ge=0, le=EXACT_MAX)]
    ) -> Response:
        """Bytes of its file from an offset on; the same whenever they are asked for."""
        return await desk.answer(request, lambda asked: desk.piece(asked, Cursor(gen, pos), offset))

    return router


class _Desk(SignedDesk):
    """Answers stations about snapshots; made beside the writer."""

    def __init__(self, centre: Centre, snapshots: Snapshots) -> None:
        super().__init__(centre)
        self._snapshots = snapshots

    def manifest(self, asked: signatures.Request) -> Offered:
        """Signed with the policy key; a centre without one offers none."""
        station, now = self._station(asked), self._centre.clock.now()
        with self._centre.database.read() as conn:
            issuer = issuer_of(conn, self._centre.policy_key)
        if issuer is None or now >= issuer.key.not_after:
            raise Conflict(
                NONE,
                "This centre has no policy key that is good.",
                "Expected one: it signs snapshots.",
                "Nothing: the station fetches the records page by page.",
            )
        said = self._snapshots.newest(station.site, now)
        return Offered(said.signed(issuer.signer), issuer.grant)

    def piece(self, asked: signatures.Request, cursor: Cursor, offset: int) -> Piece:
        """Bytes of the snapshot at a position, for the station's own site."""
        station = self._station(asked)
        found = self._snapshots.piece(station.site, cursor, offset, self._centre.clock.now())
        if found is None:
            raise missing("snapshot", f"{cursor.gen}/{cursor.pos}")
        return Piece(found)

    def _station(self, asked: signatures.Request) -> Station:
        station = self.signed(self.caller(asked), lambda _, found: found)
        require_open(station)
        return station
