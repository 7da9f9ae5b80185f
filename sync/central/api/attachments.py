"""The stations' routes for photos: which of them are lacking, and piece after piece of each. All are signed.

Photos follow the events that name them: only what a posted event of the asking station names is taken. The
database's writer is asked for the nonce and for the last word, never held while bytes are written.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from sync.central.api.signed import SignedDesk, any_object, read_body, require_open
from sync.central.centre import Centre
from sync.central.photo_folder import PhotoFolder
from sync.central.rules.outcomes import Conflict
from sync.central.store import photos
from sync.central.store.enrolment import Station
from sync.central.store.feed import position
from sync.wire import codec, signatures
from sync.wire.attachments import OFF, Ask, Have, Held, Place, require_digest, require_size
from sync.wire.protocol import MAX_ATTACHMENT, MAX_CHUNK

_OCTETS: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def attachments_router(centre: Centre) -> APIRouter:
    """What stations say and are told about photos."""
    router = APIRouter(prefix="/v1/sync/attachments", tags=["sync"])
    desk = _Desk(centre)

    @router.post("/hello", summary="Ask which photos are lacking", openapi_extra=any_object())
    async def ask_(request: Request) -> Response:
        """Of each of some digests how many bytes are here; those that the station lost get their case."""
        return await desk.answer(request, desk.ask)

    @router.put("/{sha256}", summary="Hand over a piece of a photo", openapi_extra=_OCTETS)
    async def piece_(
        request: Request,
        sha256: Annotated[str, Path(max_length=64)],
        offset: Annotated[int, Query(ge=0, le=MAX_ATTACHMENT)],
        size: Annotated[int, Query(ge=0, le=MAX_ATTACHMENT)],
    ) -> Response:
        """Pieces come in their order; one that begins elsewhere changes nothing, and the answer says where.

        After the last one the whole is held against its digest: it counts, or is thrown away and refused.
        """
        return await desk.answer(request, lambda asked: desk.piece(asked, sha256, offset, size))

    return router


class _Desk(SignedDesk):
    """Answers about photos."""

    def ask(self, asked: signatures.Request) -> Held:
        """What the folder has decides, not what was noted: a folder may have been lost, or put back."""
        caller = self.caller(asked)
        folder = self._folder()
        message = Ask.from_json(read_body(asked, "attachments"))
        here = {digest: folder.size(digest) for digest in message.digests}

        def note(conn: Connection, station: Station) -> tuple[set[str], int]:
            require_open(station)
            now = self._centre.clock.now()
            named = photos.named_by(conn, caller.station_id, message.digests)
            for digest in named:
                size = here[digest]
                if size is not None:
                    photos.arrived(conn, digest, size, now)
                else:
                    photos.gone(conn, digest)
            photos.lost(conn, caller.station_id, message.lost, now)
            return named, position(conn)[0]

        named, feed_gen = self.signed(caller, note)
        for digest in message.lost:
            folder.discard(digest, caller.station_id)
        have = {}
        for digest in message.digests:
            size = here[digest]
            if digest not in named:
                have[digest] = Have(Place.UNNAMED)
            elif size is not None:
                have[digest] = Have(Place.HERE, size)
            else:
                have[digest] = Have(Place.PART, folder.have(digest, caller.station_id))
        return Held(feed_gen, have)

    def piece(self, asked: signatures.Request, digest: str, offset: int, size: int) -> Have:
        """Keeps a piece; after the last one, the photo."""
        caller = self.caller(asked)
        folder, piece = self._folder(), asked.body
        require_digest(digest)
        require_size(size)
        if len(piece) > MAX_CHUNK:
            raise codec.too_large(MAX_CHUNK)

        def named(conn: Connection, found: Station) -> bool:
            require_open(found)
            return bool(photos.named_by(conn, caller.station_id, [digest]))

        if not self.signed(caller, named):
            return Have(Place.UNNAMED)
        station = caller.station_id
        known, have = folder.size(digest), 0
        if known is None:
            have = folder.append(digest, station, offset, piece)
            # The same last piece, sent twice, may have been finished by another process meanwhile.
            known = folder.finish(digest, station) if have >= size else folder.size(digest)
        if known is None:
            return Have(Place.PART, have)
        with self._centre.database.write() as conn:
            photos.arrived(conn, digest, known, self._centre.clock.now())
        return Have(Place.HERE, known)

    def _folder(self) -> PhotoFolder:
        if self._centre.photos is None:
            raise Conflict(
                OFF,
                "This centre keeps no photos.",
                "Expected one that is served with --photos DIR.",
                "Keep them at the station; they are sent once it does.",
            )
        return self._centre.photos
