"""What is asked of one route, by everybody, about rows of another customer; each returns what was wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from tests.tenancy.answers import Reply, ask
from tests.tenancy.bodies import body_for
from tests.tenancy.known import ROLELESS, WITHOUT_A_ROW, WORDS
from tests.tenancy.routes import SAFE, Route
from tests.tenancy.world import BOSS, MISSING_ID, MISSING_UUID, OF_OURS, OUTSIDE, World
from webnet_core.access.roles import ACTIONS
from webnet_core.api.views import PUBLIC, SIGNED_IN, WebnetAPIView
from webnet_core.testing.tenancy import CustomerRows
from webnet_ui.shell.views import SignedInMixin

Values = dict[str, Any]

_found: dict[tuple[str, str, str], list[Values]] = {}


def undeclared(route: Route) -> list[str]:
    """What the route does not say about who may use it."""
    view = route.view
    if isinstance(view, type) and issubclass(view, WebnetAPIView):
        asked = {method: view.actions.get(route.action(method)) for method in route.methods}
    elif isinstance(view, type) and issubclass(view, SignedInMixin):
        # The default, which is to view, is too little for what changes something.
        asked = dict.fromkeys(route.methods, view.permission)
        asked |= {method: "" for method in route.methods if method not in SAFE and view.permission == "view"}
    else:
        asked = dict.fromkeys(route.methods or ["every method"], None)
    allowed = set(ACTIONS) | ({PUBLIC, SIGNED_IN, None} if route.template in ROLELESS else set())
    return [f"{method} {route} asks for {action!r}" for method, action in asked.items() if action not in allowed]


def try_route(world: World, route: Route) -> list[str]:
    """Everything that is wrong with how the route treats customers who are not its caller's."""
    wrong: list[str] = []
    for method in route.methods or ["get", "post"]:
        for values in addresses(world, route, method, world.theirs):
            wrong += _about_theirs(world, route, method, values)
        if route.ids and not addresses(world, route, method, world.theirs) and route.template not in WITHOUT_A_ROW:
            wrong.append(f"{method} {route}: no row made up here leads to it; name it in known.WITHOUT_A_ROW")
        if route.api:
            wrong += _by_header(world, route, method)
    if route.ours and route.ids:
        wrong += _every_id(world, route, route.methods[0])
    return wrong


def addresses(world: World, route: Route, method: str, rows: CustomerRows) -> list[Values]:
    """The parameters, ids of one customer's rows, with which the route leads to something for who may see all."""
    if not route.parameters:
        return [{}]
    if not route.ours:
        return [dict.fromkeys(route.parameters, str(rows.customer.pk))]
    by = "get" if "get" in route.methods else method
    key = (route.template, by, rows.mark)
    if key not in _found:
        _found[key] = list(_look_for(world, route, by, rows))
    return _found[key]


def _look_for(world: World, route: Route, method: str, rows: CustomerRows) -> Iterator[Values]:
    words = [name for name in route.parameters if name not in route.ids]
    unknown = [name for name in words if name not in WORDS]
    assert not unknown, f"{route}: say in known.WORDS which values {unknown} have"
    for chosen in product(*(WORDS[name] for name in words)):
        spoken = dict(zip(words, chosen, strict=True))
        absent = send(world, route, method, BOSS, {**spoken, **missing_in(route)})
        for ids in product(*_likely(world, route, rows)):
            values = {**spoken, **dict(zip(route.ids, ids, strict=True))}
            reply = send(world, route, method, BOSS, values)
            if reply.status != 404 and (not ids or reply.likeness(*ids) != absent.likeness(MISSING_ID)):
                yield values
                break


def _likely(world: World, route: Route, rows: CustomerRows) -> list[list[Any]]:
    """The ids to try for each: for one that stands alike in a shorter address, what was found for that."""
    tried = []
    for name in route.ids:
        above = route.template.partition(f"{{{name}}}")[0] + f"{{{name}}}/"
        known = [values[name] for (template, _, mark), all_values in _found.items() for values in all_values
                 if template == above and mark == rows.mark and name in values]  # fmt: skip
        tried.append(known[:1] or own_ids(world, route, name, rows))
    return tried


