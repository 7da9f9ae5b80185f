"""What /openapi.json says beyond the routes themselves: tokens, keys, roles and every problem there can be.

All of it is taken from tables, so that no route repeats it and none leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI

from sync.central.api.etag import GUARDED, TAGGED
from sync.central.api.problem import PROBLEM_SCHEMA, PROBLEM_TYPE
from sync.central.rules.access import QUESTIONS, Open, allowed

_BEARER = "token"
_SIGNATURE = "station"
_KEY: dict[str, object] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each command; the same key with the same request gets the first answer again, "
    "with another request it is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "example": "shop-order-8841",
}
_MATCH: dict[str, object] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the record that the command is based on; 412 when it was changed since.",
    "schema": {"type": "string"},
}
_ADDED = (_KEY["name"], _MATCH["name"])
_SCHEMES: dict[str, object] = {
    _BEARER: {"type": "http", "scheme": "bearer", "description": "A token that an admin made."},
    _SIGNATURE: {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "HTTP message signature (RFC 9421) by the station's Ed25519 key.",
    },
}
_WHY: Mapping[int, str] = {
    304: "The caller has it already: If-None-Match names its ETag.",
    400: "The body is no JSON.",
    401: "No valid token, or no valid signature.",
    403: "Not for this role, or outside of this token's sites.",
    404: "There is no such record.",
    409: "What is there stands in the way, or not enough is available.",
    412: "The record was changed since its ETag was read.",
    413: "The request is larger than is read.",
    415: "The body is not called JSON.",
    422: "A field does not fit; each is named with the rule it breaks.",
    429: "Too many requests of one token, or too many wrong secrets from one address; Retry-After says when "
    "to ask again.",
    503: "The database does not answer now; Retry-After says when to ask again.",
    507: "The centre's disk has no room for photos; they are kept and sent again.",
}
_UNCHANGED = 304
_ALIVE = "/healthz"
# Routes that answer 404 although no part of their path is a code.
_MAY_MISS = frozenset(
    {
        ("GET", "/v1/allocation-policies/current"),
        ("GET", "/v1/policies/current"),
        ("GET", "/v1/timeline"),
        ("POST", "/v1/orders"),
        ("POST", "/v1/returns"),
        ("POST", "/v1/simulations"),
    }
)
# Routes that read and may still be told that what is there stands in the way.
_MAY_STAND = frozenset(
    {
        ("GET", "/v1/photos/{sha256}"),
        ("GET", "/v1/audit/consistency"),
        ("POST", "/v1/sync/attachments/hello"),
        ("PUT", "/v1/sync/attachments/{sha256}"),
    }
)
_FILLS_DISK = ("PUT", "/v1/sync/attachments/{sha256}")
_PROBLEM = "Problem"


def problems_of(method: str, path: str) -> frozenset[int]:
    """The statuses other than success that a route may answer, by what kind of route it is."""
    who = allowed(method, path)
    found = {413}
    if path != _ALIVE:
        found.add(503)
    if who is Open.STATION or path.startswith("/v1/sync/"):
        found |= {401, 403, 422}
        if who is Open.ANYONE:
            found.add(429)
    elif not isinstance(who, Open):
        found |= {401, 403, 422, 429}
        if method == "POST":
            found |= {400, 409, 415}
    if "{" in path or (method, path) in _MAY_MISS:
        found.add(404)
    if (method, path) in _MAY_STAND:
        found.add(409)
    if (method, path) == _FILLS_DISK:
        found.add(507)
    if (method, path) in GUARDED:
        found.add(412)
    if (method, path) in TAGGED:
        found.add(_UNCHANGED)
    return frozenset(found)


def describing(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The app's own description with what the table of routes knows; made once, when first asked for."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        components = document.setdefault("components", {})
        components["securitySchemes"] = _SCHEMES
        schemas = components.setdefault("schemas", {})
        schemas[_PROBLEM] = dict(PROBLEM_SCHEMA)
        # The framework's own form of a refusal is never answered.
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _describe(operation, method.upper(), path)
        return document

    return described


def _describe(operation: dict[str, Any], method: str, path: str) -> None:
    who = allowed(method, path)
    operation["responses"].pop("422", None)
    for status in sorted(problems_of(method, path)):
        operation["responses"][str(status)] = _answer(status)
    if who is Open.STATION:
        operation["security"] = [{_SIGNATURE: []}]
    elif not isinstance(who, Open):
        operation["security"] = [{_BEARER: []}]
        operation["x-roles"] = sorted(who)
        if method == "POST" and path not in QUESTIONS:
            others = [entry for entry in operation.get("parameters", []) if entry["name"] not in _ADDED]
            guarded = [_MATCH] if (method, path) in GUARDED else []
            operation["parameters"] = [*others, _KEY, *guarded]


def _answer(status: int) -> dict[str, object]:
    described: dict[str, object] = {"description": _WHY[status]}
    if status != _UNCHANGED:
        schema = {"$ref": f"#/components/schemas/{_PROBLEM}"}
        described["content"] = {PROBLEM_TYPE: {"schema": schema}}
    return described
