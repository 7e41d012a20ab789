"""The routing table of a Cisco NX-OS device."""

from __future__ import annotations

from itertools import groupby

from webnet_sim.device import Device
from webnet_sim.forwarding import Route, routes
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.cisco_nxos.execs import COMMANDS
from webnet_sim.vendors.cisco_nxos.names import NAMES

_HEAD = """\
IP Route Table for VRF "default"
'*' denotes best ucast next-hop
'**' denotes best mcast next-hop
'[x/y]' denotes [preference/metric]
'%<string>' in via output denotes VRF <string>
"""


@COMMANDS.add("show ip route", "show ip route vrf default")
def show_ip_route(call: Call) -> str:
    """Connected and static routes whose interface is up."""
    device = call.device
    managed = {name for name, section in device.interfaces() if section.value("vrf member")}
    found = [route for route in routes(device) if route.interface not in managed and route.out not in managed]
    rows = [_HEAD]
    for network, ways in groupby(found, key=lambda route: route.network):
        together = list(ways)
        attached = ", attached" if any(way.kind != "S" for way in together) else ""
        rows.append(f"{network}, ubest/mbest: {len(together)}/0{attached}")
        rows += [_way(device, way) for way in together]
    return "\n".join(rows) + "\n"


def _way(device: Device, route: Route) -> str:
    if route.kind == "S":
        via = "Null0" if route.via == "Null0" else f"{route.via}, {NAMES.shorten(route.out)}"
        return f"    *via {via}, [1/0], 5d03h, static"
    word = "direct" if route.kind == "C" else "local"
    own = str(device.address(route.interface)).partition("/")[0]
    return f"    *via {own}, {NAMES.shorten(route.interface)}, [0/0], 5d03h, {word}"
