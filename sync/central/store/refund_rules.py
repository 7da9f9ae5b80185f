"""Which refund rule decides about units of a return line; what it takes is read once for many lines."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.domain.policy.reader import read_policy
from app.domain.policy.refunds import FULL, RefundRule, Unit, as_offered, decide
from sync.central.store.allotting import category_of
from sync.central.store.prepared import asking
from sync.central.store.tables import item, policy, rma


@dataclass(frozen=True, slots=True)
class RefundRules:
    """`returns` are documents of RMAs by code, `policies` sources by version, `categories` by item."""

    returns: Mapping[str, Mapping[str, Any]]
    policies: Mapping[str, str]
    categories: Mapping[str, str]

    @classmethod
    def read(cls, conn: Connection, codes: Collection[str], skus: Collection[str]) -> RefundRules:
        """Reads what decides about lines of these returns and items."""
        heads = _returns.rows(conn, codes=sorted(codes)) if codes else ()
        returns = {row.code: json.loads(row.document) for row in heads}
        versions = sorted({document.get("policy_ver") or "" for document in returns.values()})
        sources = _policies.rows(conn, versions=versions) if versions else ()
        items = _items.rows(conn, skus=sorted(skus)) if skus else ()
        return cls(
            returns,
            {row.version: row.source for row in sources},
            {row.sku: category_of(row.document) for row in items},
        )

    def rule_for(self, code: str, line: int, body: Mapping[str, Any]) -> tuple[RefundRule, str]:
        """The rule by the policy that held when the return was authorized, and that policy's version."""
        document = self.returns.get(code)
        if document is None:
            return FULL, ""
        version = document.get("policy_ver") or ""
        lines: list[dict[str, Any]] = document.get("lines", [])
        asked = next((entry for entry in lines if entry.get("line") == line), {})
        source = self.policies.get(version)
        if source is None:
            return FULL, version
        unit = Unit(
            self.categories.get(str(body.get("sku")), "default"),
            str(body.get("grade") or ""),
            str(asked.get("reason") or ""),
            str(body.get("disposition") or ""),
            asked.get("within_window") is False,
        )
        offers = {str(offer.get("offer")) for offer in asked.get("offers", ())}
        return as_offered(decide(read_policy(source, f"policy {version}").refunds, unit), offers), version


_returns = asking(lambda among: select(rma.c.code, rma.c.document).where(among(rma.c.code, "codes")))
_policies = asking(
    lambda among: select(policy.c.version, policy.c.source).where(among(policy.c.version, "versions"))
)
_items = asking(lambda among: select(item.c.sku, item.c.document).where(among(item.c.sku, "skus")))
