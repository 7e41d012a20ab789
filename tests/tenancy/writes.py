"""What is written in bodies: ids, UUIDs and names of another customer's, in every place that takes one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.tenancy.answers import Reply
from tests.tenancy.bodies import Operation, Place, make_body, nameless, operations, places
from tests.tenancy.known import OF_SOME_ROWS, REFUSED_BODIES, WITHOUT_A_ROW, WITHOUT_EFFECT
from tests.tenancy.probes import addresses, differences, faults, send
from tests.tenancy.routes import SAFE, Route
from tests.tenancy.world import BOSS, CANARY, MISSING_ID, MISSING_UUID, OF_OURS, World
from webnet_core.access.roles import ACTIONS, GLOBAL_ACTIONS, role_allows

MISSING_TEXT = "missing7"
assert len(MISSING_TEXT) == len(CANARY)


class Body:
    """One operation that takes a body, addressed to a row of ours."""

    def __init__(self, world: World, route: Route, operation: Operation) -> None:
        self.world, self.route, self.operation = world, route, operation
        self.values = next(iter(addresses(world, route, operation.method, world.ours)), None)
        self.base = make_body(world, operation)
        self.who = "admin"

    def try_all(self) -> list[str]:
        """Everything that is wrong with what the operation does with values that are not its caller's."""
        if self.values is None and self.route.template in WITHOUT_A_ROW:
            return []
        if self.values is None:
            return [f"{self.operation}: no own row leads to {self.route}"]
        wrong = self._refused()
        if wrong is None:
            return []
        for place in places(self.operation):
            wrong += self._try_place(place)
        return wrong

    def _refused(self) -> list[str] | None:
        """Why the body made up here cannot be sent; None where no customer's admin may."""
        action = declared(self.route, self.operation.method)
        if action in GLOBAL_ACTIONS:
            return None
        reply = self._ask(self.base)
        if reply.status < 400 or self.operation.name in REFUSED_BODIES:
            return []
        return [f"{self.operation}: {self.base} was answered {reply.status} {reply.body[:300]}; see known.VALUES"]

    def _ask(self, data: Any, who: str = "") -> Reply:
        headers = {"X-Customer-ID": str(self.world.ours.customer.pk)} if who == BOSS else None
        assert self.values is not None
        method = self.operation.method
        return send(self.world, self.route, method, who or self.who, self.values, headers=headers, data=data)

    def _try_place(self, place: Place) -> Iterator[str]:
        if "id" in place.kinds:
            yield from self._try_values(place, MISSING_ID, self.world.numbers)
        if "uuid" in place.kinds:
            yield from self._try_values(place, MISSING_UUID, self.world.uuids)
        if "text" in place.kinds:
            yield from self._try_texts(place)

    def _try_values(self, place: Place, missing: Any, ids: Any) -> Iterator[str]:
        absent = self._ask(place.into(self.base, missing))
        for value in ids(self.world.theirs):
            reply = self._ask(place.into(self.base, value))
            where = f"{self.operation} with {place} = {value}"
            yield from faults(reply, where, value)
            yield from differences(reply, absent, [value], where, missing)
        pairs = list(zip(ids(self.world.ours), ids(self.world.theirs), strict=True))
        telling = [theirs for ours, theirs in pairs if self._tells(place, ours, missing, absent)]
        yield from self._try_as_boss(place, missing, telling)
        name = f"{self.operation}.{place}"
        if not telling and name not in WITHOUT_EFFECT:
            yield f"{name}: no own id makes a difference; name it in known.WITHOUT_EFFECT"

    def _tells(self, place: Place, own: Any, missing: Any, absent: Reply) -> bool:
        """Whether an own id is one that belongs here."""
        return self._ask(place.into(self.base, own)).likeness(own) != absent.likeness(missing)

    def _try_as_boss(self, place: Place, missing: Any, theirs: list[Any]) -> Iterator[str]:
        """Who may do all still puts nothing of one customer's into another's."""
        absent = self._ask(place.into(self.base, missing), BOSS)
        for value in theirs:
            reply = self._ask(place.into(self.base, value), BOSS)
            where = f"{self.operation} with {place} = {value} as {BOSS}"
            if reply.status < 400 and reply.likeness(value) != absent.likeness(missing):
                yield f"{where}: answered {reply.status} {reply.body[:200]}"
            if reply.status >= 500 or not (reply.unchanged if reply.status >= 400 else reply.spared):
                yield f"{where}: answered {reply.status}, and something was stored"

    def _try_texts(self, place: Place) -> Iterator[str]:
        for text in self.world.texts(self.world.theirs):
            other = text.replace(CANARY, MISSING_TEXT)
            reply, absent = self._ask(place.into(self.base, text)), self._ask(place.into(self.base, other))
            where = f"{self.operation} with {place} = {text}"
            yield from faults(reply, where, text)
            yield from differences(reply, absent, [text], where, other)


def declared(route: Route, method: str) -> str:
    """The action a route says it needs for a method."""
    actions = getattr(route.view, "actions", None)
    return str(actions.get(route.action(method)) if actions else getattr(route.view, "permission", ""))


def try_body(world: World, route: Route, operation: Operation) -> list[str]:
    """See `Body.try_all`."""
    return Body(world, route, operation).try_all()


def try_roles(world: World, route: Route, method: str) -> list[str]:
    """Whether each role may do exactly what the route's declaration says of it."""
    values = next(iter(addresses(world, route, method, world.ours)), None)
    if values is None and route.template in WITHOUT_A_ROW:
        return []
    if values is None:
        return [f"{method} {route}: no own row leads to it"]
    action = declared(route, method)
    wrong = []
    for who in OF_OURS if action in ACTIONS else ():
        reply = send(world, route, method, who, values)
        where = f"{method} {route} as {who}"
        allowed = role_allows(who, action) and action not in GLOBAL_ACTIONS
        if who == "viewer" and method not in SAFE:
            allowed = False
        if not allowed and reply.status not in (403, 404):
            wrong.append(f"{where}: asks for {action}, yet answered {reply.status} {reply.body[:200]}")
        if not allowed and not reply.unchanged:
            wrong.append(f"{where}: something was stored")
        refused = reply.status in (401, 403) and route.template not in OF_SOME_ROWS
        if allowed and refused and "reauthentication_required" not in reply.body:
            wrong.append(f"{where}: {action} is {who}'s, yet answered {reply.status} {reply.body[:200]}")
    return wrong


def route_of(routes: list[Route], operation: Operation) -> Route:
    """The route that an operation of the description is about."""
    return next(route for route in routes if nameless(route.template) == operation.address)


def with_bodies() -> list[Operation]:
    """The operations that take a body."""
    return [operation for operation in operations() if operation.body is not None]
