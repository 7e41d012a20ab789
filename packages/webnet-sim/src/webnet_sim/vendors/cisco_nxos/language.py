"""The configuration language of Cisco NX-OS, in the order in which NX-OS shows it."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from webnet_sim.exceptions import Rejected
from webnet_sim.shell.dialect import IndentedDialect
from webnet_sim.shell.grammar import Grammar, Rule, Verb
from webnet_sim.shell.secrets import type_five
from webnet_sim.shell.tree import Line
from webnet_sim.shell.words import Match
from webnet_sim.vendors.cisco_nxos.names import KINDS, NAMES, PHYSICAL

if TYPE_CHECKING:
    from webnet_sim.device import Device


def is_routed(section: Line) -> bool:
    """Whether an interface is no switch port."""
    line = section.children.get("switchport")
    return line is not None and line.text == "no switchport"


def _check_interface(device: Device, _section: Line, match: Match[Rule]) -> None:
    name = match.arguments[0]
    if name.startswith(PHYSICAL) and name.partition(".")[0] not in device.ports:
        raise Rejected("Invalid interface format at '^' marker.\n")
    if name.startswith("Vlan") and "feature interface-vlan" not in device.tree:
        raise Rejected("% Invalid command at '^' marker.\n")


def _check_address(device: Device, section: Line, match: Match[Rule]) -> None:
    new = IPv4Interface("/".join(match.arguments[:2]))
    name = section.text.removeprefix("interface ")
    if name.startswith("Ethernet") and "." not in name and not is_routed(section):
        raise Rejected("% IP address cannot be configured on layer 2 port\n")
    if new.network.prefixlen < 31 and new.ip == new.network.network_address:
        raise Rejected("% Invalid IP address, it is a network address\n")
    vrf = section.value("vrf member", "default")
    for other_name, other_section in device.interfaces():
        other = device.address(other_name)
        apart = other_name == name or other_section.value("vrf member", "default") != vrf
        if other and not apart and other.network.overlaps(new.network):
            raise Rejected(f"% {new} overlaps with address configured on {other_name}\n")


def _as_prefix(_device: Device, match: Match[Rule]) -> str:
    return f"ip address {IPv4Interface('/'.join(match.arguments[:2]))}"


def _hash(device: Device, match: Match[Rule]) -> str:
    """Passwords are kept hashed; from now on the device asks for the new one."""
    user, rest = match.arguments
    words = rest.split()
    if words[:1] != ["password"] or len(words) < 2 or words[1] == "5":
        return match.text
    place = 2 if words[1] == "0" and len(words) > 2 else 1
    device.secrets[f"username {user}"] = words[place]
    tail = " ".join(words[place + 1 :]) or "role network-operator"
    return f"username {user} password 5 {type_five(words[place])}  {tail}"


def _hostname(_device: Device, match: Match[Rule]) -> str:
    return f"hostname {match.arguments[0]}"


TOP = (
    Rule(pattern="version <rest>", single=True),
    Rule(
        pattern="(hostname|switchname) <word>",
        single=True,
        key="hostname",
        rewrite=_hostname,
    ),
    Rule(pattern="vdc <word> id <number>", opens="config-vdc"),
    Rule(pattern="feature <rest>"),
    Rule(pattern="username <word> <rest>", rewrite=_hash, single=True),
    Rule(pattern="ip domain-lookup", implied=True),
    Rule(pattern="ip domain-name <word>", single=True),
    Rule(pattern="ip name-server <rest>"),
    Rule(pattern="banner motd <rest>", single=True),
    Rule(pattern="copp profile <word>", single=True),
    Rule(pattern="snmp-server location <rest>", single=True),
    Rule(pattern="snmp-server contact <rest>", single=True),
    Rule(pattern="snmp-server <rest>"),
    Rule(pattern="rmon <rest>"),
    Rule(pattern="ntp <rest>"),
    Rule(pattern="clock timezone <rest>", single=True),
    Rule(pattern="aaa <rest>"),
    Rule(pattern="tacacs-server <rest>"),
    Rule(pattern="radius-server <rest>"),
    Rule(pattern="logging server <rest>"),
    Rule(pattern="logging <rest>"),
    Rule(pattern="lldp <rest>"),
    Rule(pattern="cdp enable", implied=True),
    Rule(pattern="spanning-tree <rest>"),
    Rule(pattern="ip access-list <word>", opens="config-acl"),
    Rule(pattern="ip prefix-list <rest>"),
    Rule(pattern="ip route <prefix> <rest>"),
    Rule(pattern="vlan <vlans>", opens="config-vlan"),
    Rule(pattern="route-map <word> [(permit|deny) <number>]", opens="config-route-map"),
    Rule(pattern="key chain <word>", opens="config-keychain"),
    Rule(pattern="vrf context <word>", opens="config-vrf"),
    Rule(pattern="system <rest>"),
    Rule(pattern="interface <interface>", opens="config-if", check=_check_interface),
    Rule(pattern="line console", opens="config-console"),
    Rule(pattern="line vty", opens="config-line"),
    Rule(pattern="boot <rest>"),
    Rule(pattern="cli alias name <word> <rest>"),
    Rule(pattern="router (ospf|bgp|eigrp) <word>", opens="config-router"),
)

INTERFACE = (
    Rule(pattern="description <rest>", single=True),
    Rule(pattern="switchport", negates=True),
    Rule(pattern="switchport access vlan <vlans>", single=True),
    Rule(pattern="switchport trunk native vlan <vlans>", single=True),
    Rule(pattern="switchport trunk allowed vlan <rest>", single=True),
    Rule(pattern="switchport mode (access|trunk)", single=True, key="switchport mode"),
    Rule(pattern="vrf member <word>", single=True),
    Rule(pattern="encapsulation dot1q <number>", single=True),
    Rule(pattern="mtu <number>", single=True),
    Rule(pattern="bandwidth <number>", single=True),
    Rule(pattern="speed <word>", single=True),
    Rule(pattern="duplex (auto|full|half)", single=True, key="duplex"),
    Rule(pattern="spanning-tree <rest>"),
    Rule(pattern="storm-control <rest>"),
    Rule(pattern="channel-group <number> [mode (active|passive|on)]", single=True, key="channel-group"),
    Rule(pattern="ip address <prefix>", single=True, check=_check_address, rewrite=_as_prefix),
    Rule(pattern="ip address <ip> <mask>", single=True, check=_check_address, rewrite=_as_prefix),
    Rule(pattern="ip address <prefix> secondary"),
    Rule(pattern="ip redirects", implied=True),
    Rule(pattern="ip access-group <word> (in|out)"),
    Rule(pattern="ip router ospf <word> area <word>", single=True, key="ip router ospf"),
    Rule(pattern="ip ospf <rest>"),
    Rule(pattern="ip pim sparse-mode", single=True),
    Rule(pattern="ipv6 address <ipv6>"),
    Rule(pattern="hsrp <number>", opens="config-if-hsrp"),
    Rule(pattern="lldp (transmit|receive)", implied=True),
    Rule(pattern="vpc <rest>", single=True),
    Rule(pattern="load-interval <rest>"),
    Rule(pattern="shutdown", negates=True),
)


def _loose(*words: str) -> tuple[Rule, ...]:
    """Rules for a mode whose lines are taken as they come, known by their first word."""
    return tuple(Rule(pattern=f"{word} {rest}".strip()) for word in words for rest in ("", "<rest>"))


MODES = {
    "config": TOP,
    "config-if": INTERFACE,
    "config-vlan": (
        Rule(pattern="name <word>", single=True),
        Rule(pattern="state (active|suspend)", single=True, key="state"),
        Rule(pattern="shutdown", single=True),
        Rule(pattern="vn-segment <number>", single=True),
    ),
    "config-acl": (
        Rule(pattern="statistics per-entry", single=True),
        Rule(pattern="<number> (permit|deny|remark) <rest>"),
        Rule(pattern="(permit|deny|remark) <rest>"),
    ),
    "config-vrf": (
        Rule(pattern="ip route <prefix> <rest>"),
        *_loose("description", "rd", "vni", "ip", "address-family"),
    ),
    "config-router": (
        Rule(pattern="router-id <ip>", single=True),
        Rule(pattern="neighbor <word>", opens="config-router-neighbor"),
        Rule(pattern="address-family <rest>", opens="config-router-af"),
        Rule(pattern="vrf <word>", opens="config-router-vrf"),
        *_loose("log-adjacency-changes", "area", "redistribute", "passive-interface", "timers"),
    ),
    "config-router-neighbor": _loose("remote-as", "description", "update-source", "address-family", "shutdown"),
    "config-router-af": _loose("network", "redistribute", "maximum-paths", "send-community"),
    "config-router-vrf": _loose("router-id", "neighbor", "address-family", "redistribute"),
    "config-route-map": _loose("match", "set", "description", "continue"),
    "config-keychain": _loose("key", "key-string"),
    "config-if-hsrp": _loose("ip", "priority", "preempt", "timers", "authentication"),
    "config-vdc": _loose("limit-resource"),
    "config-console": _loose("exec-timeout", "terminal", "speed"),
    "config-line": _loose("exec-timeout", "session-limit", "access-class"),
}

GRAMMAR = Grammar(
    MODES, kinds=KINDS, names=NAMES, verbs=(Verb.EXIT, Verb.END, Verb.ABORT, Verb.DO, Verb.NO, Verb.DEFAULT, Verb.SHOW)
)


def mode_label(section: Line) -> str:
    """The mode's name in the prompt; subinterfaces have one of their own."""
    if section.mode == "config-if" and "." in section.text:
        return "config-subif"
    return section.mode


def check_removal(device: Device, _rule: Rule, key: str) -> None:
    """Refuses to remove what is soldered in."""
    if key.startswith("interface ") and key[10:] in device.ports:
        raise Rejected("ERROR: Physical interfaces cannot be removed\n")


INDENT = "  "

DIALECT = IndentedDialect(grammar=GRAMMAR, indent=INDENT, mode_label=mode_label, check_removal=check_removal)
