"""The configuration language of Arista EOS, in the order in which EOS shows it."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from webnet_sim.exceptions import Rejected, UnknownWord
from webnet_sim.shell.dialect import IndentedDialect
from webnet_sim.shell.grammar import Grammar, Rule, Verb
from webnet_sim.shell.secrets import split_secret, type_sha512
from webnet_sim.shell.tree import Line
from webnet_sim.shell.words import Match
from webnet_sim.vendors.arista_eos.names import KINDS, NAMES, PHYSICAL

if TYPE_CHECKING:
    from webnet_sim.device import Device


def _check_interface(device: Device, _section: Line, match: Match[Rule]) -> None:
    name = match.arguments[0]
    if name.startswith(PHYSICAL) and name.partition(".")[0] not in device.ports:
        raise UnknownWord(name, 1, len("interface "))


def _check_address(device: Device, section: Line, match: Match[Rule]) -> None:
    new = IPv4Interface("/".join(match.arguments[:2]))
    if not any(line.key == "switchport" and line.text == "no switchport" for line in section.children.values()):
        name = section.text.removeprefix("interface ")
        if name.startswith("Ethernet"):
            raise Rejected(f"! IP configuration will be ignored while interface {name} is not a routed port.\n")
    for name, _ in device.interfaces():
        other = device.address(name)
        if other and f"interface {name}" != section.text and other.network.overlaps(new.network):
            raise Rejected(f"% Address {new} overlaps with that of interface {name}\n")


def _as_prefix(_device: Device, match: Match[Rule]) -> str:
    return f"ip address {IPv4Interface('/'.join(match.arguments[:2]))}"


def _hash(device: Device, match: Match[Rule]) -> str:
    """Secrets are kept hashed; from now on the device asks for the new one."""
    found = split_secret(match.text)
    if found is None:
        return match.text
    head, secret = found
    device.secrets[" ".join(match.words[:2]) if head.startswith("username") else "enable"] = secret
    return f"{head}sha512 {type_sha512(secret)}"


def _hash_enable(device: Device, match: Match[Rule]) -> str:
    device.secrets["enable"] = match.arguments[0]
    return f"enable password sha512 {type_sha512(match.arguments[0])}"


TOP = (
    Rule(pattern="boot system <rest>", single=True),
    Rule(pattern="aaa root [secret <rest>]", key="aaa root", negates=True, rewrite=_hash),
    Rule(pattern="aaa <rest>"),
    Rule(pattern="username <word> <rest>", rewrite=_hash),
    Rule(pattern="enable password sha512 <word>", single=True, key="enable password"),
    Rule(pattern="enable password <word>", single=True, rewrite=_hash_enable),
    Rule(pattern="transceiver <rest>"),
    Rule(
        pattern="service routing protocols model (multi-agent|ribd)", single=True, key="service routing protocols model"
    ),
    Rule(pattern="agent <rest>"),
    Rule(pattern="logging buffered <rest>", single=True),
    Rule(pattern="logging host <rest>"),
    Rule(pattern="logging <rest>"),
    Rule(pattern="lldp run", implied=True),
    Rule(pattern="lldp <rest>"),
    Rule(pattern="hostname <word>", single=True),
    Rule(pattern="ip name-server <rest>"),
    Rule(pattern="dns domain <word>", single=True),
    Rule(pattern="ip domain-name <word>", single=True),
    Rule(pattern="ntp server <rest>"),
    Rule(pattern="ntp <rest>"),
    Rule(pattern="snmp-server location <rest>", single=True),
    Rule(pattern="snmp-server contact <rest>", single=True),
    Rule(pattern="snmp-server <rest>"),
    Rule(pattern="tacacs-server <rest>"),
    Rule(pattern="radius-server <rest>"),
    Rule(pattern="spanning-tree mode (mstp|rapid-pvst|rstp|none)", single=True, key="spanning-tree mode"),
    Rule(pattern="spanning-tree <rest>"),
    Rule(pattern="clock timezone <rest>", single=True),
    Rule(pattern="vlan <vlans>", opens="vlan"),
    Rule(pattern="vrf instance <word>", opens="vrf"),
    Rule(pattern="interface <interface>", opens="if", check=_check_interface),
    Rule(pattern="ip access-list [standard] <word>", opens="acl"),
    Rule(pattern="ip routing", negates=True),
    Rule(pattern="ip routing vrf <word>"),
    Rule(pattern="ipv6 unicast-routing", single=True),
    Rule(pattern="ip prefix-list <rest>"),
    Rule(pattern="ip route <prefix> <rest>"),
    Rule(pattern="ip route <ip> <mask> <rest>"),
    Rule(pattern="ip route vrf <word> <rest>"),
    Rule(pattern="ip virtual-router mac-address <word>", single=True),
    Rule(pattern="mlag configuration", opens="mlag"),
    Rule(pattern="peer-filter <word>", opens="peer-filter"),
    Rule(pattern="route-map <word> [(permit|deny) <number>]", opens="route-map"),
    Rule(pattern="router bgp <number>", opens="router-bgp"),
    Rule(pattern="router ospf <number>", opens="router-ospf"),
    Rule(pattern="banner (motd|login)", single=True),
    Rule(pattern="management api http-commands", opens="mgmt-api-http-cmds"),
    Rule(pattern="management ssh", opens="mgmt-ssh"),
    Rule(pattern="management console", opens="mgmt-console"),
)

INTERFACE = (
    Rule(pattern="description <rest>", single=True),
    Rule(pattern="shutdown", single=True),
    Rule(pattern="mtu <number>", single=True),
    Rule(pattern="speed <rest>", single=True),
    Rule(pattern="load-interval <number>", single=True),
    Rule(pattern="switchport", implied=True),
    Rule(pattern="switchport access vlan <vlans>", single=True),
    Rule(pattern="switchport trunk native vlan <vlans>", single=True),
    Rule(pattern="switchport trunk allowed vlan <rest>", single=True),
    Rule(pattern="switchport mode (access|trunk)", single=True, key="switchport mode"),
    Rule(pattern="channel-group <number> mode (active|passive|on)", single=True, key="channel-group"),
    Rule(pattern="vrf <word>", single=True),
    Rule(pattern="encapsulation dot1q vlan <number>", single=True),
    Rule(pattern="ip address <prefix>", single=True, check=_check_address, rewrite=_as_prefix),
    Rule(pattern="ip address <ip> <mask>", single=True, check=_check_address, rewrite=_as_prefix),
    Rule(pattern="ip address virtual <prefix>", single=True),
    Rule(pattern="ip ospf <rest>"),
    Rule(pattern="ip helper-address <ip>"),
    Rule(pattern="ip access-group <word> (in|out)"),
    Rule(pattern="ip virtual-router address <ip>"),
    Rule(pattern="ipv6 enable", single=True),
    Rule(pattern="ipv6 address <ipv6>"),
    Rule(pattern="mlag <number>", single=True),
    Rule(pattern="spanning-tree <rest>"),
    Rule(pattern="lldp (transmit|receive)", implied=True),
    Rule(pattern="vxlan <rest>"),
    Rule(pattern="storm-control <rest>"),
    Rule(pattern="service-profile <word>", single=True),
)


def _loose(*words: str) -> tuple[Rule, ...]:
    """Rules for a mode whose lines are taken as they come, known by their first word."""
    return tuple(Rule(pattern=f"{word} {rest}".strip()) for word in words for rest in ("", "<rest>"))


_BGP = (
    Rule(pattern="router-id <ip>", single=True),
    Rule(pattern="maximum-paths <rest>", single=True),
    Rule(pattern="distance bgp <rest>", single=True),
    Rule(pattern="neighbor <word> <rest>"),
    Rule(pattern="network <rest>"),
    Rule(pattern="redistribute <rest>"),
    Rule(pattern="vlan <rest>", opens="macvrf"),
    Rule(pattern="address-family <rest>", opens="router-bgp-af"),
    Rule(pattern="vrf <word>", opens="router-bgp-vrf"),
    *_loose("bgp", "update", "timers", "graceful-restart"),
)

MODES = {
    "config": TOP,
    "if": INTERFACE,
    "vlan": (
        Rule(pattern="name <word>", single=True),
        Rule(pattern="state (active|suspend)", single=True, key="state"),
        Rule(pattern="trunk group <word>"),
    ),
    "acl": (
        Rule(pattern="remark <rest>"),
        Rule(pattern="(permit|deny) <rest>"),
        Rule(pattern="<number> (permit|deny|remark) <rest>"),
    ),
    "router-bgp": _BGP,
    "router-ospf": (
        Rule(pattern="router-id <ip>", single=True),
        Rule(pattern="max-lsa <number>", single=True),
        *_loose("passive-interface", "network", "redistribute", "area", "log-adjacency-changes", "maximum-paths"),
    ),
    "router-bgp-af": _loose("neighbor", "network", "redistribute", "bgp"),
    "router-bgp-vrf": _loose("rd", "route-target", "neighbor", "network", "redistribute", "router-id"),
    "macvrf": _loose("rd", "route-target", "redistribute"),
    "vrf": _loose("rd", "description"),
    "mlag": _loose("domain-id", "local-interface", "peer-address", "peer-link", "reload-delay"),
    "peer-filter": (Rule(pattern="<number> match <rest>"),),
    "route-map": _loose("match", "set", "description", "continue"),
    "mgmt-api-http-cmds": (
        Rule(pattern="shutdown", negates=True),
        Rule(pattern="protocol <rest>"),
        Rule(pattern="vrf <word>", opens="mgmt-api-http-cmds-vrf"),
    ),
    "mgmt-api-http-cmds-vrf": (Rule(pattern="shutdown", negates=True),),
    "mgmt-ssh": _loose("idle-timeout", "authentication", "cipher", "key-exchange", "mac", "connection", "shutdown"),
    "mgmt-console": _loose("idle-timeout"),
}

GRAMMAR = Grammar(
    MODES,
    kinds=KINDS,
    names=NAMES,
    verbs=(Verb.EXIT, Verb.END, Verb.ABORT, Verb.DO, Verb.NO, Verb.DEFAULT, Verb.SHOW),
)


def mode_label(section: Line) -> str:
    """The mode's name in the prompt, with the name of the section where EOS shows it."""
    if section.mode == "config":
        return "config"
    if section.mode == "if":
        return f"config-if-{NAMES.shorten(section.text.removeprefix('interface '))}"
    if section.mode in {"vlan", "acl", "vrf", "route-map"}:
        return f"config-{section.mode}-{section.text.split()[-1]}"
    return f"config-{section.mode}"


def check_removal(device: Device, _rule: Rule, key: str) -> None:
    """Refuses to remove what is soldered in."""
    if key.startswith("interface ") and key[10:] in device.ports:
        raise Rejected(f"% Cannot delete physical interface {key[10:]}\n")


INDENT = "   "

DIALECT = IndentedDialect(
    grammar=GRAMMAR, indent=INDENT, mode_label=mode_label, check_removal=check_removal, banner_end="EOF"
)
