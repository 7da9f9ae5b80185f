"""The work area of each phase: idle, waiting, an inspection, a number, a stop, what was saved."""

from __future__ import annotations

from app.domain.item import Item
from app.workflows.bench.figures import figure_words
from app.workflows.bench.goods import differing
from app.workflows.bench.inspection_work import (
    inspection_work,
    note_work,
    part_work,
    photo_address,
    reason_work,
)
from app.workflows.bench.override_work import override_work
from app.workflows.bench.shown import Shown
from app.workflows.bench.state import BenchState, Job, Phase, Saved
from app.workflows.bench.unidentified import THING
from app.workflows.texts import Texts
from app.workflows.view import (
    Choice,
    Comparison,
    IdleWork,
    ItemCard,
    LabelPreview,
    QuantityWork,
    SavedWork,
    StopWork,
    WaitWork,
    Work,
)

_DIGITS = ("DI", "DII", "DIII", "DIV", "DV", "DVI", "DVII", "DVIII", "DIX", "DO")


def work(state: BenchState, shown: Shown) -> Work:
    """What fills the work area in this phase."""
    match state.phase:
        case Phase.IDLE:
            return _idle(shown)
        case Phase.ITEM | Phase.SERIAL | Phase.LOT:
            return _wait(state, shown.texts)
        case Phase.GRADE:
            return inspection_work(state, shown)
        case Phase.COUNT:
            return _count(state, shown.texts)
        case Phase.REASON:
            return reason_work(state, shown)
        case Phase.PART:
            return part_work(state, shown)
        case Phase.NOTE:
            return note_work(state, shown)
        case Phase.STOP:
            return _stop(state, shown.texts)
        case Phase.SAVED:
            return _saved(state, shown)
        case Phase.BADGE | Phase.CHOICE | Phase.WHY | Phase.PIN:
            return override_work(state, shown)


def _idle(shown: Shown) -> IdleWork:
    texts = shown.texts
    return IdleWork(
        recent=shown.recent,
        empty_note=texts.say("note.recent_empty"),
        note=texts.say("note.recent") if shown.recent else "",
        figures=shown.figures,
        choices=(
            Choice("BLIND", texts.say("choice.blind"), icon="box", key="F5"),
            Choice("type_code", texts.say("choice.type"), icon="hash", key="F2"),
        ),
        held=shown.held,
    )


def _wait(state: BenchState, texts: Texts) -> WaitWork:
    job, pick = state.job, state.pick
    if pick is not None and state.phase is Phase.ITEM:
        offered = (
            Choice("OTHER", texts.say("choice.wrong_item"), pick.item.name, "box", "WRONG ITEM"),
            Choice("UNDO", texts.say("choice.undo"), icon="undo", key="UNDO"),
        )
        return WaitWork(pick.item.name, pick.item.sku, offered)
    if pick is not None and state.phase is Phase.LOT:
        return WaitWork(
            texts.say("band.lot.headline", item=pick.item.name),
            _wanted_lot(pick.item.sku, expected_lot(state), texts),
            (
                Choice("type_code", texts.say("choice.type"), icon="hash", key="F2"),
                Choice("UNDO", texts.say("choice.undo"), icon="undo", key="UNDO"),
                Choice(
                    "OTHER",
                    texts.say("choice.no_lot"),
                    texts.say("choice.hold_unit"),
                    "box",
                    "WRONG ITEM",
                ),
            ),
        )
    if pick is not None:
        return WaitWork(
            texts.say("band.serial.headline", item=pick.item.name),
            _wanted(pick.item.sku, state.expected_serial, texts),
            (
                Choice("type_code", texts.say("choice.type"), icon="hash", key="F2"),
                Choice("UNDO", texts.say("choice.undo"), icon="undo", key="UNDO"),
                Choice(
                    "OTHER",
                    texts.say("choice.no_serial"),
                    texts.say("choice.hold_unit"),
                    "box",
                    "WRONG ITEM",
                ),
            ),
        )
    title, detail = _next(job, texts)
    choices = [Choice("type_code", texts.say("choice.type"), icon="hash", key="F2")]
    if job is not None and (job.rma is None or (state.notice and state.notice.code == "unknown")):
        # Where nothing is announced anything may be in the box; elsewhere once a code led nowhere.
        choices = [Choice("NOID", texts.say("choice.unknown"), icon="ask", key="UNKNOWN")]
    if job is not None and job.open_lines:
        choices.append(Choice("GONE", texts.say("choice.not_in_box"), icon="cross", key="NOT IN BOX"))
    # With nothing left to scan, closing the box is the one proposal that Enter takes.
    proposed = job is not None and job.rma is not None and not job.open_lines
    detail_done = texts.say("choice.done_detail") if job is not None and job.open_lines else ""
    done = Choice("DONE", texts.say("choice.done"), detail_done, "tick", "Ctrl+Enter", proposed=proposed)
    choices.append(done)
    choices.append(Choice("HOLD", texts.say("choice.hold"), icon="hold", key="F8"))
    return WaitWork(title, detail, tuple(choices))


def _next(job: Job | None, texts: Texts) -> tuple[str, str]:
    line = next(iter(job.open_lines), None) if job else None
    if job is None or line is None:
        return texts.say("wait.title_any"), ""
    item = job.items.get(line.sku)
    serial = line.serials[0] if len(line.serials) == 1 else ""
    return texts.say("wait.title", item=item.name if item else line.sku), _wanted(line.sku, serial, texts)


