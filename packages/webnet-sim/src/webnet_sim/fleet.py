"""Networks made by number, for tests and benchmarks that need hundreds of devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise

from webnet_sim.faults import Fault
from webnet_sim.spec import DeviceSpec
from webnet_sim.topology import Link, Topology, connect

_FIRST_LINK = IPv4Network("10.0.0.0/31")
_FIRST_LOOPBACK = IPv4Address("10.255.0.1")
_LINK_PORTS = {
    "cisco_ios": ("GigabitEthernet0/0", "GigabitEthernet0/1"),
    "arista_eos": ("Ethernet1", "Ethernet2"),
    "cisco_nxos": ("Ethernet1/1", "Ethernet1/2"),
    "juniper_junos": ("ge-0/0/0", "ge-0/0/1"),
}


def generate(
    count: int,
    *,
    platforms: Sequence[str] = ("arista_eos", "cisco_ios"),
    prefix: str = "sim",
    username: str = "admin",
    password: str = "admin",  # noqa: S107 - a simulated device
    enable: str = "",
    extra_lines: int = 0,
    faults: Callable[[int], tuple[Fault, ...]] = lambda _number: (),
) -> Topology:
    """A chain of devices, each linked to the next, platforms taking turns.

    Args:
        count: How many.
        platforms: Platforms in turn.
        prefix: Names are ``<prefix>-1`` and so on.
        username, password, enable: Access, the same for all.
        extra_lines: Lines of configuration added to each, to make long outputs.
        faults: Gives the faults of the device with this number, from 1.
    """
    specs = [
        DeviceSpec(
            name=f"{prefix}-{number}",
            platform=platforms[(number - 1) % len(platforms)],
            username=username,
            password=password,
            enable=enable,
            loopback=str(_FIRST_LOOPBACK + number - 1),
            faults=faults(number),
        )
        for number in range(1, count + 1)
    ]
    specs = [replace(spec, extra_config=_padding(spec.platform, extra_lines)) for spec in specs]
    links = [_link(number, a, b) for number, (a, b) in enumerate(pairwise(specs))]
    return Topology(devices=connect(specs, links), name=f"{count} generated devices")


def _link(number: int, a: DeviceSpec, b: DeviceSpec) -> Link:
    network = IPv4Network((int(_FIRST_LINK.network_address) + 2 * number, 31))
    return Link(
        a=f"{a.name}:{_LINK_PORTS[a.platform][0]}", b=f"{b.name}:{_LINK_PORTS[b.platform][1]}", network=str(network)
    )


@cache
def _padding(platform: str, lines: int) -> str:
    """Access list entries, which both vendors have in plenty."""
    if not lines:
        return ""
    head, indent = ("ip access-list extended PADDING", " ")
    if platform == "juniper_junos":
        return "\n".join(
            f"set policy-options prefix-list PADDING {IPv4Address(0xC6120000 + n)}/32" for n in range(lines)
        )
    if platform != "cisco_ios":
        head, indent = ("ip access-list PADDING", "   ")
    entries = [
        f"{indent}{number * 10} permit ip host {IPv4Address(0xC6120000 + number)} any" for number in range(1, lines)
    ]
    return "\n".join([head, *entries])
