"""Exec commands of Cisco IOS that do something: privilege, terminal, configuration mode, saving."""

from __future__ import annotations

from webnet_sim.exceptions import Rejected
from webnet_sim.forwarding import reaches
from webnet_sim.shell.commands import Call, CommandSet
from webnet_sim.shell.session import Question
from webnet_sim.vendors.cisco_ios.names import KINDS

COMMANDS = CommandSet(KINDS)

SAVED = "Building configuration...\n[OK]\n"


@COMMANDS.add("enable [<number>]")
def enable(call: Call) -> str:
    """Ask for the enable secret, three times at most."""
    session = call.session
    if session.level > 1:
        return ""
    if not call.device.enable_secret:
        return "% Error in authentication.\n\n"
    return _ask_secret(call, attempts=3)


def _ask_secret(call: Call, *, attempts: int) -> str:
    def answer(secret: str) -> str:
        if secret == call.device.enable_secret:
            call.session.level = 15
            return ""
        if attempts > 1:
            return _ask_secret(call, attempts=attempts - 1)
        return "% Bad secrets\n\n"

    call.session.question = Question("Password: ", answer, hidden=True)
    return ""


@COMMANDS.add("disable [<number>]")
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
    call.session.length = min(int(call.arguments[0]), 512)
    return ""


@COMMANDS.add("terminal width <number>")
def set_width(call: Call) -> str:
    """Characters of a line."""
    call.session.width = min(int(call.arguments[0]), 512)
    return ""


@COMMANDS.add("terminal [no] monitor", "terminal [no] history", "terminal history size <number>")
def accept_terminal_option(_call: Call) -> str:
    """Terminal options that change nothing here."""
    return ""


@COMMANDS.add("configure [terminal]", level=15)
def configure(call: Call) -> str:
    """Into configuration mode; without `terminal` IOS asks where from."""
    if len(call.words) == 1:
        call.session.question = Question(
            "Configuring from terminal, memory, or network [terminal]? ", lambda _typed: _configure(call)
        )
        return ""
    return _configure(call)


def _configure(call: Call) -> str:
    call.session.enter_configuration()
    return "Enter configuration commands, one per line.  End with CNTL/Z.\n"


@COMMANDS.add("write [memory]", level=15)
def write(call: Call) -> str:
    """Save the running configuration."""
    call.device.save(call.session.user)
    return SAVED


@COMMANDS.add("write terminal", level=15)
def write_terminal(call: Call) -> str:
    """Show the running configuration, the old way."""
    return call.device.running_config()


@COMMANDS.add("ping <ip>", "ping <ip> repeat <number>")
def ping(call: Call) -> str:
    """Echo requests to an address of this network."""
    target = call.arguments[0]
    count = min(int(call.arguments[1]), 1000) if len(call.arguments) > 1 else 5
    reachable = reaches(call.device, target)
    marks = ("!" if reachable else ".") * count
    rate, received = (100, count) if reachable else (0, 0)
    times = ", round-trip min/avg/max = 1/2/4 ms" if reachable else ""
    return (
        f"Type escape sequence to abort.\nSending {count}, 100-byte ICMP Echos to {target}, timeout is 2 seconds:\n"
        f"{marks}\nSuccess rate is {rate} percent ({received}/{count}){times}\n"
    )


@COMMANDS.add("reload", level=15)
def reload(_call: Call) -> str:
    """A simulated device is restarted with its network, never by a client."""
    raise Rejected("% Reload is not available on this device\n")
