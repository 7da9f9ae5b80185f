"""Units that were graded at this station, found by label or serial: where they are, and who graded them."""

from __future__ import annotations

from app.domain.clock import from_text
from app.domain.event import EventKind
from app.domain.fields import Fields
from app.domain.item import Item
from app.ledger import site_stock
from app.ledger.writer import Ledger
from app.queries import balances, catalogue, history
from app.queries.history import Recorded
from app.station.setup import Setup
from app.workflows.bench.inputs import SeenUnit
from app.workflows.bench.known_unit import Decided, GivenGrade, KnownUnit
from app.workflows.counting.context import is_whole

_GRADING = (EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_REGRADED)
# What put a unit where it is: a grading, or a supervisor's word over one.
_DECIDING = (*_GRADING, EventKind.UNIT_REDECIDED)


def known_unit(ledger: Ledger, setup: Setup, label: str) -> KnownUnit | None:
    """The unit of a label as it is now, whichever of its labels this is.

    None when nothing of that label was graded here and stands, or when the unit was moved on, whole or in
    part, here or by the centre as far as it told this station: then what this station knows of it is no
    ground for another grade.
    """
    given = _decisions(ledger, label)
    if not given:
        return None
    last = Fields(given[-1].event.body, "grading")
    newest, qty = last.text("label"), last.whole("qty", least=1)
    held = balances.of_label(ledger.connection, newest)
    item = catalogue.by_sku(ledger.connection, last.text("sku"))
    if item is None or list(held.values()) != [qty]:
        return None
    account = next(iter(held))
    if _told_of(ledger, account.location) and site_stock.of(ledger.connection, account) != qty:
        # The own balances still have it where this station put it; the centre sent it elsewhere since.
        return None
    first = Fields(given[0].event.body, "grading")
    return KnownUnit(
        event_id=given[-1].event.event_id,
        label=newest,
        item=item,
        qty=qty,
        account=account,
        rma=first.maybe_text("rma"),
        blind=first.flag("blind", default=False),
        wrong_item=first.flag("wrong_item", default=False),
        grades=tuple(_grade(entry, setup) for entry in given if entry.event.kind in _GRADING),
        parts=part_names(ledger, item),
        decided=Decided(
            last.text_or("disposition", ""),
            last.text_or("rule", ""),
            given[-1].event.policy_ver or "",
            # An overridden decision is the supervisor's, whoever worked at the bench.
            last.maybe_text("decided_by") or given[-1].event.operator,
        ),
    )


def _told_of(ledger: Ledger, place: str) -> bool:
    """Whether the centre tells this station all that is at a place: of its own site, once it told all."""
    identity, known = ledger.identity, catalogue.location(ledger.connection, place)
    here = identity is not None and known is not None and known.site == identity.site
    return here and is_whole(site_stock.asks_from(ledger))


def part_names(ledger: Ledger, item: Item) -> tuple[str, ...]:
    """The names of a kit's parts in their order; a part that nobody told of here goes by its SKU."""
    known = ((part.sku, catalogue.by_sku(ledger.connection, part.sku)) for part in item.kit)
    return tuple(found.name if found else sku for sku, found in known)


def seen_unit(ledger: Ledger, setup: Setup, item: Item, serial: str) -> SeenUnit | None:
    """Where the unit of this serial was last saved here, unless that was taken back."""
    for entry in reversed(history.timeline(ledger.connection, f"serial:{serial}")):
        body = entry.event.body
        if (
            entry.event.kind == EventKind.RETURN_DISPOSITIONED
            and not entry.undone
            and body.get("sku") == item.sku
        ):
            at, rma = from_text(entry.wall).astimezone(setup.zone), body.get("rma")
            label = str(body.get("label"))
            unit = known_unit(ledger, setup, label)
            return SeenUnit(str(rma) if rma else None, unit.label if unit else label, f"{at:%H:%M}", unit)
    return None


def _decisions(ledger: Ledger, label: str) -> list[Recorded]:
    """Every decision about the unit that stands, the first one first, from any of its labels."""
    found = dict[int, Recorded]()
    waiting, seen = [label], set[str]()
    while waiting:
        code = waiting.pop()
        seen.add(code)
        for entry in history.timeline(ledger.connection, f"label:{code}"):
            if entry.event.kind in _DECIDING and not entry.undone:
                found[entry.seq] = entry
                body = entry.event.body
                waiting += [
                    other
                    for other in (body.get("label"), body.get("replaces"))
                    if isinstance(other, str) and other not in seen
                ]
    return [found[seq] for seq in sorted(found)]


def _grade(entry: Recorded, setup: Setup) -> GivenGrade:
    event = entry.event
    at = from_text(entry.wall).astimezone(setup.zone)
    by = setup.person.name if event.operator == setup.person.id else event.operator
    why = event.body.get("reason") if event.kind == EventKind.RETURN_REGRADED else None
    return GivenGrade(
        grade=str(event.body.get("grade") or ""),
        by=by,
        when=f"{at.day} {at:%b %H:%M}",
        why=setup.policy.regrade_text(str(why)) if why else "",
    )
