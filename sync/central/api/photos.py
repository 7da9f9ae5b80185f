"""Photos for people: the bytes that an event names, once they are here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Connection

from app.domain.digests import is_digest
from sync.central.api.calls import Calls
from sync.central.api.etag import names
from sync.central.centre import Centre
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store import photos
from sync.central.store.scope import Scope
from sync.wire.attachments import OFF, kind_of

_UNCHANGED = 304
_PICTURE: dict[str, object] = {"schema": {"type": "string", "format": "binary"}}


def photos_router(centre: Centre, calls: Calls) -> APIRouter:
    """One photo by the digest that events name it by."""
    router = APIRouter(prefix="/v1/photos", tags=["ledger"], route_class=calls.route)

    @router.get(
        "/{sha256}",
        summary="One photo",
        response_class=Response,
        responses={200: {"content": {"image/png": _PICTURE, "image/jpeg": _PICTURE}}},
    )
    def photo_(request: Request, sha256: Annotated[str, Path(max_length=200)]) -> Response:
        """The picture; it never changes. 404 for one that no event names, 409 for one that is not here yet.

        Seen by whoever may see the site of a bench that named it.
        """
        with centre.database.read() as conn:
            _require_here(conn, calls.scope(request, conn), sha256)
        headers = {
            "ETag": f'"{sha256}"',
            "Cache-Control": "private, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": "inline",
        }
        if names(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=_UNCHANGED, headers=headers)
        if centre.photos is None:
            raise Conflict(
                OFF,
                "This centre keeps no photos.",
                "Expected one that is served with --photos DIR.",
                "Ask the administrator to name the folder that has them.",
            )
        data = centre.photos.read(sha256)
        if data is None:
            raise Conflict(
                "photo.damaged",
                "The file of this photo is not in the centre's folder any more, or not as it was.",
                "Expected the bytes that came from its station.",
                "Ask the administrator to put it back from a copy of the folder.",
            )
        return Response(data, media_type=kind_of(data), headers=headers)

    return router


def _require_here(conn: Connection, scope: Scope, digest: str) -> None:
    """Refuses a photo that nobody named, that is another site's, or that has not come.

    Raises:
        Missing: no event names it.
        Forbidden: `token.site`.
        Conflict: `photo.awaited`, `photo.lost`.
    """
    rows = photos.rows_of(conn, digest) if is_digest(digest) else ()
    if not rows:
        raise missing("photo", digest)
    scope.see_one(*(row.site for row in rows))
    states = {row.state for row in rows}
    if photos.HERE in states:
        return
    where = rows[0].name or rows[0].station
    if photos.AWAITED in states:
        raise Conflict(
            "photo.awaited",
            f"This photo is still at {where}.",
            "Expected one that has come.",
            "Ask again later: it follows its event as soon as the network lets it.",
        )
    raise Conflict(
        "photo.lost",
        f"This photo is lost: {where} does not have it any more and it never came.",
        "Expected one that has come.",
        "See the open exception of its event.",
    )
