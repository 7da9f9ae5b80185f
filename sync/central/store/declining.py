"""Declining for want of stock: the answer says what there was, and the decision is kept for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.central.rules.explain import REFUSED, LineDecision, sentences
from sync.central.rules.outcomes import Declined
from sync.central.rules.promise import Grant
from sync.central.store import claims
from sync.central.store.act import Act
from sync.central.store.decisions import Decision, note
from sync.central.store.stock import Stock

_SHOWN = 5


def declined(
    act: Act,
    subject: str,
    code: str,
    stock: Stock,
    grants: Sequence[Grant],
    *,
    more: Mapping[str, object] | None = None,
) -> Declined:
    """Keeps why nothing was claimed and answers with it; the caller has claimed nothing.

    `grants` are what each line could have got; `more` is what else the decision says, as that it is about a
    `change` of an order. What the subject itself holds stands in nobody's way.
    """
    lines = [LineDecision.of(grant, pools_of(stock, grant)).to_json() for grant in grants]
    short = [grant for grant in grants if grant.qty < grant.want.qty]
    document: dict[str, object] = {
        "lines": lines,
        "held_by": _held_by(act, stock, short, subject),
        **(more or {}),
    }
    note(act, [Decision(subject, REFUSED, document)])
    missing = ", ".join(f"{grant.want.qty} of {grant.want.sku} ({grant.qty} available)" for grant in short)
    return Declined(
        code,
        f"Not available: asked for {missing[:400]}.",
        "Expected no more than can be promised.",
        "Ask for less, let the order wait (short: backorder), or see the decision for who holds the units.",
        {"why": sentences(REFUSED, document), "subject": subject},
    )


def pools_of(stock: Stock, grant: Grant) -> Mapping[str, Mapping[str, int]]:
    """The pools of a grant's item and of its components, as `stock` was looked at."""
    skus = (grant.want.sku, *(part.sku for part in grant.want.kit))
    return {sku: stock.figures(sku) for sku in skus}


def _held_by(act: Act, stock: Stock, short: Sequence[Grant], subject: str) -> list[dict[str, object]]:
    """The first claims that hold the units of what is short, in order of entitlement."""
    found = list[dict[str, object]]()
    items = (sku for grant in short for sku in (grant.want.sku, *(part.sku for part in grant.want.kit)))
    for sku in dict.fromkeys(items):
        # One more than is shown, should one of them be the asker's own.
        first = claims.first_on(act.conn, stock.owner, sku, act.posted_at, _SHOWN + 1)
        others = [row for row in first if row.document != subject]
        found += [
            {"document": row.document, "line": row.line, "sku": sku, "qty": row.qty, "claim": row.claim}
            for row in others[:_SHOWN]
        ]
    return found
