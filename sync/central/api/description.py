"""What /openapi.json says beyond the routes themselves: tokens, keys and roles, taken from the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from sync.central.api.etag import GUARDED
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


def describing(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The app's own description with what the table of routes knows; made once, when first asked for."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        document.setdefault("components", {})["securitySchemes"] = _SCHEMES
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _describe(operation, method.upper(), path)
        return document

    return described


def _describe(operation: dict[str, Any], method: str, path: str) -> None:
    who = allowed(method, path)
    if who is Open.STATION:
        operation["security"] = [{_SIGNATURE: []}]
    elif not isinstance(who, Open):
        operation["security"] = [{_BEARER: []}]
        operation["x-roles"] = sorted(who)
        if method == "POST" and path not in QUESTIONS:
            others = [entry for entry in operation.get("parameters", []) if entry["name"] not in _ADDED]
            guarded = [_MATCH] if (method, path) in GUARDED else []
            operation["parameters"] = [*others, _KEY, *guarded]