def missing_in(route: Route) -> Values:
    """Ids that no row has, for each parameter that is one."""
    return {name: MISSING_UUID if name in route.uuids else MISSING_ID for name in route.ids}


def own_ids(world: World, route: Route, name: str, rows: CustomerRows) -> list[Any]:
    """The ids of a customer's rows that a parameter may be: its UUIDs or its numbers."""
    return list(world.uuids(rows) if name in route.uuids else world.numbers(rows))


def _about_theirs(world: World, route: Route, method: str, values: Values) -> Iterator[str]:
    """Everybody of ours, and strangers, ask for a row of theirs: the answer is that of a row that is not there."""
    ids = [values[name] for name in route.ids]
    for who in (*OF_OURS, *OUTSIDE):
        reply = send(world, route, method, who, values)
        yield from faults(reply, f"{method} {route.path(**values)} as {who}")
        if ids:
            absent = send(world, route, method, who, {**values, **missing_in(route)})
            yield from differences(reply, absent, ids, f"{method} {route.path(**values)} as {who}")


def _every_id(world: World, route: Route, method: str) -> Iterator[str]:
    """Each id of theirs in each place, the other places being ours."""
    own = next(iter(addresses(world, route, method, world.ours)), None)
    if own is None:
        return
    for name in route.ids:
        absent = send(world, route, method, "admin", {**own, name: missing_in(route)[name]})
        for pk in own_ids(world, route, name, world.theirs):
            reply = send(world, route, method, "admin", {**own, name: pk})
            where = f"{method} {route.path(**{**own, name: pk})} as admin"
            yield from faults(reply, where)
            yield from differences(reply, absent, [pk], where)


def _by_header(world: World, route: Route, method: str) -> Iterator[str]:
    """Naming their customer in the header says no more than naming one that is not there."""
    own = next(iter(addresses(world, route, method, world.ours)), None)
    if own is None:
        return
    theirs = world.theirs.customer.pk
    reply = send(world, route, method, "admin", own, headers={"X-Customer-ID": str(theirs)})
    absent = send(world, route, method, "admin", own, headers={"X-Customer-ID": str(MISSING_ID)})
    where = f"{method} {route.path(**own)} for customer {theirs} as admin"
    yield from faults(reply, where)
    if route.template not in ROLELESS:
        yield from differences(reply, absent, [theirs], where)


def faults(reply: Reply, where: str, *given: Any) -> Iterator[str]:
    """What no answer may have; `given` are words that the caller sent himself."""
    if reply.leaks(*given):
        yield f"{where}: the answer ({reply.status}) holds the other customer's canary"
    if reply.status >= 500:
        yield f"{where}: answered {reply.status}: {reply.body[:300]}"


def differences(
    reply: Reply, absent: Reply, ids: Sequence[Any], where: str, missing: Any = MISSING_ID
) -> Iterator[str]:
    """How the answer about a foreign row differs from that about a missing one, and what it changed."""
    if reply.likeness(*ids) != absent.likeness(missing, MISSING_UUID):
        of_missing = f"of a missing id {absent.status} {absent.body[:200]!r}"
        yield f"{where}: answered {reply.status} {reply.body[:200]!r}, {of_missing}"
    if not (reply.unchanged if reply.status >= 400 else reply.spared):
        yield f"{where}: answered {reply.status}, and something was stored"


def send(
    world: World,
    route: Route,
    method: str,
    who: str,
    values: Values,
    *,
    headers: Mapping[str, str] | None = None,
    data: Any = None,
) -> Reply:
    """Ask for a route with its parameters filled in; unless there are `data`, with a body that it takes."""
    path = route.path(**values)
    if method not in SAFE and not route.api:
        return ask(world, who, method, path, form={} if method == "post" else None, headers=headers)
    data = body_for(world, route, method) if method not in SAFE and data is None else data
    return ask(world, who, method, path, data=data, headers=headers)
