"""Boxes that nobody announced."""

from __future__ import annotations

from tests.scenarios.floor import Floor


def test_a_blind_return_waits_in_its_holding_place(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench = floor.bench()
    bench.scans("1Z-NOBODY", "BLIND", "MUG-4", "GRADE_A", "DONE")
    assert floor.cases() == []
    bench.sync()
    case = floor.one_case("return.blind")
    assert case["subject"] == f"label:{bench.labels[0]}"
    assert floor.stock("MUG-4") == {"HOLD-1 quarantined blind_return": 1}
    assert floor.customer("MUG-4") == 0


def test_a_blind_return_is_matched_with_its_sale_and_goes_where_its_grade_says(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1}, customer="c-1")
    floor.sells("o-2", {"MUG-4": 1}, customer="c-2")
    bench = floor.bench()
    bench.scans("BLIND", "MUG-4", "GRADE_A", "DONE")
    bench.sync()
    (unit,) = floor.blind()
    assert (unit["label"], unit["sku"], unit["site"]) == (bench.labels[0], "MUG-4", "WH1")
    best, other = floor.candidates(unit["label"], customer="c-1")
    assert (best["order"], other["order"]) == ("o-1", "o-2")
    assert "the same customer" in best["reasons"]
    answer = floor.matches(unit["label"], order="o-1")
    assert answer["place"] == "R-03"
    assert floor.cases() == floor.blind() == []
    assert floor.states(answer["rma"]) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}
    # The sale is used up, for every way back there is.
    assert floor.asks_to_return({"MUG-4": 1}, order="o-1")["rma"] is None


def test_an_open_return_that_fits_comes_before_any_sale(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1}, customer="c-1")
    floor.sells("o-2", {"MUG-4": 1}, customer="c-2")
    rma = floor.authorizes({"MUG-4": 1}, order="o-1")
    bench = floor.bench()
    bench.scans("BLIND", "MUG-4", "GRADE_B", "DONE")
    bench.sync()
    first, second = floor.candidates(bench.labels[0], customer="c-2")
    assert (first["rma"], second["order"]) == (rma, "o-2")
    floor.matches(bench.labels[0], rma=rma)
    assert floor.cases() == []
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"F-01 refurbish": 1}
    # The bench hears of it: the box of that return has nothing left to bring.
    bench.sync()
    assert bench.scans(rma) == "already_done"


def test_a_sale_that_came_back_before_is_refused_with_the_reason(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench = floor.bench()
    bench.scans("BLIND", "MUG-4", "GRADE_A", "MUG-4", "GRADE_A", "DONE")
    bench.sync()
    first, second = bench.labels
    floor.matches(first, order="o-1")
    no = floor.may_not_match(second, order="o-1")
    assert no["code"] == "blind.no_units_left"
    assert "1 of its 1 unit came back before or are announced" in no["detail"]
    assert floor.candidates(second) == []
    floor.one_case("return.blind")
    assert floor.stock("MUG-4") == {"R-03 sellable": 1, "HOLD-1 quarantined blind_return": 1}


def test_the_serial_finds_its_own_sale_before_all_others(floor: Floor) -> None:
    floor.sells("o-1", {"K-17": 1}, serials=["SN-1"], customer="c-1")
    floor.sells("o-2", {"K-17": 1}, serials=["SN-2"], customer="c-2")
    bench = floor.bench()
    bench.scans("BLIND", "K-17", "SN-1", "GRADE_A", "DONE")
    bench.sync()
    best, other = floor.candidates(bench.labels[0], customer="c-2")
    assert (best["order"], best["fits"], other["fits"]) == ("o-1", True, False)
    assert floor.may_not_match(bench.labels[0], order="o-2")["code"] == "blind.serial"
    floor.matches(bench.labels[0], order="o-1")
    assert floor.cases() == []
    assert floor.stock("K-17") == {"R-03 sellable": 1}
    assert floor.asks_to_return({"K-17": 1}, serials=["SN-1"])["rma"] is None


def test_a_unit_whose_place_takes_a_persons_word_waits_with_a_to_do(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench = floor.bench()
    bench.scans("BLIND", "MUG-4", "GRADE_D", "DONE")
    bench.sync()
    answer = floor.matches(bench.labels[0], order="o-1")
    assert answer["place"] is None
    floor.one_case("return.put_away", "supervisor")
    assert floor.states(answer["rma"]) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"HOLD-1 quarantined blind_return": 1}


def test_what_the_bench_undid_is_matched_with_nothing(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench = floor.bench()
    bench.scans("BLIND", "MUG-4", "GRADE_A", "UNDO", "DONE")
    bench.sync()
    assert floor.cases() == floor.blind() == []
    assert floor.may_not_match(bench.labels[0], order="o-1")["code"] == "blind.taken_back"
    assert floor.customer("MUG-4") == 1


def test_a_unit_that_the_bench_takes_back_after_it_was_matched_is_matched_no_more(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1}, order="o-1")
    bench = floor.bench()
    bench.scans("BLIND", "MUG-4", "GRADE_A")
    bench.sync()
    floor.matches(bench.labels[0], rma=rma)
    assert floor.states(rma) == ["dispositioned"]
    (refund,) = floor.refunds()
    bench.scans("UNDO", "DONE")
    bench.sync()
    assert floor.states(rma) == ["authorized"]
    assert [(entry["refund"], entry["state"]) for entry in floor.refunds()] == [
        (refund["refund"], "reversed")
    ]
    case = floor.one_case("return.blind")
    assert (case["subject"], rma in case["fix"]) == (f"label:{bench.labels[0]}", True)
    assert floor.stock("MUG-4") == {}
    assert floor.customer("MUG-4") == 1
    assert floor.may_not_match(bench.labels[0], rma=rma)["code"] == "blind.taken_back"
    # The unit is recorded again, on its return this time.
    bench.scans(rma, "MUG-4", "GRADE_A")
    bench.sync()
    assert floor.states(rma) == ["dispositioned"]
    assert floor.stock("MUG-4") == {"R-03 sellable": 1}


def test_money_that_was_paid_for_a_match_that_is_taken_back_is_one_case(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    bench = floor.bench()
    bench.scans("BLIND", "MUG-4", "GRADE_A")
    bench.sync()
    answer = floor.matches(bench.labels[0], order="o-1")
    (refund,) = floor.refunds()
    floor.finance.post(f"/refunds/{refund['refund']}/payout", {"result": "paid"})
    bench.scans("UNDO", "DONE")
    bench.sync()
    # The return that only the match authorized has ended, so that the sale may come back another way.
    assert floor.states(answer["rma"]) == ["cancelled"]
    assert floor.asks_to_return({"MUG-4": 1}, order="o-1")["lines"][0]["authorized"] == 1
    assert sorted(case["type"] for case in floor.cases()) == ["refund.without_goods", "return.blind"]
    assert floor.stock("MUG-4") == {}
