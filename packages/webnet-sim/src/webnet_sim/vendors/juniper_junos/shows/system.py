"""What a Junos device says of itself: version, hardware, uptime, users."""

from __future__ import annotations

from datetime import datetime, timedelta

from webnet_sim.device import Device
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.juniper_junos.commits import Commits
from webnet_sim.vendors.juniper_junos.dialect import below
from webnet_sim.vendors.juniper_junos.execs import COMMANDS
from webnet_sim.vendors.juniper_junos.hardware import get_hardware
from webnet_sim.vendors.juniper_junos.shows.configuration import stamp


def speaks_lldp(device: Device) -> bool:
    """Whether LLDP is configured on any interface."""
    lldp = below(device.tree, "protocols", "lldp")
    return any("disable" not in line.children for line in lldp.starting("interface"))


def describe(device: Device) -> str:
    """What LLDP neighbours are told."""
    return f"Juniper Networks, Inc. {device.model} internet router, kernel JUNOS {device.version}"


@COMMANDS.add("show version")
def show_version(call: Call) -> str:
    """Host name, model, software."""
    device = call.device
    build = f"[{device.version}]"
    return (
        f"Hostname: {device.hostname}\nModel: {device.model}\nJunos: {device.version}\n"
        f"JUNOS OS Kernel 64-bit  {build}\nJUNOS OS libs {build}\nJUNOS OS runtime {build}\n"
        f"JUNOS Online Documentation {build}\n"
    )


@COMMANDS.add("show chassis hardware")
def show_chassis_hardware(call: Call) -> str:
    """Chassis and routing engine with their serial numbers."""
    device, hardware = call.device, get_hardware(call.device.model)
    engine = f"{device.draw('engine', 10**8):08d}"
    return (
        "Hardware inventory:\n"
        "Item             Version  Part number  Serial number     Description\n"
        f"Chassis                                {device.serial:<17} {hardware.description}\n"
        "Midplane         REV 01   750-083441   BUILTIN           Midplane\n"
        f"Routing Engine 0 REV 01   750-083442   {engine:<17} RE-{hardware.description}\n"
        "FPC 0            REV 01   750-083443   BUILTIN           Virtual FPC\n"
        "  CPU            REV 01   RIOT-LITE    BUILTIN           Virtual CPU\n"
    )


@COMMANDS.add("show system uptime")
def show_system_uptime(call: Call) -> str:
    """The time, when the device started, when it was last configured."""
    device, latest = call.device, call.device.part(Commits).past(0)
    now = device.clock()
    up = _span(now - device.booted)
    return (
        f"Current time: {stamp(now)}\nTime Source:  NTP CLOCK\n"
        f"System booted: {stamp(device.booted)} ({up} ago)\nProtocols started: {stamp(device.booted)} ({up} ago)\n"
        f"Last configured: {stamp(latest.at)} ({_span(now - latest.at)} ago) by {latest.user}\n"
        f"{now:%I:%M%p}  up {up}, 1 user, load averages: 0.42, 0.40, 0.38\n"
    )


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days // 7}w{days % 7}d {hours:02d}:{minutes % 60:02d}"


@COMMANDS.add("show system users")
def show_system_users(call: Call) -> str:
    """Who is logged in: this session."""
    now: datetime = call.device.clock()
    return (
        f"{now:%I:%M%p}  up 1 day, 1 user, load averages: 0.42, 0.40, 0.38\n"
        "USER     TTY      FROM                              LOGIN@  IDLE WHAT\n"
        f"{call.session.user:<8} pts/0    127.0.0.1                        {now:%I:%M%p}      - -cli (cli)\n"
    )


@COMMANDS.add("show cli")
def show_cli(call: Call) -> str:
    """This session's terminal."""
    session = call.session
    return (
        "CLI complete-on-space set to off\nCLI idle-timeout disabled\n"
        f"CLI screen-length set to {session.length}\nCLI screen-width set to {session.width}\n"
    )
