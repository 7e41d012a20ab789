"""The routing table of a Cisco IOS device."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.forwarding import routes
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.cisco_ios.execs import COMMANDS

_CODES = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP
       a - application route
       + - replicated route, % - next hop override, p - overrides from PfR
"""


@COMMANDS.add("show ip route")
def show_ip_route(call: Call) -> str:
    """Connected and static routes whose interface is up."""
    gateway = next((route.via for route in routes(call.device) if route.network.prefixlen == 0), "")
    last = f"Gateway of last resort is {gateway} to network 0.0.0.0" if gateway else "Gateway of last resort is not set"
    return "\n".join([_CODES, last, "", *_rows(call.device), ""])


def _rows(device: Device) -> list[str]:
    rows = []
    for route in routes(device):
        target = str(route.network)
        if route.kind == "S":
            code = "S*" if route.network.prefixlen == 0 else "S"
            rows.append(f"{code:<6}   {target} [1/0] via {route.via}")
        else:
            rows.append(f"{route.kind:<6}   {target} is directly connected, {route.interface}")
    return rows
