"""What an Arista EOS device prints for a command that ends in ``| json``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from webnet_sim.device import Device
from webnet_sim.exceptions import Rejected
from webnet_sim.shell.commands import Call, Handler
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.arista_eos.hardware import get_hardware
from webnet_sim.vendors.arista_eos.sessions import MOST_PENDING, TIMED, ConfigSessions
from webnet_sim.vendors.arista_eos.shows.interfaces import status
from webnet_sim.vendors.arista_eos.shows.system import dotted
from webnet_sim.vendors.vendor import answer_filtered


def answer(call: Call, handler: Handler) -> str:
    """Run a command; with ``| json`` after it, print data in place of text.

    Raises:
        Rejected: EOS has no data for this command.
    """
    if not re.fullmatch(r"json\s*", call.pipeline or "", re.IGNORECASE):
        return answer_filtered(call, handler)
    describe = STRUCTURED.get(call.words)
    if describe is None:
        raise Rejected("% This is an unconverted command\n")
    return json.dumps(describe(call.device), indent=4) + "\n"


def describe_version(device: Device) -> Mapping[str, Any]:
    """Model, serial number, software, uptime."""
    mac = ":".join(device.mac("")[index : index + 2] for index in range(0, 12, 2))
    return {
        "mfgName": "Arista",
        "modelName": device.model,
        "hardwareRevision": get_hardware(device.model).revision,
        "serialNumber": device.serial,
        "systemMacAddress": mac,
        "hwMacAddress": mac,
        "configMacAddress": "00:00:00:00:00:00",
        "version": device.version,
        "architecture": "x86_64",
        "internalVersion": f"{device.version}-30640700.{device.version.replace('.', '')}",
        "internalBuildId": "5d8ac6a7-4e5b-4d5c-a9a3-2fd4a5f1d1cb",
        "imageFormatVersion": "3.0",
        "imageOptimization": "None",
        "bootupTimestamp": device.booted.timestamp(),
        "uptime": (device.clock() - device.booted).total_seconds(),
        "memTotal": 8155920,
        "memFree": 5_000_000 + device.draw("memory", 10**6),
        "isIntlVersion": False,
    }


def describe_hostname(device: Device) -> Mapping[str, Any]:
    """The host name, short and with its domain."""
    domain = device.tree.value("dns domain")
    return {"hostname": device.hostname, "fqdn": f"{device.hostname}.{domain}" if domain else device.hostname}


def describe_interfaces(device: Device) -> Mapping[str, Any]:
    """All that is known of each interface."""
    return {"interfaces": {name: _interface(device, name, section) for name, section in device.interfaces()}}


def _interface(device: Device, name: str, section: Line) -> Mapping[str, Any]:
    state, protocol = status(device, name)
    address = device.address(name)
    shown = "disabled" if state == "admin down" else "connected" if protocol == "up" else "notconnect"
    hardware = "loopback" if name.startswith("Loopback") else "ethernet"
    described = {
        "name": name,
        "description": section.value("description"),
        "hardware": hardware,
        "interfaceStatus": shown,
        "lineProtocolStatus": protocol,
        "forwardingModel": "routed" if address else "bridged",
        "bandwidth": 0 if hardware == "loopback" else 10_000_000_000,
        "mtu": int(section.value("mtu", "65535" if hardware == "loopback" else "1500")),
        "interfaceAddress": [{"primaryIp": {"address": str(address.ip), "maskLen": address.network.prefixlen}}]
        if address
        else [],
        "lastStatusChangeTimestamp": device.booted.timestamp(),
        "interfaceCounters": {
            "inUcastPkts": device.draw(f"in/{name}", 10**6),
            "outUcastPkts": device.draw(f"out/{name}", 10**6),
            "totalInErrors": 0,
            "totalOutErrors": 0,
        },
    }
    return described if hardware == "loopback" else described | {"physicalAddress": dotted(device.mac(name))}


def _interface_status(device: Device) -> Mapping[str, Any]:
    states = {name: _interface(device, name, section)["interfaceStatus"] for name, section in device.interfaces()}
    return {"interfaceStatuses": {name: {"linkStatus": state} for name, state in states.items()}}


def _addresses(device: Device) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name, _ in device.interfaces():
        address = device.address(name)
        if address:
            primary = {"address": str(address.ip), "maskLen": address.network.prefixlen}
            found[name] = {"name": name, "interfaceAddress": {"primaryIp": primary, "secondaryIpsOrderedList": []}}
    return {"interfaces": found}


def _neighbours(device: Device) -> Mapping[str, Any]:
    rows = [
        {"port": end.interface, "neighborDevice": peer.hostname, "neighborPort": end.peer_interface, "ttl": 120}
        for end, peer in device.neighbours()
    ]
    return {"tablesInserts": len(rows), "lldpNeighbors": rows}


def _neighbours_in_detail(device: Device) -> Mapping[str, Any]:
    found: dict[str, Any] = {name: {"lldpNeighborInfo": []} for name in device.ports}
    for end, peer in device.neighbours():
        found[end.interface]["lldpNeighborInfo"].append(
            {
                "chassisId": dotted(peer.mac("")),
                "chassisIdType": "macAddress",
                "systemName": peer.hostname,
                "systemDescription": peer.vendor.describe(peer),
                "systemCapabilities": {"bridge": True, "router": True},
                "neighborInterfaceInfo": {
                    "interfaceId": f'"{end.peer_interface}"',
                    "interfaceId_v2": end.peer_interface,
                    "interfaceIdType": "interfaceName",
                    "interfaceDescription": end.peer_interface,
                },
                "managementAddresses": [{"address": peer.management_address(), "addressType": "ipv4"}],
            }
        )
    return {"lldpNeighbors": found}


def _sessions(device: Device) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for each in device.part(ConfigSessions).all():
        found[each.name] = {"state": each.state, "instances": {}, "description": "", "commitUser": each.user}
        if each.state == TIMED and each.due is not None:
            found[each.name]["commitBy"] = (each.due - device.booted).total_seconds()
    return {"maxSavedSessions": 1, "maxOpenSessions": MOST_PENDING, "sessions": found}


STRUCTURED: Mapping[tuple[str, ...], Callable[[Device], Mapping[str, Any]]] = {
    ("show", "version"): describe_version,
    ("show", "hostname"): describe_hostname,
    ("show", "interfaces"): describe_interfaces,
    ("show", "interfaces", "status"): _interface_status,
    ("show", "ip", "interface"): _addresses,
    ("show", "ip", "interface", "brief"): _addresses,
    ("show", "lldp", "neighbors"): _neighbours,
    ("show", "lldp", "neighbors", "detail"): _neighbours_in_detail,
    ("show", "configuration", "sessions"): _sessions,
    ("show", "configuration", "sessions", "detail"): _sessions,
}
