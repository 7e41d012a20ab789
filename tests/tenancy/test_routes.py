"""No route of the site gives anything of another customer away, whoever asks."""

from __future__ import annotations

import pytest

from tests.tenancy.probes import try_route, undeclared
from tests.tenancy.routes import Route, all_routes
from tests.tenancy.world import World

ROUTES = all_routes()


def test_there_are_routes_of_both_kinds() -> None:
    assert len([route for route in ROUTES if route.api]) > 20
    assert len([route for route in ROUTES if route.ours and not route.api]) > 15


@pytest.mark.parametrize("route", [route for route in ROUTES if route.ours], ids=str)
def test_a_route_declares_its_permission(route: Route) -> None:
    assert undeclared(route) == []


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_route_gives_nothing_of_another_customer_away(route: Route, world: World) -> None:
    assert try_route(world, route) == []
