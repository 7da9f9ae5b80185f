"""Schemathesis over the published description: what is asked, by whom, and what must hold of every answer.

A request is drawn from a route's own description, fit or unfit, and then grounded: some of its codes become
those of real records, so that it comes past the first check. Every answer must be one that the route's
description names, in the form it names, and none may be our own defect.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import content_type_conformance, not_a_server_error, response_schema_conformance
from schemathesis.core import NotSet
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import status_code_conformance

from sync.central.rules.access import Role, allowed
from tests.centre import RunningCentre
from tests.fuzz.furnished import Furnished
from tests.fuzz.hostile import HOSTILE, HOSTILE_TEXTS, ODD_TAGS, grounded, placed, places_in

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
_SHOWN = 300


@dataclass
class Outcome:
    """What came of some requests: how many, with which statuses, and each kind of fault once."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    good: set[str] = field(default_factory=set)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)


def _may_be_unfit(operation: Any) -> bool:
    """Whether a route can be asked wrongly at all: any text will do where one stands in its path alone."""
    given = [*operation.iter_parameters()]
    return bool([*operation.body]) or any(
        one.location != ParameterLocation.PATH
        or one.definition["schema"].keys() & {"pattern", "format", "enum"}
        or one.definition["schema"].get("type") != "string"
        for one in given
    )


