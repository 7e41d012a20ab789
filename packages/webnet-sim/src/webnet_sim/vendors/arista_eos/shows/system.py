"""What an Arista EOS device says of itself: version, inventory, clock."""

from __future__ import annotations

from datetime import timedelta

from webnet_sim.device import Device
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.arista_eos.execs import COMMANDS
from webnet_sim.vendors.arista_eos.hardware import get_hardware


def dotted(mac: str) -> str:
    """A hardware address as EOS writes it."""
    return f"{mac[:4]}.{mac[4:8]}.{mac[8:]}"


def uptime(span: timedelta) -> str:
    """A span as EOS writes it, for example ``2 weeks, 1 day, 3 hours and 5 minutes``."""
    minutes = int(span.total_seconds()) // 60
    parts: list[str] = []
    for name, size in (("week", 10080), ("day", 1440), ("hour", 60), ("minute", 1)):
        number, minutes = divmod(minutes, size)
        if number or name in {"hour", "minute"}:
            parts.append(f"{number} {name}{'' if number == 1 else 's'}")
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"


@COMMANDS.add("show version")
def show_version(call: Call) -> str:
    """Model, serial number, software, uptime."""
    device = call.device
    mac = dotted(device.mac(""))
    return (
        f"Arista {device.model}\n"
        f"Hardware version: {get_hardware(device.model).revision}\n"
        f"Serial number: {device.serial}\n"
        f"Hardware MAC address: {mac}\n"
        f"System MAC address: {mac}\n\n"
        f"Software image version: {device.version}\n"
        "Architecture: x86_64\n"
        f"Internal build version: {device.version}-30640700.{device.version.replace('.', '')}\n"
        "Internal build ID: 5d8ac6a7-4e5b-4d5c-a9a3-2fd4a5f1d1cb\n"
        "Image format version: 3.0\n"
        "Image optimization: None\n\n"
        f"Uptime: {uptime(device.clock() - device.booted)}\n"
        "Total memory: 8155920 kB\n"
        f"Free memory: {5_000_000 + device.draw('memory', 10**6)} kB\n\n"
    )


def describe(device: Device) -> str:
    """What LLDP neighbours are told."""
    return f"Arista Networks EOS version {device.version} running on an Arista Networks {device.model}"


@COMMANDS.add("show inventory")
def show_inventory(call: Call) -> str:
    """Chassis and power supplies with their serial numbers."""
    device, hardware = call.device, get_hardware(call.device.model)
    power = f"K{device.draw('power', 10**9):09d}"
    return (
        "System information\n"
        "    Model                    Description\n"
        "    ------------------------ ----------------------------------------------------\n"
        f"    {device.model:<24} {hardware.description}\n\n"
        "    HW Version  Serial Number  Mfg Date   Epoch\n"
        "    ----------- -------------- ---------- -----\n"
        f"    {hardware.revision or '1.00':<11} {device.serial:<14} 2022-05-17 01.00\n\n"
        "System has 1 power supply slots\n"
        "    Slot Model            Serial Number   \n"
        "    ---- ---------------- ----------------\n"
        f"    1    PWR-500AC-F      {power}\n"
    )


@COMMANDS.add("show clock")
def show_clock(call: Call) -> str:
    """The time."""
    now = call.device.clock()
    return f"{now:%a %b} {now.day:2d} {now:%H:%M:%S %Y}\nTimezone: UTC\nClock source: local\n"


@COMMANDS.add("show hostname")
def show_hostname(call: Call) -> str:
    """The host name, short and with its domain."""
    domain = call.device.tree.value("dns domain")
    name = call.device.hostname
    return f"Hostname: {name}\nFQDN:     {name}{'.' + domain if domain else ''}\n"


@COMMANDS.add("show privilege")
def show_privilege(call: Call) -> str:
    """The privilege of this session."""
    return f"Current privilege level is {call.session.level}\n"


@COMMANDS.add("show users")
def show_users(call: Call) -> str:
    """Who is logged in: this session."""
    return (
        "    Line      User        Host(s)       Idle        Location\n"
        f"*  1 vty 3    {call.session.user:<11} idle          00:00:00    127.0.0.1\n"
    )
