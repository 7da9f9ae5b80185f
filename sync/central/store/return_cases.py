"""What of a return does not fit, as the cases that people answer."""

from __future__ import annotations

from dataclasses import replace

from app.domain.event import Event
from sync.central.rules.claimed import FIX, Why
from sync.central.rules.misfits import Kept, Misfit
from sync.central.rules.progress import Deed, Line
from sync.central.store.exceptions import Case

_NAMED = 3
_FIX = {
    Misfit.WRONG_ITEM: "Another unit came back than was authorized: ask the customer, decide about both.",
    Misfit.EXTRA_ITEM: "An item came back beside all that was authorized: find its sale, or send it back.",
    Misfit.OVER_QUANTITY: "More came back than was authorized: authorize the rest, or send it back.",
    Misfit.OTHER_SERIAL: "Ask the customer for the unit that was sold, and decide about this one; "
    "no refund is due for it until somebody credits it.",
}


def unknown_key(code: str) -> str:
    """The key of the case of a code that nobody authorized."""
    return f"return.unknown_rma:{code}"


def unknown_rma(deed: Deed, code: str) -> Case:
    """A station worked under a code that nobody authorized."""
    return _of_return(
        code,
        key=unknown_key(code),
        fix="A station worked on an RMA the centre does not know: find the order and authorize the return.",
        sku=deed.facts.maybe_text("sku"),
        qty=deed.facts.whole_or("qty", 0),
        at=f"event:{deed.event_id}",
    )


def blind(deed: Deed, key: str, why: Why = Why.BLIND) -> Case:
    """A return that nobody announced, and why it is nobody's; `key` is the one its unit was noted with."""
    f = deed.facts
    label = f.maybe_text("label")
    return Case(
        key=key,
        type=why,
        subject=f"label:{label}" if label else f"event:{deed.event_id}",
        owner_role="service",
        fix=FIX[why],
        sku=f.maybe_text("sku"),
        qty=deed.qty(),
        at=f"event:{deed.event_id}",
    )


def match_taken_back(deed: Deed, key: str, rma: str) -> Case:
    """A bench took a unit back that the centre had matched with a return meanwhile."""
    return replace(
        blind(deed, key),
        fix=f"The bench took back what it had recorded of this unit, which was matched with {rma} meanwhile: "
        "the match and its refund are taken back, too. Look at the unit, and have it recorded again.",
    )


def doubtful_key(code: str, line: int) -> str:
    """The key of the case of a line that was authorized and is to be looked at."""
    return f"return.doubtful:{code}:{line}"


def doubtful(code: str, line: int, why: Why, units: tuple[str, int], money: tuple[int, str] | None) -> Case:
    """A line that has its sale, and that finance looks at before money is given; `units` of an item."""
    return Case(
        key=doubtful_key(code, line),
        type=why,
        subject=f"rma:{code}",
        owner_role="finance",
        fix=f"Line {line}: {FIX[why]}",
        sku=units[0],
        qty=units[1],
        money=money,
    )


def unidentified(happened: Event) -> Case:
    """A thing that nobody at the bench could name."""
    label = happened.body.get("label")
    known = label if isinstance(label, str) and label else None
    return Case(
        key=f"return.unidentified:{known or happened.event_id}",
        type="return.unidentified",
        subject=f"label:{known}" if known else f"event:{happened.event_id}",
        owner_role="service",
        fix="Nobody at the bench could name this thing, which waits under its holding label: look at it and "
        "find out which item it is and whose.",
        at=f"event:{happened.event_id}",
    )


def unnamed(label: str, key: str) -> Case:
    """A thing whose name was taken back waits for another one; `key` is that of its case before."""
    return Case(
        key=key,
        type="return.unidentified",
        subject=f"label:{label}",
        owner_role="service",
        fix="The name that this thing was given was wrong and is taken back: look at it again and find out "
        "which item it is and whose.",
    )


def put_away_key(deed: Deed) -> str:
    """The key of the to-do of a matched unit that still stands on hold."""
    return f"return.put_away:{_unit(deed)}"


def apart_keys(deed: Deed, code: str) -> tuple[str, str]:
    """The keys under which a unit that counts for no line of its RMA may have its case."""
    unit = _unit(deed)
    return f"return.wrong_item:{code}:{unit}", f"return.not_on_rma:{code}:{unit}"


