"""What programs of one process share is what each would work out for itself, and nothing else."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute


def route(said: str, default: str = "x") -> APIRoute:
    """The same words defined anew, over another text and with another default."""
    app = FastAPI()

    @app.get("/{number}")
    def ask(number: int, more: str = default) -> str:
        return f"{said}{number}{more}"

    found = app.routes[-1]
    assert isinstance(found, APIRoute)
    return found


def test_two_apps_share_what_a_route_takes_and_not_who_answers() -> None:
    one, other = route("one "), route("other ")
    assert one.dependant.query_params[0] is other.dependant.query_params[0]
    assert one.dependant.query_params is not other.dependant.query_params
    assert [asked.dependant.call is asked.endpoint for asked in (one, other)] == [True, True]
    assert [asked.endpoint(1, "x") for asked in (one, other)] == ["one 1x", "other 1x"]


def test_another_default_is_another_route() -> None:
    found = [asked.dependant.query_params[0].default for asked in (route("", "x"), route("", "y"))]
    assert found == ["x", "y"]
