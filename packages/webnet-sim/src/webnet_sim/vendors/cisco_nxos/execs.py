"""Exec commands of Cisco NX-OS that do something: terminal, configuration mode, saving."""

from __future__ import annotations

from webnet_sim.exceptions import Rejected
from webnet_sim.forwarding import reaches
from webnet_sim.shell.commands import Call, CommandSet
from webnet_sim.vendors.cisco_nxos.names import KINDS

COMMANDS = CommandSet(KINDS)

_STEPS = (1, 20, 40, 60, 80, 100)


@COMMANDS.add("exit", "logout", "quit")
def leave(call: Call) -> str:
    """End the session."""
    call.session.closed = True
    return ""


@COMMANDS.add("terminal length <number>")
def set_length(call: Call) -> str:
    """Lines of a screen; 0 switches paging off."""
    call.session.length = min(int(call.arguments[0]), 511)
    return ""


@COMMANDS.add("terminal width <number>")
def set_width(call: Call) -> str:
    """Characters of a line."""
    if not 24 <= int(call.arguments[0]) <= 511:
        raise Rejected("% Invalid number, range is (24:511)\n")
    call.session.width = int(call.arguments[0])
    return ""


@COMMANDS.add("terminal [no] monitor", "terminal dont-ask", "no terminal dont-ask", "terminal session-timeout <number>")
def accept_terminal_option(_call: Call) -> str:
    """Terminal options that change nothing here."""
    return ""


@COMMANDS.add("configure [terminal]", level=15)
def configure(call: Call) -> str:
    """Into configuration mode."""
    call.session.enter_configuration()
    return "Enter configuration commands, one per line. End with CNTL/Z.\n"


def save(call: Call) -> str:
    """Save the running configuration, with the bar that grows."""
    call.device.save(call.session.user)
    bars = "\r".join(f"[{'#' * (40 * percent // 100):<40}] {percent:>3}%" for percent in _STEPS)
    return f"{bars}\nCopy complete, now saving to disk (please wait)...\nCopy complete.\n"


@COMMANDS.add("ping <ip>", "ping <ip> count <number>")
def ping(call: Call) -> str:
    """Echo requests to an address of this network."""
    target = call.arguments[0]
    count = min(int(call.arguments[1]), 1000) if len(call.arguments) > 1 else 5
    reachable = reaches(call.device, target)
    lines = [f"PING {target} ({target}): 56 data bytes"]
    if reachable:
        lines += [f"64 bytes from {target}: icmp_seq={number} ttl=254 time=1.2 ms" for number in range(count)]
    else:
        lines += [f"Request {number} timed out" for number in range(count)]
    received, loss = (count, "0.00") if reachable else (0, "100.00")
    lines += ["", f"--- {target} ping statistics ---"]
    lines += [f"{count} packets transmitted, {received} packets received, {loss}% packet loss"]
    return "\n".join(lines) + "\n"
