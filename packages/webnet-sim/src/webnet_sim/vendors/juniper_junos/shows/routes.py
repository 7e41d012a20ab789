"""The routing table of a Junos device."""

from __future__ import annotations

from itertools import groupby

from webnet_sim.forwarding import Route, routes
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.juniper_junos.execs import COMMANDS


@COMMANDS.add("show route", "show route table inet.0")
def show_route(call: Call) -> str:
    """Connected and static routes whose interface is up."""
    found = [(network, list(ways)) for network, ways in groupby(routes(call.device), key=lambda route: route.network)]
    count = len(found)
    rows = [f"inet.0: {count} destinations, {count} routes ({count} active, 0 holddown, 0 hidden)"]
    rows += ["+ = Active Route, - = Last Active, * = Both", ""]
    for network, ways in found:
        rows += _rows(str(network), ways[0])
    return "\n" + "\n".join(rows) + "\n"


def _rows(network: str, route: Route) -> list[str]:
    if route.kind == "S":
        end = "Discard" if route.via == "discard" else f">  to {route.via} via {route.out}.0"
        return [f"{network:<18} *[Static/5] 1w0d 00:00:00", f"                    {end}"]
    word, sign = ("Direct/0", ">  via") if route.kind == "C" else ("Local/0", "   Local via")
    return [f"{network:<18} *[{word}] 1w0d 00:00:00", f"                    {sign} {route.interface}.0"]
