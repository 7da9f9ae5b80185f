"""The screen of a count as a pure function of state and facts; what is expected is not shown before DONE."""

from __future__ import annotations

from dataclasses import dataclass

from app.workflows.bands import asking, fitted, notice_band
from app.workflows.counting.lines import hand
from app.workflows.counting.state import Bin, Counted, CountState, Line, Phase
from app.workflows.digits import digit_choices, step_choices
from app.workflows.job_idle import job_idle
from app.workflows.texts import Texts, shorten
from app.workflows.view import (
    Band,
    BandState,
    BenchView,
    Choice,
    Figure,
    HeldJob,
    ItemCard,
    LastAction,
    Marker,
    RecentJob,
    Sheet,
    SheetNote,
    SheetRow,
    TallyWork,
    Tone,
)

_OTHERS = (("INBND", "go.receiving", "box"), ("BENCH", "go.bench", "scan"))
_NAME = 26


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the screen of a count shows beside its state; all texts final.

    `moved` are the units by which the station's view of the open bin changed since the count began.
    """

    texts: Texts
    moved: int = 0
    recent: tuple[RecentJob, ...] = ()
    figures: tuple[Figure, ...] = ()
    held: tuple[HeldJob, ...] = ()
    last: LastAction | None = None


def draw(state: CountState, shown: Shown) -> BenchView:
    """The whole view; every text fits its place."""
    bin_ = state.bin
    return BenchView(
        band=_band(state, shown),
        work=job_idle(shown, "bin", _OTHERS) if bin_ is None else _tally(state, bin_, shown),
        job=None,
        last=shown.last if bin_ is None else _last(state, bin_, shown),
        actions=_actions(state),
        help=_help(state, shown.texts),
    )


def _band(state: CountState, shown: Shown) -> Band:
    texts, bin_ = shown.texts, state.bin
    context = _context(bin_, texts)
    if state.notice is not None:
        return notice_band(state.notice, texts, context)
    if bin_ is None:
        if state.saved is not None:
            return _saved_band(state.saved, texts)
        return asking(texts, "scan", "bin.idle.headline", "bin.idle.hint", {})
    line = _in_hand(state, bin_)
    parts: dict[str, object] = {
        "bin": bin_.code,
        "item": shorten(line.item.name, _NAME) if line else "",
        "qty": line.qty if line else 0,
        "left": len(bin_.asked),
    }
    code = "open" if line is None else "next"
    if state.visit is not None and state.visit.entering:
        code = "number"
    elif state.phase in {Phase.SERIAL, Phase.LOT}:
        code = state.phase.value
    elif state.phase is Phase.RECOUNT:
        code = "recount" if state.visit is None else "recounting"
        if line is not None and line.item.has_serial:
            code += "_serials"
    band = asking(texts, _ICONS.get(code, "scan"), f"bin.{code}.headline", f"bin.{code}.hint", parts)
    return Band(band.state, band.icon, band.headline, band.hint, context, tone=band.tone)


_ICONS = {
    "number": "hash",
    "recount": "ask",
    "recounting": "ask",
    "recount_serials": "ask",
    "recounting_serials": "ask",
}


def _saved_band(saved: Counted, texts: Texts) -> Band:
    parts: dict[str, object] = {"bin": saved.code, "items": saved.items, "units": saved.units}
    headline = texts.say("bin.saved.headline" if saved.units else "bin.saved.headline_empty", **parts)
    if saved.unknown:
        hint = texts.say("bin.saved.hint_unknown", **parts)
    elif not saved.differences:
        hint = texts.say("bin.saved.hint_agrees", **parts)
    else:
        one = saved.differences[0]
        said = {"item": shorten(one.name, _NAME), "counted": one.counted, "expected": one.expected}
        more = len(saved.differences) - 1
        code = "serials" if one.counted == one.expected else "differs"
        hint = texts.say("bin.saved.hint_more" if more else f"bin.saved.hint_{code}", more=more, **said)
    return fitted(BandState.OK, "tick", headline, hint, context="", tone=Tone.DONE)


def _context(bin_: Bin | None, texts: Texts) -> str:
    if bin_ is None or not bin_.asked:
        return ""
    return texts.say("bin.context.recount", n=len(bin_.asked))


def _in_hand(state: CountState, bin_: Bin) -> Line | None:
    key = hand(state)
    return bin_.line(key) if key is not None else None


def _tally(state: CountState, bin_: Bin, shown: Shown) -> TallyWork:
    texts, line, visit = shown.texts, _in_hand(state, bin_), state.visit
    sheet = _sheet(bin_, line, shown)
    close = Choice("DONE", texts.say("bin.close", bin=bin_.code), icon="dtick", key=texts.word("DONE"))
    if line is None:
        empty = Choice("NIL", texts.say("bin.empty"), icon="box", key=texts.word("NIL"))
        choices = () if bin_.counted else (empty,)
        title, detail = texts.say("bin.wait.title"), texts.say("bin.wait.detail", bin=bin_.code)
        return TallyWork(sheet, title=title, detail=detail, choices=choices, confirm=close)
    entering = visit is not None and visit.entering
    figure = visit.digits or "_" if visit and entering else str(line.qty)
    counted_here = state.phase is Phase.RECOUNT and visit is None
    confirm = close
    if entering:
        confirm = Choice("OK", texts.say("bin.set"), icon="tick", key=texts.word("OK"), proposed=True)
    elif state.phase is Phase.RECOUNT:
        keep = texts.say("bin.keep", qty=line.qty)
        confirm = Choice("OK", keep, icon="tick", key=texts.word("OK"), proposed=True)
    no_lot = Choice("NIL", texts.say("bin.no_lot"), icon="box", key=texts.word("NIL"))
    digits = () if line.item.has_serial or state.phase is Phase.LOT else digit_choices(_digit(state))
    return TallyWork(
        sheet,
        item=ItemCard(line.item.name, line.item.sku),
        chip_word=_visits(state, line, texts),
        label=texts.say("bin.before" if counted_here else "bin.label"),
        figure=figure,
        steps=step_choices(texts, less=line.qty > 0) if digits and not entering else (),
        digits=digits,
        choices=(no_lot,) if state.phase is Phase.LOT else (),
        confirm=confirm,
    )


def _digit(state: CountState) -> str:
    visit = state.visit
    return str(visit.qty) if visit is not None and not visit.before and not visit.entering else ""


def _visits(state: CountState, line: Line, texts: Texts) -> str:
    visit = state.visit
    if line.serials:
        return texts.say("bin.last_serial", serial=line.serials[-1])
    if line.lot:
        return texts.say("word.lot", lot=line.lot)
    if visit is not None and visit.before and not visit.entering:
        return texts.say("bin.added", before=visit.before, qty=visit.qty)
    return ""


def _sheet(bin_: Bin, current: Line | None, shown: Shown) -> Sheet:
    texts = shown.texts
    # The line in the hand first, then what was counted last.
    lines = [line for line in bin_.counted[::-1] if line != current]
    lines = [*([current] if current in bin_.counted else []), *lines]
    rows = tuple(_row(bin_, line, current, texts) for line in lines)
    notes = [SheetNote(texts.say("bin.blind"))]
    if shown.moved:
        code = "bin.moved_one" if shown.moved == 1 else "bin.moved"
        notes.append(SheetNote(texts.say(code, n=shown.moved), "bang", attention=True))
    seen = sum(1 for line in bin_.counted if line.qty)
    return Sheet(
        figures=(
            Figure(bin_.code, texts.say("bin.figure.bin")),
            Figure(str(seen), texts.say("bin.figure.items")),
            Figure(str(bin_.units), texts.say("bin.figure.units")),
            Figure(str(bin_.scans), texts.say("bin.figure.scans")),
        ),
        columns=(
            texts.say("bin.column.item"),
            texts.say("bin.column.sku"),
            "",
            texts.say("bin.column.count"),
            "",
        ),
        rows=rows,
        empty_note=texts.say("bin.none_yet"),
        notes=tuple(notes),
        segments=tuple(row.marker for row in reversed(rows)),
    )


def _row(bin_: Bin, line: Line, current: Line | None, texts: Texts) -> SheetRow:
    marker = Marker.OK
    if line == current:
        marker = Marker.NOW
    elif line.key in bin_.asked:
        marker = Marker.ATTENTION
    # What is to be counted again is not shown as counted: the figure would be copied.
    here = str(line.qty) if line.key not in bin_.asked[1:] else "?"
    detail = f"{line.item.sku} {texts.say('word.lot', lot=line.lot)}" if line.lot else line.item.sku
    return SheetRow(marker, line.item.name, detail, here=here)


def _last(state: CountState, bin_: Bin, shown: Shown) -> LastAction | None:
    line = _in_hand(state, bin_)
    if line is None or not bin_.touched:
        return None
    text = shown.texts.say("bin.last", item=shorten(line.item.name, _NAME), qty=line.qty)
    return LastAction(Marker.OK, bin_.touched, text, undo=bool(bin_.taken))


def _actions(state: CountState) -> tuple[str, ...]:
    if state.bin is None:
        return ("help", "type_code")
    if hand(state) is None or state.phase in {Phase.SERIAL, Phase.LOT}:
        return ("help", "type_code", "hold")
    return ("help", "type_code", "quantity", "hold")


def _help(state: CountState, texts: Texts) -> tuple[str, ...]:
    about = {Phase.IDLE: "count_idle", Phase.RECOUNT: "recount"}.get(state.phase, "count")
    if state.phase in {Phase.SERIAL, Phase.LOT}:
        about = "count_apart"
    return tuple(texts.say(f"help.{about}_{n}") for n in range(1, 6))
