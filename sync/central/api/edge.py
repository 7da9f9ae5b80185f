"""The outermost layer: how large a request may be, what is counted of it, and one log line when wanted."""

from __future__ import annotations

import json
import logging

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.clock import Clock
from sync.central.api import request_id
from sync.central.api.meters import Meters
from sync.central.api.problem import refused_in, too_large, who_in
from sync.central.rules.refusals import Refusals

_log = logging.getLogger("backhaul.central.access")
_refused = logging.getLogger("backhaul.central.refused")
_TOO_LARGE = 413


class SizeLimit:
    """Refuses requests larger than `most` bytes, whether they say their length or not."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on as far as it is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._most:
            await self._refusal(int(length))(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise HTTPException(_TOO_LARGE, f"The request is larger than {self._most} bytes.")
            return message

        await self._app(scope, counted, send)

    def _refusal(self, length: int) -> ASGIApp:
        return too_large(f"Read a request of {length} bytes.", f"At most {self._most} bytes.")


class Observed:
    """Counts each request; with `log` also one JSON line: its word, method, route, status, time.

    No query, no names, no addresses. Of those that were refused to somebody, what and where is counted apart,
    and the first of each minute has its line in the log whatever `log` says.
    """

    def __init__(self, app: ASGIApp, clock: Clock, meters: Meters, refusals: Refusals, *, log: bool) -> None:
        self._app = app
        self._clock = clock
        self._meters = meters
        self._refusals = refusals
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and notes how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, self._clock.monotonic_ms()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                # Before its answer leaves: whoever reads the record next finds it there.
                if (code := refused_in(scope)) is not None:
                    self._note(scope, code)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", None)
            lasted = self._clock.monotonic_ms() - began
            self._meters.answered(scope["method"], route, status, lasted / 1000)
            if self._log:
                line = {
                    "request_id": request_id.current(),
                    "method": scope["method"],
                    "route": route,
                    "status": status,
                    "ms": round(lasted, 1),
                }
                _log.info("%s", json.dumps(line))

    def _note(self, scope: Scope, code: str) -> None:
        who, (host, _) = who_in(scope), scope.get("client") or ("", 0)
        route = getattr(scope.get("route"), "path", "")
        if self._refusals.note(self._clock.now(), code, f"{scope['method']} {route}", who, host):
            line = {"request_id": request_id.current(), "refused": code, "route": route, "who": who or None}
            _refused.info("%s", json.dumps(line))
