"""The backlog is the same wherever it is made, and the rules give it what the plain loop gives it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from tests.bench.allocation_child import plain, rules
from tests.bench.allocation_instance import indexed, plainly, stock_rows, waiting_lines

SKUS, LINES = 300, 500
DIGEST = "08204d4fe5e269b135ab470dba1d4a91fe8d52b8a8dd1ee62adc2de6e9bcd2e5"


def test_the_backlog_is_the_one_that_its_limits_belong_to() -> None:
    lines = [(line.number, line.sku, line.qty, line.priority) for line in waiting_lines(SKUS, LINES)]
    content = [stock_rows(SKUS), lines]
    assert hashlib.sha256(json.dumps(content).encode()).hexdigest() == DIGEST


def test_the_plain_loop_gives_whoever_comes_first_all_there_is() -> None:
    rows, lines = stock_rows(SKUS), waiting_lines(SKUS, LINES)
    given, left = Counter[int](), Counter[str]()
    for name, _, qty in rows:
        left[name] += qty
    for number, _, units in plainly(indexed(rows), lines):
        given[number] += units
    for line in lines:
        assert given[line.number] == min(line.qty, left[line.sku])
        left[line.sku] -= given[line.number]


def test_the_rules_give_the_same_units_to_as_many_lines() -> None:
    rows, lines = stock_rows(SKUS), waiting_lines(SKUS, LINES)
    assert rules(rows, lines)[2:] == plain(rows, lines)[2:]
