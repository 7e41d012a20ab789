"""What a Cisco NX-OS device says of itself: version, inventory, clock, users."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.cisco_nxos.execs import COMMANDS
from webnet_sim.vendors.cisco_nxos.factory import image_number
from webnet_sim.vendors.cisco_nxos.hardware import get_hardware
from webnet_sim.vendors.cisco_nxos.shows.configuration import stamp


@COMMANDS.add("show version")
def show_version(call: Call) -> str:
    """Software, hardware, serial number, uptime."""
    device, hardware = call.device, get_hardware(call.device.model)
    seconds = int((device.clock() - device.booted).total_seconds())
    image = image_number(device.version)
    return (
        "Cisco Nexus Operating System (NX-OS) Software\n"
        "TAC support: http://www.cisco.com/tac\n"
        "Copyright (C) 2002-2023, Cisco and/or its affiliates.\n"
        "All rights reserved.\n\n"
        "Software\n"
        "  BIOS: version 05.45\n"
        f"  NXOS: version {device.version}\n"
        "  BIOS compile time:  07/05/2021\n"
        f"  NXOS image file is: bootflash:///nxos.{image}.bin\n"
        "  NXOS compile time:  8/4/2021 13:00:00 [08/04/2021 20:25:37]\n\n\n"
        "Hardware\n"
        f"  cisco {hardware.family} {device.model.removeprefix('N9K-')} Chassis \n"
        "  Intel(R) Xeon(R) CPU D-1526 @ 1.80GHz with 24571632 kB of memory.\n"
        f"  Processor Board ID {device.serial}\n\n"
        f"  Device name: {device.hostname}\n"
        "  bootflash:   53298520 kB\n\n"
        f"Kernel uptime is {seconds // 86400} day(s), {seconds // 3600 % 24} hour(s), "
        f"{seconds // 60 % 60} minute(s), {seconds % 60} second(s)\n\n"
        f"Last reset at 0 usecs after {stamp(device.booted)}\n"
        "  Reason: Reset Requested by CLI command reload\n"
        f"  System version: {device.version}\n"
        "  Service: \n\n"
        "plugin\n  Core Plugin, Ethernet Plugin\n\nActive Package(s):\n        \n"
    )


def describe(device: Device) -> str:
    """What LLDP neighbours are told."""
    return f"Cisco Nexus Operating System (NX-OS) Software {device.version}"


@COMMANDS.add("show inventory [all]")
def show_inventory(call: Call) -> str:
    """Chassis, module and power supply with their serial numbers."""
    device, hardware = call.device, get_hardware(call.device.model)
    short = device.model.removeprefix("N9K-")
    model = f"N9K-{short}"
    power = f"ART{device.draw('power', 10**8):08d}"
    return "".join(
        f'NAME: "{name}",  DESCR: "{text}"\nPID: {pid:<19} ,  VID: {vid} ,  SN: {serial}\n\n'
        for name, text, pid, vid, serial in (
            ("Chassis", f"{hardware.family} {short} Chassis", model, "V03", device.serial),
            ("Slot 1", hardware.description, model, "V03", device.serial),
            (
                "Power Supply 1",
                f"{hardware.family} {short} Power Supply",
                "NXA-PAC-650W-PE",
                "V01",
                power,
            ),
        )
    )


@COMMANDS.add("show clock")
def show_clock(call: Call) -> str:
    """The time."""
    now = call.device.clock()
    return f"{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a %b %d %Y}\nTime source is NTP\n"


@COMMANDS.add("show (hostname|switchname)")
def show_hostname(call: Call) -> str:
    """The host name with its domain."""
    domain = call.device.tree.value("ip domain-name")
    return f"{call.device.hostname}{'.' + domain if domain else ''} \n"


@COMMANDS.add("show hosts")
def show_hosts(call: Call) -> str:
    """The default domain."""
    domain = call.device.tree.value("ip domain-name")
    looked_up = "disabled" if "ip domain-lookup" in call.device.tree else "enabled"
    return f"DNS lookup {looked_up}\nDefault domain for vrf:default is {domain}\n"


@COMMANDS.add("show feature")
def show_feature(call: Call) -> str:
    """The features switched on."""
    rows = ["Feature Name          Instance  State   ", "--------------------  --------  --------"]
    rows += [f"{line.text[8:]:<20}  1         enabled " for line in call.device.tree.starting("feature")]
    return "\n".join(rows) + "\n"


@COMMANDS.add("show users")
def show_users(call: Call) -> str:
    """Who is logged in: this session."""
    since = f"{call.device.clock():%b %d %H:%M}"
    row = f"{call.session.user:<8} pts/0        {since}   .          10000 (127.0.0.1) session=ssh *"
    return f"NAME     LINE         TIME         IDLE          PID COMMENT\n{row}\n"


@COMMANDS.add("show privilege")
def show_privilege(call: Call) -> str:
    """The privilege of this session."""
    return f"User name: {call.session.user}\nCurrent privilege level: -1\nFeature privilege: Disabled\n"
