"""Which rule decides about the money of units that came back: that of the policy they were authorized by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.policy.reader import read_policy
from app.domain.policy.refunds import FULL, RefundRule, Unit, as_offered, decide
from sync.central.store.prepared import asking
from sync.central.store.tables import item, policy, rma


def rule_for(conn: Connection, code: str, line: int, body: Mapping[str, Any]) -> tuple[RefundRule, str]:
    """The rule that decides about units of a return line, by the policy that held when it was authorized."""
    head = _return.first(conn, of=code)
    if head is None:
        return FULL, ""
    record = json.loads(head.document)
    version = record.get("policy_ver") or ""
    lines: list[dict[str, Any]] = record.get("lines", [])
    asked = next((entry for entry in lines if entry.get("line") == line), {})
    found = _source.first(conn, version=version)
    if found is None:
        return FULL, version
    rules = read_policy(found.source, f"policy {version}").refunds
    sold = _category.first(conn, sku=body.get("sku"))
    category = sold.document if sold else None
    unit = Unit(
        json.loads(category).get("category", "default") if category else "default",
        str(body.get("grade") or ""),
        str(asked.get("reason") or ""),
        str(body.get("disposition") or ""),
        asked.get("within_window") is False,
    )
    offers = {str(offer.get("offer")) for offer in asked.get("offers", ())}
    return as_offered(decide(rules, unit), offers), version


_return = asking(lambda _: select(rma.c.document).where(rma.c.code == bindparam("of")))
_source = asking(lambda _: select(policy.c.source).where(policy.c.version == bindparam("version")))
_category = asking(lambda _: select(item.c.document).where(item.c.sku == bindparam("sku")))
