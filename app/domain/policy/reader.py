"""Reading a returns policy: a TOML document that the centre publishes and stations obey.

Reading one checks it whole: every combination of category, grade, answers and hazard meets a rule, every rule
and question can come up, every word that is used is declared, every disposition leads to stock that may
exist. A mistake names the file, the line and the key, and says what to do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache

from app.domain.account import Status
from app.domain.fields import Fields
from app.domain.policy.checks import check
from app.domain.policy.exchanges import read_exchange
from app.domain.policy.floor import read_floor
from app.domain.policy.leaving import check_leaving, read_leaving, read_regulated
from app.domain.policy.reading_routes import check_routes, read_routes
from app.domain.policy.reading_work import check_works, read_works
from app.domain.policy.reasons import check_reasons, read_reasons
from app.domain.policy.refunds import check_refunds, read_refunds
from app.domain.policy.shapes import Answer, Grade, Outcome, Policy, Question, Rule
from app.domain.policy.text import Text
from app.domain.policy.windows import check_windows, read_windows
from app.domain.refusal import Refused

GRADES = 4
"""As many grades as the bench mat has codes for."""
_DOCUMENT = (
    "version",
    "categories",
    "grade",
    "question",
    "disposition",
    "reason",
    "note",
    "regrade",
    "rule",
    "recovery",
    "blocked",
    "window",
    "refund",
    "exchange",
    "work",
    "leaving",
    "regulated",
    "send_back_days",
    "travel_days",
    "counting",
    "receiving",
)
_RULE = (
    "id",
    "name",
    "grades",
    "categories",
    "answers",
    "hazardous",
    "refurbished",
    "disposition",
    "among",
)
_MOST_DAYS = 3_650


@lru_cache(maxsize=8)
def read_policy(source: str, where: str) -> Policy:
    """Reads and checks a policy; `where` names the file in refusals."""
    try:
        document = tomllib.loads(source)
    except (ValueError, RecursionError) as bad:  # the latter: brackets nested without end
        raise Refused(
            "policy.not_toml",
            f"{where} is not TOML: {bad}.",
            "Expected a policy document.",
            "Mend that line.",
        ) from None
    text = Text(where, source)
    _only(Fields(document, where), _DOCUMENT)
    policy = Policy(
        version=text.key(document, "version").text("version"),
        grades=tuple(
            sorted((_grade(code, f) for code, f in text.tables(document, "grade")), key=lambda g: g.number)
        ),
        categories=text.key(document, "categories").texts("categories"),
        questions=tuple(_question(f) for f in text.lists(document, "question")),
        outcomes=tuple(_outcome(name, f) for name, f in text.tables(document, "disposition")),
        rules=tuple(_rule(f) for f in text.lists(document, "rule")),
        reasons=read_reasons(document, text),
        source=source,
        routes=read_routes(document, text),
        windows=read_windows(document, text),
        refunds=read_refunds(document, text),
        exchange=read_exchange(document, text),
        notes=_list(document, "note", text),
        regrades=_list(document, "regrade", text),
        works=read_works(document, text),
        leaving=read_leaving(document, text),
        regulated=read_regulated(document, text),
        send_back_days=_days(document, text, "send_back_days", 1),
        travel_days=_days(document, text, "travel_days", 0) or 0,
        floor=read_floor(document, text),
    )
    check(policy, text)
    check_routes(policy, text)
    check_works(policy, text)
    check_reasons(policy.reasons, policy.categories, text)
    check_leaving(policy.leaving, policy.regulated, policy.categories, text)
    check_windows(policy.windows, policy.categories, text)
    words = {
        "reasons": [reason.code for reason in policy.reasons],
        "grades": [grade.code for grade in policy.grades],
        "categories": policy.categories,
        "dispositions": [outcome.disposition for outcome in policy.outcomes],
    }
    check_refunds(policy.refunds, words, text)
    return policy


def _days(document: dict[str, object], text: Text, name: str, least: int) -> int | None:
    return text.key(document, name).whole(name, least=least, most=_MOST_DAYS) if name in document else None


def _list(document: dict[str, object], name: str, text: Text) -> tuple[tuple[str, str], ...]:
    """Ids and texts of a table that may be left out, in their order."""
    if name not in document:
        return ()
    listed = text.table(document, name)
    return tuple((entry, listed.text(entry)) for entry in listed.names())


def _only(f: Fields, known: Sequence[str]) -> None:
    """A policy that says more than is understood would be obeyed otherwise than it was meant."""
    for name in f.names():
        if name not in known:
            raise f.wrong(name, f"no such key, but one of {', '.join(known)}")


def _grade(code: str, f: Fields) -> Grade:
    _only(f, ("caption", "number", "as_new", "photo"))
    return Grade(
        code,
        f.text("caption"),
        f.whole("number", least=1, most=GRADES),
        f.flag("as_new", default=False),
        f.flag("photo", default=False),
    )


def _outcome(name: str, f: Fields) -> Outcome:
    _only(f, ("caption", "status", "place", "reason", "confirm"))
    status = f.text("status")
    if status not in set(Status):
        raise f.wrong("status", f"one of {', '.join(Status)}")
    return Outcome(
        name,
        f.text("caption"),
        Status(status),
        f.text("place"),
        f.maybe_text("reason"),
        f.flag("confirm", default=False),
    )


def _rule(f: Fields) -> Rule:
    _only(f, _RULE)
    return Rule(
        id=f.text("id"),
        name=f.text("name"),
        grades=f.texts("grades"),
        categories=f.texts("categories"),
        answers=f.texts("answers"),
        hazardous=f.flag("hazardous", default=False) if "hazardous" in f.names() else None,
        disposition=f.text("disposition"),
        among=f.texts("among"),
        refurbished=f.flag("refurbished", default=False) if "refurbished" in f.names() else None,
    )


def _question(f: Fields) -> Question:
    _only(f, ("id", "ask", "categories", "answer", "after", "grades", "insist", "parts"))
    for inner in f.objects("answer"):
        _only(inner, ("id", "caption", "best", "photo", "missing"))
    name = f.text("id")
    return Question(
        id=name,
        ask=f.text("ask"),
        categories=f.texts("categories"),
        answers=tuple(
            Answer(
                f"{name}.{inner.text('id')}",
                inner.text("caption"),
                inner.maybe_text("best"),
                inner.flag("photo", default=False),
                inner.flag("missing", default=False),
            )
            for inner in f.objects("answer")
        ),
        after=f.texts("after"),
        grades=f.texts("grades"),
        insist=f.flag("insist", default=False),
        parts=f.flag("parts", default=False),
    )
