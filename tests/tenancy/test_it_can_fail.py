"""The probes find what is wrong: each of the leaks made on purpose, by name."""

from __future__ import annotations

from typing import Any

from tests.tenancy.bodies import operations
from tests.tenancy.probes import try_route, undeclared
from tests.tenancy.routes import Route, all_routes
from tests.tenancy.world import World
from tests.tenancy.writes import try_body, try_roles

LEAKS = "tests.tenancy.leaks"


def leaking(template: str) -> Route:
    return next(route for route in all_routes(LEAKS) if route.template == template)


def test_an_unscoped_row_is_found(world: World, settings: Any) -> None:
    settings.ROOT_URLCONF = LEAKS
    wrong = try_route(world, leaking("/api/v1/leak/{pk}/"))
    assert any("canary" in line for line in wrong)
    assert any("of a missing id" in line for line in wrong)


def test_an_unscoped_relation_in_a_body_is_found(world: World, settings: Any) -> None:
    settings.ROOT_URLCONF = LEAKS
    operation = next(item for item in operations(LEAKS) if item.name == "leak_put")
    assert any("credential =" in line for line in try_body(world, leaking("/api/v1/leak/{pk}/"), operation))


def test_a_write_that_a_viewer_may_make_is_found(world: World, settings: Any) -> None:
    settings.ROOT_URLCONF = LEAKS
    assert try_roles(world, leaking("/api/v1/leak/{pk}/"), "put")


def test_a_page_without_a_permission_is_found(world: World, settings: Any) -> None:
    settings.ROOT_URLCONF = LEAKS
    assert undeclared(leaking("/leak/{pk}/"))
    assert any("canary" in line for line in try_route(world, leaking("/leak/{pk}/")))
