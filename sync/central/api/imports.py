"""Imports: a CSV text of items or locations, judged row by row."""

from __future__ import annotations

import io
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints

from app.domain.refusal import Refused
from sync.central.api.calls import Calls, speaker_of
from sync.central.commands.importing import Importing, import_lines
from sync.central.commands.shapes import Asked, Code, shown
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.store.act import Act
from sync.central.store.scope import Scope

_MOST_LINES = 20_000
_MOST_FINDINGS = 5_000
_KINDS = {"items": RecordKind.ITEM, "locations": RecordKind.LOCATION}


class Import(Asked):
    """A table to take.

    `columns` names a known column and what it is called in this table's header. `dry_run` judges everything
    and writes nothing.
    """

    model_config = shown(
        kind="items",
        csv="sku,title,gtins,weight_g\nK-17,Kettle 1.7 l,4006381333931,1240\n",
        columns={"name": "title"},
        dry_run=True,
    )

    kind: Literal["items", "locations"]
    csv: Annotated[str, StringConstraints(min_length=1)]
    columns: dict[Code, Code] = Field(default_factory=dict, max_length=100)
    dry_run: bool = False


def imports_router(calls: Calls) -> APIRouter:
    """Many records at once, with a report on their quality."""
    router = APIRouter(prefix="/v1", tags=["records"], route_class=calls.route)

    @router.post("/imports", summary="Import a table of items or locations")
    def import_(request: Request, body: Import) -> Response:
        """Good rows are taken; every rejected row and every questionable one is named with its rule.

        `findings` lists rejections first; `left_off` says how many more there are. Longer tables than 20,000
        lines are for `backhaul central import`.
        """
        return calls.command(
            request, partial(_imported, body, speaker_of(request)), within=partial(_inside, body)
        )

    return router


def _inside(body: Import, scope: Scope) -> None:
    """Items belong to no site; locations to so many that only a token for all of them may import any."""
    if body.kind != "items":
        scope.act(None)


def _imported(body: Import, speaker: Speaker, act: Act) -> dict[str, object]:
    lines = max(body.csv.count("\n"), body.csv.count("\r"))
    if lines > _MOST_LINES:
        raise Refused(
            "import.long",
            f"Read a table of {lines} lines.",
            f"Expected at most {_MOST_LINES}.",
            "Send it in parts, or use backhaul central import.",
        )
    importing = Importing(_KINDS[body.kind], speaker, dry=body.dry_run)
    found = import_lines(
        act, importing, lambda: io.StringIO(body.csv, newline=""), body.columns, _MOST_FINDINGS
    )
    tally = importing.tally
    return {
        "kind": body.kind,
        "dry_run": body.dry_run,
        **tally.to_json(),
        "findings": [finding.to_json() for finding in found],
        "left_off": tally.rules.total() - len(found),
    }
