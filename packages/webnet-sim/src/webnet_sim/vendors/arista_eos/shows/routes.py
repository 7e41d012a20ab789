"""The routing table of an Arista EOS device."""

from __future__ import annotations

from webnet_sim.forwarding import Route, routes
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.arista_eos.execs import COMMANDS

_HEAD = """\
VRF: default
Codes: C - connected, S - static, K - kernel,
       O - OSPF, IA - OSPF inter area, E1 - OSPF external type 1,
       E2 - OSPF external type 2, B - Other BGP Routes,
       B I - iBGP, B E - eBGP, R - RIP, I L1 - IS-IS level 1,
       NG - Nexthop Group Static Route, V - VXLAN Control Service,
       DH - DHCP client installed default route, M - Martian
"""


@COMMANDS.add("show ip route")
def show_ip_route(call: Call) -> str:
    """Connected and static routes whose interface is up."""
    found = [route for route in routes(call.device) if route.kind != "L"]
    default = next((route.via for route in found if route.network.prefixlen == 0), "")
    gateway = f"Gateway of last resort is {default}" if default else "Gateway of last resort is not set"
    return "\n".join([_HEAD, gateway, "", *map(_row, found), ""]) + "\n"


def _row(route: Route) -> str:
    if route.kind == "C":
        return f" C        {route.network} is directly connected, {route.interface}"
    if route.interface:
        return f" S        {route.network} is directly connected, {route.interface}"
    return f" S        {route.network} [1/0] via {route.via}, {route.out}"
