"""Whether the process lives, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter

from sync.central.centre import Centre
from sync.central.store.feed import position
from sync.central.store.migration import version_of


def health_router(centre: Centre) -> APIRouter:
    """Two questions a supervisor program asks."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Is the process alive")
    def alive() -> dict[str, str]:
        """Answers without touching the database."""
        return {"status": "ok"}

    @router.get("/readyz", summary="Can the centre work")
    def ready() -> dict[str, object]:
        """Reads the database; 503 when that fails or when it does not take writes, as a standby."""
        centre.database.require_writable()
        with centre.database.read() as conn:
            gen, pos = position(conn)
            tables = version_of(conn)
        return {
            "status": "ready",
            "version": centre.settings.app_ver,
            "tables": tables,
            "feed": {"gen": gen, "pos": pos},
        }

    return router
