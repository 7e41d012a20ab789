"""The configuration language of Cisco IOS, in the order in which IOS shows it."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from webnet_sim.exceptions import Rejected, UnknownWord
from webnet_sim.shell.dialect import IndentedDialect
from webnet_sim.shell.grammar import Grammar, Rule, Verb
from webnet_sim.shell.secrets import split_secret, type_nine
from webnet_sim.shell.tree import Line
from webnet_sim.shell.words import Match
from webnet_sim.vendors.cisco_ios.names import KINDS, NAMES, PHYSICAL

if TYPE_CHECKING:
    from webnet_sim.device import Device


def _check_interface(device: Device, _section: Line, match: Match[Rule]) -> None:
    name = match.arguments[0]
    if name.startswith(PHYSICAL) and name.partition(".")[0] not in device.ports:
        raise UnknownWord(name, 1, len("interface "))


def _check_address(device: Device, section: Line, match: Match[Rule]) -> None:
    address, mask = match.arguments[:2]
    try:
        new = IPv4Interface(f"{address}/{mask}")
    except ValueError:
        digits = "".join(f"{int(part):02X}" for part in mask.split("."))
        raise Rejected(f"Bad mask 0x{digits} for address {address}\n") from None
    if new.network.prefixlen < 31 and new.ip == new.network.network_address:
        raise Rejected(f"Bad mask /{new.network.prefixlen} for address {address}\n")
    for name, _ in device.interfaces():
        other = device.address(name)
        if other and f"interface {name}" != section.text and other.network.overlaps(new.network):
            raise Rejected(f"% {new.network.network_address} overlaps with {name}\n")


def _check_route(_device: Device, _section: Line, match: Match[Rule]) -> None:
    network, mask = match.arguments[:2]
    try:
        IPv4Network(f"{network}/{mask}")
    except ValueError:
        raise Rejected("%Inconsistent address and mask\n") from None


def _hash(device: Device, match: Match[Rule]) -> str:
    """Secrets are kept hashed; from now on the device asks for the new one."""
    found = split_secret(match.text)
    if found is None:
        return match.text
    head, secret = found
    device.secrets["enable" if head.startswith("enable") else " ".join(match.words[:2])] = secret
    return f"{head}9 {type_nine(secret)}"


TOP = (
    Rule(pattern="version <word>", single=True),
    Rule(pattern="service timestamps (debug|log) <rest>"),
    Rule(pattern="service timestamps (debug|log)"),
    Rule(pattern="service pad", implied=True),
    Rule(pattern="service <rest>"),
    Rule(pattern="hostname <word>", single=True),
    Rule(pattern="boot (system|config) <rest>"),
    Rule(pattern="vrf definition <word>", opens="config-vrf"),
    Rule(pattern="ip vrf <word>", opens="config-vrf"),
    Rule(pattern="logging buffered <rest>", single=True),
    Rule(pattern="enable secret <rest>", single=True, rewrite=_hash),
    Rule(pattern="enable password <rest>", single=True),
    Rule(pattern="aaa new-model", negates=True),
    Rule(pattern="aaa <rest>"),
    Rule(pattern="clock (timezone|summer-time) <rest>"),
    Rule(pattern="system mtu <number>", single=True),
    Rule(pattern="ip routing", single=True),
    Rule(pattern="ip cef", negates=True),
    Rule(pattern="ip domain lookup", implied=True),
    Rule(pattern="ip domain-lookup", key="ip domain lookup", implied=True),
    Rule(pattern="ip domain (name|list) <word>"),
    Rule(pattern="ip domain-name <word>", single=True),
    Rule(pattern="ip name-server <rest>"),
    Rule(pattern="ip dhcp excluded-address <rest>"),
    Rule(pattern="ip dhcp pool <word>", opens="config-dhcp"),
    Rule(pattern="ip multicast-routing", single=True),
    Rule(pattern="ipv6 unicast-routing", single=True),
    Rule(pattern="vtp (mode|domain) <word>"),
    Rule(pattern="multilink bundle-name authenticated", single=True),
    Rule(pattern="key chain <word>", opens="config-keychain"),
    Rule(pattern="license <rest>"),
    Rule(pattern="spanning-tree mode <word>", single=True, key="spanning-tree mode"),
    Rule(pattern="spanning-tree <rest>"),
    Rule(pattern="username <word> <rest>", rewrite=_hash),
    Rule(pattern="redundancy", opens="config-red"),
    Rule(pattern="archive", opens="config-archive"),
    Rule(pattern="lldp run", single=True),
    Rule(pattern="cdp run", implied=True),
    Rule(pattern="vlan <vlans>", opens="config-vlan"),
    Rule(pattern="track <number> <rest>"),
    Rule(pattern="class-map [match-any] <word>", opens="config-cmap"),
    Rule(pattern="policy-map <word>", opens="config-pmap"),
    Rule(pattern="interface <interface>", opens="config-if", check=_check_interface, initial=("ip address",)),
    Rule(pattern="router (ospf|eigrp|bgp) <number>", opens="config-router"),
    Rule(pattern="router (rip|isis)", opens="config-router"),
    Rule(pattern="ip default-gateway <ip>", single=True),
    Rule(pattern="ip forward-protocol <rest>"),
    Rule(pattern="ip http server", negates=True),
    Rule(pattern="ip http secure-server", negates=True),
    Rule(pattern="ip http <rest>"),
    Rule(pattern="ip ftp <rest>"),
    Rule(pattern="ip tftp <rest>"),
    Rule(pattern="ip route <ip> <mask> <rest>", check=_check_route),
    Rule(pattern="ip ssh <rest>"),
    Rule(pattern="ip scp server enable", single=True),
    Rule(pattern="ip access-list (standard|extended) <word>", opens="config-nacl"),
    Rule(pattern="ip prefix-list <rest>"),
    Rule(pattern="ip sla <number>", opens="config-ip-sla"),
    Rule(pattern="logging trap <word>", single=True),
    Rule(pattern="logging source-interface <interface>", single=True),
    Rule(pattern="logging host <rest>"),
    Rule(pattern="logging <rest>"),
    Rule(pattern="access-list <number> <rest>"),
    Rule(pattern="route-map <word> [(permit|deny) <number>]", opens="config-route-map"),
    Rule(pattern="snmp-server location <rest>", single=True),
    Rule(pattern="snmp-server contact <rest>", single=True),
    Rule(pattern="snmp-server <rest>"),
    Rule(pattern="tacacs server <word>", opens="config-server-tacacs"),
    Rule(pattern="radius server <word>", opens="config-radius-server"),
    Rule(pattern="control-plane", opens="config-cp"),
    Rule(pattern="banner (motd|login|exec) <rest>", single=True),
    Rule(pattern="line (con|aux) <number>", opens="config-line"),
    Rule(pattern="line vty <number> [<number>]", opens="config-line"),
    Rule(pattern="ntp source <interface>", single=True),
    Rule(pattern="ntp <rest>"),
    Rule(pattern="event manager <rest>"),
    Rule(pattern="errdisable <rest>"),
    Rule(pattern="file prompt <word>", single=True),
)

INTERFACE = (
    Rule(pattern="description <rest>", single=True),
    Rule(pattern="switchport", negates=True),
    Rule(pattern="switchport access vlan <vlans>", single=True),
    Rule(pattern="switchport voice vlan <vlans>", single=True),
    Rule(pattern="switchport trunk encapsulation <word>", single=True),
    Rule(pattern="switchport trunk native vlan <vlans>", single=True),
    Rule(pattern="switchport trunk allowed vlan <rest>", single=True),
    Rule(pattern="switchport mode (access|trunk)", single=True, key="switchport mode"),
    Rule(pattern="switchport (nonegotiate|port-security)"),
    Rule(pattern="vrf forwarding <word>", single=True),
    Rule(pattern="encapsulation <rest>", single=True),
    Rule(pattern="ip address <ip> <mask> secondary", check=_check_address),
    Rule(pattern="ip address <ip> <mask>", negates=True, check=_check_address),
    Rule(pattern="ip address dhcp", negates=True, key="ip address"),
    Rule(pattern="ip helper-address <ip>"),
    Rule(pattern="ip access-group <word> (in|out)"),
    Rule(pattern="ip ospf cost <number>", single=True),
    Rule(pattern="ip ospf <rest>"),
    Rule(pattern="ip mtu <number>", single=True),
    Rule(pattern="ip nat (inside|outside)"),
    Rule(pattern="ip proxy-arp", implied=True),
    Rule(pattern="ip redirects", implied=True),
    Rule(pattern="ipv6 address <ipv6>"),
    Rule(pattern="ipv6 enable", single=True),
    Rule(pattern="mtu <number>", single=True),
    Rule(pattern="bandwidth <number>", single=True),
    Rule(pattern="delay <number>", single=True),
    Rule(pattern="load-interval <number>", single=True),
    Rule(pattern="shutdown", single=True),
    Rule(pattern="duplex (auto|full|half)", single=True, key="duplex"),
    Rule(pattern="speed (auto|10|100|1000)", single=True, key="speed"),
    Rule(pattern="media-type <word>", single=True),
    Rule(pattern="negotiation auto", negates=True),
    Rule(pattern="tunnel <rest>"),
    Rule(pattern="channel-group <number> mode <word>", single=True),
    Rule(pattern="spanning-tree <rest>"),
    Rule(pattern="storm-control <rest>"),
    Rule(pattern="standby <rest>"),
    Rule(pattern="service-policy (input|output) <word>"),
    Rule(pattern="lldp (transmit|receive)", implied=True),
    Rule(pattern="cdp enable", implied=True),
)

ROUTER = (
    Rule(pattern="router-id <ip>", single=True),
    Rule(pattern="bgp router-id <ip>", single=True),
    Rule(pattern="bgp <rest>"),
    Rule(pattern="auto-cost reference-bandwidth <number>", single=True),
    Rule(pattern="passive-interface (default|<interface>)"),
    Rule(pattern="network <rest>"),
    Rule(pattern="redistribute <rest>"),
    Rule(pattern="neighbor <word> remote-as <number>"),
    Rule(pattern="neighbor <word> description <rest>"),
    Rule(pattern="neighbor <word> <rest>"),
    Rule(pattern="default-information originate [always]"),
    Rule(pattern="area <word> <rest>"),
    Rule(pattern="log-adjacency-changes [detail]"),
    Rule(pattern="maximum-paths <number>", single=True),
    Rule(pattern="timers <rest>"),
    Rule(pattern="eigrp <rest>"),
    Rule(pattern="address-family <rest>", opens="config-router-af"),
    Rule(pattern="exit-address-family"),
)

LINE = (
    Rule(pattern="session-timeout <number>", single=True),
    Rule(pattern="access-class <word> (in|out) [vrf-also]"),
    Rule(pattern="exec-timeout <number> [<number>]", single=True),
    Rule(pattern="password <rest>", single=True),
    Rule(pattern="logging synchronous", single=True),
    Rule(pattern="login [local]", single=True, key="login"),
    Rule(pattern="login authentication <word>", single=True, key="login"),
    Rule(pattern="length <number>", single=True),
    Rule(pattern="privilege level <number>", single=True),
    Rule(pattern="stopbits <number>", single=True),
    Rule(pattern="transport input <rest>", single=True),
    Rule(pattern="transport output <rest>", single=True),
)

ACCESS_LIST = (
    Rule(pattern="remark <rest>"),
    Rule(pattern="(permit|deny) <rest>"),
    Rule(pattern="<number> (permit|deny|remark) <rest>"),
)

VLAN = (
    Rule(pattern="name <word>", single=True),
    Rule(pattern="shutdown", single=True),
    Rule(pattern="state (active|suspend)", single=True, key="state"),
)


def _loose(*words: str) -> tuple[Rule, ...]:
    """Rules for a mode whose lines are taken as they come, known by their first word."""
    return tuple(Rule(pattern=f"{word} {rest}".strip()) for word in words for rest in ("", "<rest>"))


LOOSE = {
    "config-vrf": _loose("description", "rd", "route-target", "address-family", "exit-address-family"),
    "config-dhcp": _loose("network", "default-router", "dns-server", "domain-name", "lease", "option", "host"),
    "config-keychain": _loose("key", "key-string"),
    "config-red": _loose("mode"),
    "config-archive": _loose("path", "maximum", "write-memory", "time-period", "log", "logging", "notify", "hidekeys"),
    "config-cmap": _loose("match", "description"),
    "config-pmap": _loose("class", "priority", "bandwidth", "set", "police", "shape", "service-policy", "description"),
    "config-route-map": _loose("match", "set", "description", "continue"),
    "config-ip-sla": _loose("icmp-echo", "frequency", "timeout", "tag", "threshold"),
    "config-server-tacacs": _loose("address", "key", "timeout", "single-connection"),
    "config-radius-server": _loose("address", "key", "timeout", "retransmit"),
    "config-cp": _loose("service-policy"),
    "config-router-af": _loose("network", "neighbor", "redistribute", "maximum-paths", "exit-address-family"),
}

VERBS = (Verb.EXIT, Verb.END, Verb.DO, Verb.NO, Verb.DEFAULT)

GRAMMAR = Grammar(
    {
        "config": TOP,
        "config-if": INTERFACE,
        "config-router": ROUTER,
        "config-line": LINE,
        "config-nacl": ACCESS_LIST,
        "config-vlan": VLAN,
        **LOOSE,
    },
    kinds=KINDS,
    names=NAMES,
    verbs=VERBS,
)


def mode_label(section: Line) -> str:
    """The mode's name in the prompt; subinterfaces have one of their own."""
    if section.mode == "config-if" and "." in section.text:
        return "config-subif"
    if section.mode == "config-nacl":
        return "config-std-nacl" if " standard " in section.text else "config-ext-nacl"
    return section.mode


def check_removal(device: Device, _rule: Rule, key: str) -> None:
    """Refuses to remove what is soldered in."""
    if key.startswith("interface ") and key[10:] in device.ports:
        raise Rejected("% Removal of physical interfaces is not permitted\n")


INDENT = " "

DIALECT = IndentedDialect(grammar=GRAMMAR, indent=INDENT, mode_label=mode_label, check_removal=check_removal)
