"""Nothing of another customer's can be written into one's own, and each role may do what its table says."""

from __future__ import annotations

import pytest

from tests.tenancy.bodies import Operation, nameless, operations
from tests.tenancy.routes import Route, all_routes
from tests.tenancy.world import World
from tests.tenancy.writes import route_of, try_body, try_roles, with_bodies

ROUTES = all_routes()
METHODS = [
    pytest.param(route, method, id=f"{method} {route}") for route in ROUTES if route.ours for method in route.methods
]


def test_every_route_of_the_api_is_described() -> None:
    described = {(operation.address, operation.method) for operation in operations()}
    mounted = {
        (nameless(route.template), method)
        for route in ROUTES
        if route.api and getattr(route.view, "described_by_webnet", False)
        for method in route.methods
    }
    # An address without a version is another name of the one with it.
    described |= {(address.replace("/api/v1/", "/api/", 1), method) for address, method in described}
    assert mounted - described == set()


@pytest.mark.parametrize("operation", with_bodies(), ids=str)
def test_a_body_takes_nothing_of_another_customer(operation: Operation, world: World) -> None:
    assert try_body(world, route_of(ROUTES, operation), operation) == []


@pytest.mark.parametrize(("route", "method"), METHODS)
def test_a_role_may_do_what_the_route_declares_and_a_viewer_changes_nothing(
    route: Route, method: str, world: World
) -> None:
    assert try_roles(world, route, method) == []