def not_on_rma(deed: Deed, code: str) -> Case:
    """A station counted a unit for a line that the RMA does not have."""
    return _of_return(
        code,
        key=apart_keys(deed, code)[1],
        fix="Another item came back than the RMA authorizes: ask the customer and decide about both.",
        sku=deed.facts.maybe_text("sku"),
        qty=deed.qty(),
        at=f"event:{deed.event_id}",
    )


def apart(deed: Deed, code: str, why: Kept, order: str | None = None) -> Case:
    """A unit that is none of the RMA's lines; both serials are named where two differ.

    `order` is the one that the serial which came was sold on, None when there is none.
    """
    fix = _FIX[why.misfit]
    if why.misfit is Misfit.OTHER_SERIAL:
        sold = " or ".join(why.sold[:_NAMED]) + (
            f" or {rest} more" if (rest := len(why.sold) - _NAMED) > 0 else ""
        )
        elsewhere = f"it was sold on order {order}" if order else "no order was sent it"
        fix = f"Serial {why.serial} came back ({elsewhere}), {sold} was sold. {fix}"
    return Case(
        key=apart_keys(deed, code)[0],
        type=why.misfit,
        subject=f"rma:{code}",
        owner_role="service",
        fix=fix,
        sku=deed.facts.maybe_text("sku"),
        qty=deed.qty(),
        at=f"event:{deed.event_id}",
    )


def missing_key(code: str, line: int) -> str:
    """The key of the case of units of a line that did not come."""
    return f"return.missing:{code}:{line}"


def missing(line: Line, code: str, qty: int) -> Case:
    """The box was finished and units of a line were not in it."""
    return _of_return(
        code,
        key=missing_key(code, line.line),
        fix=f"{qty} of {line.qty} of line {line.line} were not in the box: ask the customer and the carrier "
        "before anything is paid for them.",
        sku=line.sku,
        qty=qty,
    )


def missing_elsewhere(deed: Deed, code: str, number: int, qty: int) -> Case:
    """A finish names missing units of a line that the RMA does not have."""
    return _of_return(
        code,
        key=f"return.not_on_rma:{code}:{deed.event_id}:{number}",
        fix=f"A station finished this RMA with {qty} missing of line {number}, which it does not have: ask "
        "what was missing.",
        at=f"event:{deed.event_id}",
    )


def missing_excess(line: Line, code: str, named: int, excess: int) -> Case:
    """A finish names more missing units than were still to come."""
    return _of_return(
        code,
        key=f"return.missing_excess:{code}:{line.line}",
        fix=f"Line {line.line} authorizes {line.qty}; {named} were named as missing, {excess} more than were "
        "still to come: recount at the stations.",
        sku=line.sku,
        qty=excess,
    )


def over_key(code: str, line: int) -> str:
    """The key of the case of a line with more units than it authorizes."""
    return f"return.over_quantity:{code}:{line}"


def over(line: Line, code: str, done: int) -> Case:
    """More units of a line were dispositioned than it authorizes."""
    return _of_return(
        code,
        key=over_key(code, line.line),
        fix=f"Line {line.line} authorizes {line.qty}, {done} were dispositioned: recount at the stations.",
        sku=line.sku,
        qty=done - line.qty,
    )


def after_end(line: Line, code: str, how: str, done: int) -> Case:
    """Units of a line came after its RMA had ended, and their sale had been given them back."""
    return _of_return(
        code,
        key=f"return.after_end:{code}:{line.line}",
        fix=f"The return is {how} and {done} of line {line.line} came all the same: authorize them anew, or "
        "send them back.",
        sku=line.sku,
        qty=done,
    )


def odd_undo(happened: Event) -> Case:
    """An undo that undoes nothing here."""
    return Case(
        key=f"event.undo:{happened.event_id}",
        type="event.undo",
        subject=f"event:{happened.corrects}",
        owner_role="supervisor",
        fix="An undo names an event that is not here or was undone before: look at both and correct.",
        at=f"event:{happened.event_id}",
    )


def _unit(deed: Deed) -> str:
    return deed.facts.maybe_text("label") or deed.event_id


def _of_return(code: str, *, key: str, fix: str, sku: str | None = None, qty: int = 0, at: str = "") -> Case:
    """A case about a return, which the service desk answers; its key begins with its type."""
    return Case(key, key.partition(":")[0], f"rma:{code}", "service", fix, sku=sku, qty=qty, at=at)