def _wanted(sku: str, serial: str, texts: Texts) -> str:
    if serial:
        return texts.say("wait.detail_serial", sku=sku, serial=serial)
    return texts.say("wait.detail", sku=sku)


def expected_lot(state: BenchState) -> str:
    """The lot the line in the hand was sold from, empty when it does not say."""
    job, pick = state.job, state.pick
    line = job.rma.line(pick.line) if job and job.rma and pick and pick.line is not None else None
    return (line.lot or "") if line is not None else ""


def _wanted_lot(sku: str, lot: str, texts: Texts) -> str:
    return texts.say("wait.detail_lot", sku=sku, lot=lot) if lot else texts.say("wait.detail", sku=sku)


def _count(state: BenchState, texts: Texts) -> QuantityWork:
    pick, job = state.pick, state.job
    if pick is None:
        raise ValueError("a number needs a unit in the hand")
    line = job.rma.line(pick.line) if job and job.rma and pick.line is not None else None
    expected = texts.say("count.expected", expected=job.left(line)) if job and line else ""
    return QuantityWork(
        item=ItemCard(pick.item.name, pick.item.sku),
        label=texts.say("count.label"),
        figure=state.digits or "0",
        expected=expected or texts.say("count.expected_none"),
        digits=tuple(
            Choice(word, str((n + 1) % 10), key=str((n + 1) % 10)) for n, word in enumerate(_DIGITS)
        ),
        confirm=Choice("OK", texts.say("choice.ok"), icon="tick", key="Enter"),
    )


def _stop(state: BenchState, texts: Texts) -> StopWork:
    pick, job = state.pick, state.job
    if pick is None or job is None:
        raise ValueError("a stop is about a unit in the hand")
    read, expected = pick.serial or "", state.expected_serial
    comparison = Comparison(
        expected_label=texts.say("stop.expected"),
        expected=expected,
        read_label=texts.say("stop.read"),
        read=read,
        verdict=texts.say("stop.verdict", n=differing(read, expected), m=max(len(read), len(expected))),
        explanation=texts.say("stop.explanation", rma=job.key),
    )
    return StopWork(
        item=ItemCard(pick.item.name, pick.item.sku),
        comparison=comparison,
        explanation=texts.say("stop.supervisor"),
        choices_title=texts.say("stop.choices"),
        choices=(
            Choice(
                "OTHER", texts.say("stop.wrong_item"), texts.say("stop.wrong_item_detail", rma=job.key), "box"
            ),
            Choice("UNDO", texts.say("stop.undo"), texts.say("stop.undo_detail"), "undo"),
            Choice("HOLD", texts.say("stop.hold"), texts.say("stop.hold_detail"), "hold"),
        ),
    )


def _saved(state: BenchState, shown: Shown) -> SavedWork:
    saved, job, texts = state.saved, state.job, shown.texts
    if saved is None:
        raise ValueError("a saved screen needs what was saved")
    title, detail = _next(job, texts) if job and job.open_lines else ("", "")
    newest = photo_address(saved.photos[-1]) if saved.photos else ""
    return SavedWork(
        put_label=texts.say("saved.put"),
        place=saved.place,
        rule=texts.say("saved.no_rule") if saved.decided_by else texts.say("saved.rule", rule=saved.rule),
        label=LabelPreview(
            headline=saved.headline,
            place=saved.place,
            item=saved.item.name,
            code=saved.label,
            date=saved.date,
            bars=shown.bars,
        ),
        printed=shown.printed,
        printed_marker=shown.printed_marker,
        item=ItemCard(saved.item.name, known_sku(saved.item), picture=newest),
        details=(
            *_saved_details(saved, texts),
            *figure_words(saved.weighing, shown.policy, texts),
        ),
        sent_word=shown.sent,
        sent_marker=shown.sent_marker,
        next_title=title,
        next_detail=detail,
        next_label=texts.say("saved.next") if title else "",
    )


def known_sku(item: Item) -> str:
    """The SKU as it is shown; empty for what is no item."""
    return "" if item.sku == THING.sku else item.sku


def _saved_details(saved: Saved, texts: Texts) -> tuple[str, ...]:
    lines = list[str]()
    if saved.grade:
        lines.append(texts.say("saved.grade", grade=saved.grade, caption=saved.grade_caption.lower()))
    if saved.decided_by:
        lines.append(texts.say("saved.decided_by", name=saved.decided_by))
        lines.append(saved.decided_why)
    lines += [
        texts.say("saved.before", grade=given.grade, by=given.by, when=given.when) for given in saved.before
    ]
    if saved.serial:
        lines.append(texts.say("word.serial", serial=saved.serial))
    if saved.lot:
        lines.append(texts.say("word.lot", lot=saved.lot))
    if saved.pick_qty > 1:
        lines.append(texts.say("saved.quantity", qty=saved.pick_qty))
    if saved.missing_parts:
        lines.append(texts.say("saved.missing_parts", parts=", ".join(saved.missing_parts)))
    if saved.notes:
        lines.append(texts.say("saved.notes", notes=", ".join(saved.notes)))
    if saved.photos:
        lines.append(texts.say("saved.photos", n=len(saved.photos)))
    if saved.photo_missing:
        lines.append(texts.say("saved.photo_missing", why=texts.say(f"photo.why_{saved.photo_missing}")))
    return (*lines, *saved.answers)
