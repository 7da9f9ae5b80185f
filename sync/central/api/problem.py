"""Problem details (RFC 9457): one shape for every error, with what was read, expected, and what to do."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.domain.refusal import Refused, Unavailable
from sync.central.api import request_id
from sync.central.rules.outcomes import (
    Conflict,
    Declined,
    Forbidden,
    Missing,
    Stale,
    TooMany,
    Unauthenticated,
    Unreadable,
    WrongForm,
)

_log = logging.getLogger("backhaul.central")
_STATUS: Mapping[type[Refused], int] = {
    Unreadable: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    Missing: 404,
    Conflict: 409,
    Stale: 412,
    WrongForm: 415,
    TooMany: 429,
}
_NOT_THEM = (Unauthenticated, Forbidden, TooMany)
_GUESSED = frozenset({"enrol.code", "enrol.known"})
_UNFIT = 422
_TOO_LARGE = 413
PROBLEM_TYPE = "application/problem+json"
_RETRY_S = "2"
_SHOWN = 20
_LONGEST_PATH = 200
_TOLD: Mapping[int, tuple[str, str]] = {
    404: (
        "Expected a path that /openapi.json describes",
        "Correct the path: a code in it may hold no slash.",
    ),
    405: ("Expected a method that this path takes:", "Send it with one of these methods."),
}
_OTHERWISE = ("Expected a request that /openapi.json describes", "Correct the request and send it again.")

PROBLEM_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:backhaul:order.exists"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "examples": ["order.exists"]},
        "read": {"type": "string", "description": "What was read."},
        "expected": {"type": "string", "description": "What a right input looks like."},
        "do": {"type": "string", "description": "What to do next."},
        "request_id": {"type": "string", "description": "The word of this request in the centre's log."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def problem(status: int, code: str, title: str, **more: object) -> Response:
    """A problem document as an answer."""
    document = {"type": f"urn:backhaul:{code}", "title": title, "status": status, "code": code, **more}
    if word := request_id.current():
        document.setdefault("request_id", word)
    headers = {"WWW-Authenticate": "Bearer"} if status == _STATUS[Unauthenticated] else None
    return Response(
        json.dumps(document, ensure_ascii=False), status, headers=headers, media_type=PROBLEM_TYPE
    )


def too_large(read: str, expected: str = "A smaller request.") -> Response:
    """The answer to a request beyond what is read."""
    return problem(_TOO_LARGE, "request.too_large", read, expected=expected, do="Send it in parts.")


def refusal(no: Refused) -> Response:
    """A refusal in its place: who, whether, what is there, or what was sent."""
    status = next((code for kind, code in _STATUS.items() if isinstance(no, kind)), _UNFIT)
    answer = problem(status, no.code, no.read, detail=str(no), read=no.read, expected=no.expected, do=no.do)
    if isinstance(no, TooMany):
        answer.headers["Retry-After"] = str(no.after_s)
    return answer


def mark(request: Request, no: Refused, *, always: bool = False) -> None:
    """Notes for the outermost layer that something was refused to somebody: who may not, or is not known."""
    if always or isinstance(no, _NOT_THEM) or no.code in _GUESSED:
        request.state.refused = no.code


def name(request: Request, who: str) -> None:
    """Notes whose call it is, as far as a secret or a signature proves it."""
    request.state.who = who


def refused_in(scope: Scope) -> str | None:
    """The code that was marked in a request."""
    return (scope.get("state") or {}).get("refused")


def who_in(scope: Scope) -> str:
    """The name that was noted in a request; empty for a stranger."""
    return str((scope.get("state") or {}).get("who", ""))


def declined_body(no: Declined) -> bytes:
    """The problem document of a decision against what was asked, as it is answered and kept."""
    document = {
        "type": f"urn:backhaul:{no.code}",
        "title": no.read,
        "status": _STATUS[Conflict],
        "code": no.code,
        "detail": f"{no.read} {no.expected} {no.do}",
        "read": no.read,
        "expected": no.expected,
        "do": no.do,
        **no.more,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def install(app: FastAPI) -> None:
    """Gives every error of the app its problem document."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _defect)


async def _refused(request: Request, no: Exception) -> Response:
    if not isinstance(no, Refused):
        raise no
    mark(request, no)
    return refusal(no)


async def _unavailable(_request: Request, away: Exception) -> Response:
    _log.warning("unavailable: %s", away)
    answer = problem(503, "centre.unavailable", "The centre cannot answer now.", do="Try again shortly.")
    answer.headers["Retry-After"] = _RETRY_S
    return answer


async def _unfit(_request: Request, unfit: Exception) -> Response:
    if not isinstance(unfit, RequestValidationError):
        raise unfit
    errors = [
        {"field": ".".join(str(part) for part in error["loc"]), "message": str(error["msg"])}
        for error in unfit.errors()[:_SHOWN]
    ]
    first = errors[0] if errors else {"field": "body", "message": "unreadable"}
    return problem(
        _UNFIT,
        "request.unfit",
        f"{first['field']}: {first['message']}.",
        expected="The shape that /openapi.json describes.",
        do="Correct the request and send it again.",
        errors=errors,
    )


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == _TOO_LARGE:
        return too_large(str(error.detail))
    allow = (error.headers or {}).get("Allow", "")
    expected, do = _TOLD.get(error.status_code, _OTHERWISE)
    answer = problem(
        error.status_code,
        f"http.{error.status_code}",
        str(error.detail),
        read=f"Read {request.method} {request.url.path[:_LONGEST_PATH]}.",
        expected=f"{expected} {allow}." if allow else f"{expected}.",
        do=do,
    )
    if allow:
        answer.headers["Allow"] = allow
    return answer


async def _defect(request: Request, error: Exception) -> Response:
    # The server logs the traceback; the caller learns nothing about our insides but the word to find it by.
    word = getattr(request.state, "request_id", "")
    _log.error("defect in request %s: %s", word, type(error).__name__)
    answer = problem(
        500,
        "centre.defect",
        "The centre made a mistake.",
        do="Tell whoever runs the centre.",
        request_id=word,
    )
    answer.headers[request_id.HEADER] = word
    return answer
