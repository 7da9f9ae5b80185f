"""What was sent, read strictly: JSON that says one thing once, and texts that either database can be asked.

A name that stands twice in one object means two things to two readers, and NaN is no JSON at all; both are
refused here, before anything is made of the body, for every route that people and programs call.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from fastapi import Request

from app.domain.refusal import Refused
from sync.central.rules.outcomes import Unreadable, WrongForm

_SENDS = "POST"
_SHOWN = 40
_NEVER = "\x00"


class Body(Request):
    """A request whose body was judged once; the route reads what was judged."""

    async def judge(self) -> None:
        """Reads the body of a command, when it has one.

        Raises:
            WrongForm: it is not called JSON.
            Unreadable: it is no JSON, or none that can be read.
            Refused: a name stands twice, or a number is none.
        """
        raw = await self.body() if self.method == _SENDS else b""
        if not raw:
            return
        if not _called_json(self.headers.get("content-type", "")):
            raise WrongForm(
                "request.form",
                f"Read a body of the form {self.headers.get('content-type', '')[:_SHOWN]!r}.",
                "Expected application/json in Content-Type, and JSON.",
                "Send the command as JSON.",
            )
        self._json = read(raw)


def read(raw: bytes) -> Any:
    """A body as JSON.

    Raises:
        Unreadable, Refused: as `Body.judge` says.
    """
    try:
        return json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as no:
        raise _unread(f"{no.msg} at sign {no.pos}") from None
    except UnicodeDecodeError as no:
        raise _unread(f"byte {no.start} is no UTF-8") from None
    except RecursionError:
        raise _unread("it is nested too deep") from None
    except ValueError:
        raise _unread("a number has too many digits") from None


def refuse_unsayable(request: Request) -> None:
    """Refuses a sign in path or query that no record is called by; PostgreSQL could not even be asked.

    Raises:
        Refused: there is a NUL.
    """
    for name, value in (*request.path_params.items(), *request.query_params.multi_items()):
        if _NEVER in name or _NEVER in str(value):
            raise Refused(
                "request.unfit",
                f"Read a NUL in {name[:_SHOWN]!r}.",
                "Expected texts without it.",
                "Leave it out.",
            )


def _called_json(said: str) -> bool:
    form = said.partition(";")[0].strip().lower()
    return form == "application/json" or (form.startswith("application/") and form.endswith("+json"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(
            "request.twice",
            f"Read the field {twice[:_SHOWN]!r} twice in one object.",
            "Expected each field once.",
            "Leave one of them out.",
        )
    return found


def _no_number(text: str) -> NoReturn:
    raise Refused(
        "request.number",
        f"Read the number {text}.",
        "Expected numbers as JSON has them.",
        "Leave the field out, or send null or a number.",
    )


def _unread(why: str) -> Unreadable:
    return Unreadable(
        "request.no_json",
        f"Read a body that is no JSON: {why}.",
        "Expected a whole JSON document in UTF-8, of common size and depth.",
        "Correct the body and send it again.",
    )
