"""Mirror mode: an external ledger's stock beside ours. Differences are stored; nothing is overruled."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field, ValidationError
from sqlalchemy import Connection, bindparam, func, select

from app.domain.account import Status
from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.commands.parties import unknown_owner
from sync.central.commands.shapes import MOST, Asked, Code, shown
from sync.central.rules.quality import Finding
from sync.central.rules.reconciling import Balance, Compared, Key, compare
from sync.central.rules.sheet import Sheet
from sync.central.store.act import Act
from sync.central.store.prepared import asking, inserting
from sync.central.store.tables import account, balance, item, location, reconciliation, reconciliation_line

MOST_LINES = 100_000
_WHOLE = re.compile(r"-?\d{1,12}", re.ASCII)
_COLUMNS = frozenset({"sku", "location", "site", "status", "qty"})


class StockLine(Asked):
    """Units that the other system has: at a location, in a site, or anywhere; in one status, or in all."""

    sku: Code
    location: Code | None = None
    site: Code | None = None
    status: Status | None = Field(default=None, strict=False)
    qty: int = Field(ge=-MOST, le=MOST)


class Reconciliation(Asked):
    """What another system believes that an owner has: as `lines`, or as `text`.

    `text` is CSV with the columns sku, location or site, status, qty; or JSON lines with these names. Several
    lines about the same are added up.
    """

    model_config = shown(
        owner="ACME", system="ERP", lines=[{"sku": "K-17", "site": "WH1", "qty": 46}], text=None
    )

    owner: Code
    system: Code
    lines: tuple[StockLine, ...] = Field(default=(), max_length=MOST_LINES, strict=False)
    text: str | None = None


def reconcile(act: Act, asked: Reconciliation) -> dict[str, object]:
    """Compares and stores the differences under a new number.

    Raises:
        Refused: a line cannot be read (the row is named), or both `lines` and `text` were sent, or neither.
    """
    if bool(asked.lines) == bool(asked.text):
        raise Refused(
            "reconciliation.empty",
            "Read both lines and text, or neither.",
            "Expected the stock once.",
            "Send either lines or text.",
        )
    theirs = Counter[Key]()
    for line in asked.lines or _read(asked.text or ""):
        site = "" if line.location else line.site or ""
        theirs[Key(line.sku, site, line.location or "", str(line.status or ""))] += line.qty
    compared = _compared(act.conn, asked.owner, theirs)
    number = _store(act, asked, compared)
    return {
        "id": number,
        "owner": asked.owner,
        "system": asked.system,
        "compared": compared.keys,
        "differing": len(compared.differences),
        "owner_known": not unknown_owner(act.conn, asked.owner),
    }


def _compared(conn: Connection, owner: str, theirs: Mapping[Key, int]) -> Compared:
    skus = list({key.sku for key in theirs})
    known = {row.sku for row in _known.rows(conn, skus=skus)}
    places = {row.code: row.site for row in conn.execute(_places)}
    rows = conn.execute(_inside, {"owner": owner})
    ours = (
        Balance(row.item, places.get(row.location, ""), row.location, row.status, int(row.qty))
        for row in rows
    )
    return compare(theirs, ours, known, places)


def _store(act: Act, asked: Reconciliation, compared: Compared) -> int:
    head = {
        "owner": asked.owner,
        "system": asked.system,
        "compared_at": to_text(act.posted_at),
        "compared_by": act.operator,
        "compared": compared.keys,
        "differing": len(compared.differences),
    }
    number = int(act.conn.execute(_new, head).scalar_one())
    _lines.run(
        act.conn,
        [
            {
                "reconciliation": number,
                "n": n,
                "sku": difference.key.sku,
                "site": difference.key.site,
                "location": difference.key.location,
                "status": difference.key.status,
                "ours": difference.ours,
                "theirs": difference.theirs,
                "why": str(difference.why),
            }
            for n, difference in enumerate(compared.differences, 1)
        ],
    )
    return number


def _read(text: str) -> Sequence[StockLine]:
    lines = list[StockLine]()
    for number, cells in _json_lines(text) if text.lstrip().startswith("{") else _csv(text):
        if len(lines) == MOST_LINES:
            raise _wrong(number, f"more than {MOST_LINES} lines")
        try:
            lines.append(StockLine.model_validate(cells))
        except ValidationError as no:
            first = no.errors()[0]
            field = ".".join(map(str, first["loc"])) or "line"
            raise _wrong(number, f"{field}: {first['msg']}") from None
    return lines


def _json_lines(text: str) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                raise _wrong(number, "no JSON") from None


def _csv(text: str) -> Iterator[tuple[int, object]]:
    sheet = Sheet(io.StringIO(text, newline=""), _COLUMNS.__contains__)
    for row in sheet.rows():
        if isinstance(row, Finding):
            raise _wrong(row.row, row.why)
        cells: dict[str, object] = {name: cell for name, cell in row.cells.items() if cell}
        if not _WHOLE.fullmatch(row.cells.get("qty", "")):
            raise _wrong(row.number, "qty: no whole number")
        cells["qty"] = int(row.cells["qty"])
        yield row.number, cells


def _wrong(number: int, why: str) -> Refused:
    return Refused(
        "reconciliation.line",
        f"Row {number} holds {why}.",
        "Expected sku, location or site, qty and perhaps status.",
        "Correct the row and send the whole again; nothing was compared.",
    )


_known = asking(lambda among: select(item.c.sku).where(among(item.c.sku, "skus")))
_places = select(location.c.code, location.c.site)
_inside = (
    select(account.c.item, account.c.location, account.c.status, func.sum(balance.c.qty).label("qty"))
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(balance.c.owner == bindparam("owner"), balance.c.status != "", account.c.location.not_like("@%"))
    .group_by(account.c.item, account.c.location, account.c.status)
)
_new = reconciliation.insert().returning(reconciliation.c.id)
_lines = inserting(reconciliation_line)
