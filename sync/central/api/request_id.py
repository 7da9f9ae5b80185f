"""A word for each request, taken from the caller or made here, so that answer and log line find each other.

It stands in the answer's header, in a problem document and in the log. `current` is the word of the request
that is being answered, wherever in its making it is asked for.
"""

from __future__ import annotations

import re
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.ids import Ids

HEADER = "X-Request-Id"
_FIT = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BYTES = 8
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The word of the request under way; empty outside of any."""
    return _current.get()


class RequestId:
    """Gives each request its word; one that the caller sent is kept when it is short and plain."""

    def __init__(self, app: ASGIApp, ids: Ids) -> None:
        self._app = app
        self._ids = ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on with its word, and the answer back with it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(HEADER, "")
        word = sent if _FIT.fullmatch(sent) else self._ids.secret(_BYTES).hex()
        # For the answer to our own defect, which is made outside of this layer.
        scope.setdefault("state", {})["request_id"] = word

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = word
            await send(message)

        token = _current.set(word)
        try:
            await self._app(scope, receive, named)
        finally:
            _current.reset(token)
