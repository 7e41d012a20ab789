"""What a Cisco IOS device says of itself: version, inventory, clock, users."""

from __future__ import annotations

from datetime import datetime, timedelta

from webnet_sim.device import Device
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.cisco_ios.execs import COMMANDS
from webnet_sim.vendors.cisco_ios.hardware import get_hardware


def stamp(moment: datetime) -> str:
    """A moment as IOS writes it, for example ``10:23:45 UTC Mon Nov 16 2026``."""
    return moment.strftime("%H:%M:%S UTC %a %b ") + f"{moment.day} {moment.year}"


def uptime(span: timedelta) -> str:
    """A span as IOS writes it, for example ``2 weeks, 1 day, 3 hours, 5 minutes``."""
    minutes = int(span.total_seconds()) // 60
    parts: list[str] = []
    for name, size in (("year", 525600), ("week", 10080), ("day", 1440), ("hour", 60), ("minute", 1)):
        number, minutes = divmod(minutes, size)
        if number or (name == "minute" and not parts):
            parts.append(f"{number} {name}{'' if number == 1 else 's'}")
    return ", ".join(parts)


@COMMANDS.add("show version")
def show_version(call: Call) -> str:
    """Software, hardware, serial number, uptime."""
    device, hardware = call.device, get_hardware(call.device.model)
    return (
        f"{software_line(device)}\n"
        "Technical Support: http://www.cisco.com/techsupport\n"
        f"Copyright (c) 1986-2023 by Cisco Systems, Inc.\n"
        "Compiled Tue 31-Jan-23 14:18 by prod_rel_team\n\n\n"
        f"ROM: {hardware.rom}\n\n"
        f"{device.hostname} uptime is {uptime(device.clock() - device.booted)}\n"
        "System returned to ROM by reload\n"
        f"System restarted at {stamp(device.booted)}\n"
        f'System image file is "flash:/{hardware.image}.{device.version}.bin"\n'
        "Last reload reason: Reload Command\n\n\n\n"
        f"cisco {device.model} ({hardware.processor}) processor with 984313K/62464K bytes of memory.\n"
        f"Processor board ID {device.serial}\n"
        f"{_counted(device)}"
        "256K bytes of non-volatile configuration memory.\n"
        "2097152K bytes of flash memory at flash:.\n\n"
        "Configuration register is 0x2102\n\n"
    )


def software_line(device: Device) -> str:
    """The first line of `show version`, also told to LLDP neighbours."""
    hardware = get_hardware(device.model)
    return (
        f"Cisco IOS Software, {hardware.family} Software ({hardware.image}), "
        f"Version {device.version}, RELEASE SOFTWARE (fc1)"
    )


def _counted(device: Device) -> str:
    names = [name.rstrip("0123456789/.") for name in device.ports]
    words = {"GigabitEthernet": "Gigabit Ethernet", "TenGigabitEthernet": "Ten Gigabit Ethernet"}
    return "".join(f"{names.count(kind)} {words.get(kind, kind)} interfaces\n" for kind in dict.fromkeys(names))


@COMMANDS.add("show inventory")
def show_inventory(call: Call) -> str:
    """Chassis and power supply with their serial numbers."""
    device, hardware = call.device, get_hardware(call.device.model)
    power = f"ART{device.draw('power', 10**8):08d}"
    return (
        f'NAME: "{hardware.chassis}", DESCR: "{device.model} chassis"\n'
        f"PID: {device.model:<18}, VID: V02  , SN: {device.serial}\n\n"
        'NAME: "Power Supply Module 0", DESCR: "AC Power Supply"\n'
        f"PID: PWR-C1-350WAC     , VID: V02  , SN: {power}\n\n"
    )


@COMMANDS.add("show clock")
def show_clock(call: Call) -> str:
    """The time."""
    now = call.device.clock()
    return f"{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a %b} {now.day} {now.year}\n"


@COMMANDS.add("show privilege")
def show_privilege(call: Call) -> str:
    """The privilege of this session."""
    return f"Current privilege level is {call.session.level}\n"


@COMMANDS.add("show users")
def show_users(call: Call) -> str:
    """Who is logged in: this session."""
    return (
        "    Line       User       Host(s)              Idle       Location\n"
        f"*  1 vty 0     {call.session.user:<10} idle                 00:00:00 127.0.0.1\n\n"
    )


@COMMANDS.add("show hosts")
def show_hosts(call: Call) -> str:
    """The default domain."""
    domain = call.device.tree.value("ip domain name") or "not set"
    return f"Default domain is {domain}\nName lookup view: Global\n"


@COMMANDS.add("show terminal")
def show_terminal(call: Call) -> str:
    """Length and width of this session's screen."""
    session = call.session
    return f'Line 1, Location: "", Type: "vt100"\nLength: {session.length} lines, Width: {session.width} columns\n'