class Probe:
    """Asks one furnished centre; `clock` says when a long run has asked enough."""

    def __init__(
        self, centre: RunningCentre, furnished: Furnished, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._centre = centre
        self._furnished = furnished
        self._clock = clock
        self._session = requests.Session()
        self._keys = 0
        document = self._session.get(f"{centre.base_url}/openapi.json", timeout=30).json()
        schema = schemathesis.openapi.from_dict(document)
        # Who calls is this module's own matter.
        schema.config.generation.update(with_security_parameters=False)
        self.operations: list[Any] = [
            found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)
        ]
        self.outcome = Outcome()

    def close(self) -> None:
        """Gives the connection back."""
        self._session.close()

    def once(self, examples: int, seeded: int = 0, until: float | None = None, unfit_each: int = 1) -> None:
        """Each route `examples` times with fit requests and as often with unfit ones.

        Args:
            examples: requests of each kind.
            seeded: other requests for another number.
            until: by the clock, no route is begun after that.
            unfit_each: only every so many-th route gets unfit requests; which ones, `seeded` says.
        """
        for number, operation in enumerate(self.operations, seeded):
            unfit = number % unfit_each == 0 and _may_be_unfit(operation)
            for mode in _MODES if unfit else _MODES[:1]:
                if until is not None and self._clock() >= until:
                    return
                self._ask(operation, mode, examples, seeded)

    def _ask(self, operation: Any, mode: GenerationMode, examples: int, seeded: int) -> None:
        @seed(seeded)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def ask(case: Any, data: st.DataObject) -> None:
            self._send(case, data)

        # A route that takes nothing cannot be asked wrongly.
        with suppress(Unsatisfiable):
            ask()

    def _send(self, case: Any, data: st.DataObject) -> None:
        self._ground(case, data)
        if any(text_of(value) in {".", ".."} for value in (case.path_parameters or {}).values()):
            # Whoever sends such a path sends another one: dots are taken out of it before it leaves.
            return
        headers = self._headers(case, data)
        route = f"{case.operation.method.upper()} {case.operation.path}"
        answer = self._call(case, headers)
        self.outcome.cases += 1
        self.outcome.routes[route] += 1
        self.outcome.statuses[answer.status_code] += 1
        if answer.status_code < 300:
            self.outcome.good.add(route)
        try:
            case.validate_response(answer, checks=CHECKS, headers=headers)
        except FailureGroup as group:
            for fault in group.exceptions:
                self._note(route, case, fault, answer)
        except Failure as fault:
            self._note(route, case, fault, answer)
        except UnicodeEncodeError:
            # The judge cannot read half a sign that it was planted; that the centre refused it is told here.
            if answer.status_code not in {400, 401, 403, 404, 409, 422}:
                self._note(route, case, AssertionError("half a sign was not refused"), answer)

    def _call(self, case: Any, headers: dict[str, str]) -> requests.Response:
        """Sends a case by hand: what was spoiled is beyond what the generator would let through."""
        path = case.operation.path
        for name, value in (case.path_parameters or {}).items():
            path = path.replace(f"{{{name}}}", quote(text_of(value), safe=""))
        query = [
            (name, text_of(entry))
            for name, value in (case.query or {}).items()
            for entry in (value if isinstance(value, list) else [value])
        ]
        body = None
        if case.operation.body and not isinstance(case.body, NotSet):
            body = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
            headers.setdefault("Content-Type", "application/json")
        return self._session.request(
            case.operation.method,
            f"{self._centre.base_url}{path}",
            params=query,
            data=body,
            headers=headers,
            allow_redirects=False,
            timeout=60,
        )

    def _note(self, route: str, case: Any, fault: Any, answer: Any) -> None:
        text = f"{fault}"[:_SHOWN]
        sent = f"{case.path_parameters} {case.query} {case.body!r}"[:_SHOWN]
        key = (route, f"{type(fault).__name__} {answer.status_code}")
        self.outcome.faults.setdefault(key, f"{text}\n  sent: {sent}\n  got: {answer.text[:_SHOWN]}")

    def _headers(self, case: Any, data: st.DataObject) -> dict[str, str]:
        """Nearly always a token, mostly one that may; nearly always a key of its own."""
        who = allowed(case.operation.method.upper(), case.operation.path)
        roles = sorted(who) if isinstance(who, frozenset) and who else list(Role)
        headers = {}
        if not one_in(16, data):
            role = data.draw(st.sampled_from(list(Role) if one_in(8, data) else roles))
            headers["Authorization"] = f"Bearer {self._centre.tokens[role]}"
        if not one_in(8, data):
            self._keys += 1
            headers["Idempotency-Key"] = f"fuzz-{self._keys}"
        if one_in(16, data):
            headers["If-Match"] = data.draw(st.sampled_from(ODD_TAGS))
        return headers

    def _ground(self, case: Any, data: st.DataObject) -> None:
        codes = self._furnished.codes_for(case.operation.path)
        if codes and case.path_parameters and not one_in(4, data):
            name = next(iter(case.path_parameters))
            case.path_parameters[name] = data.draw(st.sampled_from(codes))
        words = self._furnished.words
        if not one_in(3, data):
            if isinstance(case.query, dict):
                for name in [name for name in case.query if name in words]:
                    case.query[name] = data.draw(st.sampled_from(words[name]))
            if isinstance(case.body, dict | list):
                case.body = grounded(case.body, words, lambda among: data.draw(st.sampled_from(among)))
        if one_in(4, data):
            self._spoil(case, data)

    @staticmethod
    def _spoil(case: Any, data: st.DataObject) -> None:
        """Puts one hostile value somewhere."""
        declared = [parameter.name for parameter in case.operation.query]
        where = [("path", name) for name in case.path_parameters or ()]
        where += [("query", name) for name in declared]
        if isinstance(case.body, dict | list):
            where += [("body", place) for place in places_in(case.body)]
        if not where:
            return
        part, name = data.draw(st.sampled_from(where))
        if part == "path":
            case.path_parameters[name] = data.draw(st.sampled_from(HOSTILE_TEXTS))
        elif part == "query":
            case.query = dict(case.query or {}) | {name: data.draw(st.sampled_from(HOSTILE_TEXTS))}
        else:
            case.body = placed(case.body, name, data.draw(st.sampled_from(HOSTILE)))


def text_of(value: Any) -> str:
    """A value as it stands in a path or query."""
    plain = value if isinstance(value, str) else json.dumps(value, default=str)
    return plain.encode(errors="replace").decode()


def one_in(times: int, data: st.DataObject) -> bool:
    """A choice that is rarely made; a number at an edge, which is drawn too often, does not make it."""
    return data.draw(st.integers(0, 64 * times)) % times == times // 2
