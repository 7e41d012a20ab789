"""Exec commands of Arista EOS that do something: privilege, terminal, configuration mode, saving."""

from __future__ import annotations

from webnet_sim.forwarding import reaches
from webnet_sim.shell.commands import Call, CommandSet
from webnet_sim.shell.session import Question
from webnet_sim.vendors.arista_eos.names import KINDS

COMMANDS = CommandSet(KINDS)


@COMMANDS.add("enable")
def enable(call: Call) -> str:
    """Ask for the enable password; without one, let in at once."""
    session = call.session
    if session.level > 1:
        return ""
    if not call.device.enable_secret:
        session.level = 15
        return ""

    def answer(secret: str) -> str:
        if secret != call.device.enable_secret:
            return "% Authentication failed\n"
        session.level = 15
        return ""

    session.question = Question("Password: ", answer, hidden=True)
    return ""


@COMMANDS.add("disable")
def disable(call: Call) -> str:
    """Back to user mode."""
    call.session.level = 1
    return ""


@COMMANDS.add("exit", "logout", "quit")
def leave(call: Call) -> str:
    """End the session."""
    call.session.closed = True
    return ""


@COMMANDS.add("terminal length <number>")
def set_length(call: Call) -> str:
    """Lines of a screen; 0 switches paging off."""
    call.session.length = int(call.arguments[0])
    if call.session.length == 0:
        return "Pagination disabled.\n"
    return f"Pagination set to {call.session.length} lines.\n"


@COMMANDS.add("terminal width <number>")
def set_width(call: Call) -> str:
    """Characters of a line."""
    call.session.width = int(call.arguments[0])
    return f"Width set to {call.session.width} columns.\n"


@COMMANDS.add("terminal [no] monitor")
def accept_terminal_option(_call: Call) -> str:
    """Terminal options that change nothing here."""
    return ""


@COMMANDS.add("configure [terminal]", level=15)
def configure(call: Call) -> str:
    """Into configuration mode."""
    call.session.enter_configuration()
    return ""


@COMMANDS.add("write [memory]", level=15)
def save(call: Call) -> str:
    """Save the running configuration."""
    call.device.save(call.session.user)
    return "Copy completed successfully.\n"


@COMMANDS.add("ping <ip>", "ping <ip> repeat <number>")
def ping(call: Call) -> str:
    """Echo requests to an address of this network."""
    target = call.arguments[0]
    count = min(int(call.arguments[1]), 1000) if len(call.arguments) > 1 else 5
    reachable = reaches(call.device, target)
    lines = [f"PING {target} ({target}) 72(100) bytes of data."]
    if reachable:
        lines += [f"80 bytes from {target}: icmp_seq={number} ttl=64 time=0.5 ms" for number in range(1, count + 1)]
    received, loss = (count, 0) if reachable else (0, 100)
    lines += ["", f"--- {target} ping statistics ---"]
    lines += [f"{count} packets transmitted, {received} received, {loss}% packet loss, time 40ms"]
    return "\n".join(lines) + "\n"
