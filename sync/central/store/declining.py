"""Declining for want of stock: the answer says what there was, and the decision is kept for whoever asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.domain.reservation import Claim
from sync.central.rules.explain import REFUSED, lines_told, sentences
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
    basket: str | None = None,
) -> Declined:
    """Keeps why nothing was claimed and answers with it; the caller has claimed nothing.

    `grants` are what each line could have got; `more` is what else the decision says, as that it is about a
    `change` of an order. What the subject itself holds is told as its own, and so is the `basket` (its code)
    that it would have taken over.
    """
    lines = [line.to_json() for line in lines_told(grants, stock.figures)]
    short = [grant for grant in grants if grant.qty < grant.want.qty]
    held, rest = _held_by(act, stock, short, {subject, f"hold:{basket}"})
    document: dict[str, object] = {
        "lines": lines,
        "held_by": held,
        **({"others": rest} if rest else {}),
        **(more or {}),
    }
    note(act, [Decision(subject, REFUSED, document, stock.policy.version)])
    missing = ", ".join(f"{grant.want.qty} of {grant.want.sku} ({grant.qty} available)" for grant in short)
    return Declined(
        code,
        f"Not available: asked for {missing[:400]}.",
        "Expected no more than can be promised.",
        "Ask for less, let the order wait (short: backorder), or see the decision for who holds the units.",
        {"why": sentences(REFUSED, document), "subject": subject},
    )


def _held_by(
    act: Act, stock: Stock, short: Sequence[Grant], own: Collection[str]
) -> tuple[list[dict[str, object]], dict[str, int]]:
    """The first claims that hold the units of what is short, by entitlement; and the units of the rest."""
    found, rest = list[dict[str, object]](), dict[str, int]()
    items = (sku for grant in short for sku in (grant.want.sku, *(part.sku for part in grant.want.kit)))
    for sku in dict.fromkeys(items):
        rows = claims.first_on(act.conn, stock.owner, sku, act.posted_at, _SHOWN)
        for row in rows:
            claim = {
                "document": row.document,
                "line": row.line,
                "sku": sku,
                "qty": row.qty,
                "claim": row.claim,
            }
            found.append(claim | ({"own": True} if row.document in own else {}))
        pool = stock.pools[sku]
        # Its own basket is no part of the sums: they are as they would have been without it.
        counted = (row for row in rows if row.document not in own or row.claim != Claim.BASKET)
        more = pool.reserved + pool.basket - sum(int(row.qty) for row in counted)
        if more > 0:
            rest[sku] = more
    return found, rest
