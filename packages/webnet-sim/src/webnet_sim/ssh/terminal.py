"""A client's terminal on a device: echo, line editing, paging, faults in the output."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import TYPE_CHECKING

import asyncssh

from webnet_sim.faults import ChangedPrompt, DropsInCommit, OutputFault, Slow
from webnet_sim.shell.session import Session
from webnet_sim.transcript import digest

if TYPE_CHECKING:
    from webnet_sim.device import Device

logger = logging.getLogger(__name__)

_ERASE_ONE = b"\b \b"
_ENDS = b"\r\n"
_END_OF_TEXT = b"\x04"
_HELP_KEYS = frozenset({b"?", b"\t"})


class Terminal(asyncssh.SSHServerSession[bytes]):
    """One channel: an interactive shell, or a single command.

    Args:
        device: The device.
        user: Who logged in.
        number: Number of the connection, for the transcript.
    """

    def __init__(self, device: Device, user: str, number: int) -> None:
        self._device = device
        self._session: Session = device.login(user)
        self._session.length = device.vendor.paged
        self._number = number
        self._inbox = bytearray()
        self._outbox: list[bytes] = []
        self._arrived = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._ended = False
        self._after_return = False
        self._command: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._channel: asyncssh.SSHServerChannel[bytes]

    # -- what asyncssh calls

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """The channel is open."""
        self._channel = chan

    def pty_requested(self, term_type: str, term_size: object, term_modes: object) -> bool:
        """Any terminal will do."""
        return True

    def shell_requested(self) -> bool:
        """The usual way in."""
        return True

    def exec_requested(self, command: str) -> bool:
        """A single command without a terminal, as ``ssh host 'show version'`` sends it."""
        self._command = command
        return True

    def session_started(self) -> None:
        """Start to serve."""
        work = self._interact() if self._command is None else self._run_once(self._command)
        self._task = asyncio.get_running_loop().create_task(work)
        self._task.add_done_callback(self._report)

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Keep what was typed until the command line reads it."""
        self._inbox += data
        self._arrived.set()

    def eof_received(self) -> bool:
        """The client types no more; what it typed is still answered."""
        self._ended = True
        self._arrived.set()
        return True

    def break_received(self, msec: int) -> bool:
        """A break is ignored."""
        return True

    def pause_writing(self) -> None:
        """The client reads more slowly than we write."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone; so is whatever was being done for it."""
        if self._task:
            self._task.cancel()
        self._session.hang_up()

    def _report(self, task: asyncio.Task[None]) -> None:
        """A mistake of the simulator must not look like a device that hangs: say so and hang up."""
        if not task.cancelled() and task.exception() is not None:
            logger.error("%s: the terminal failed", self._device.spec.name, exc_info=task.exception())
            self.reset()

    # -- what faults may do

    def send(self, data: bytes) -> None:
        """Send bytes at once."""
        if not self._channel.is_closing():
            self._channel.write(data)

    async def drain(self) -> None:
        """Wait until the client has caught up; others have their turn in any case."""
        await asyncio.sleep(0)
        await self._writable.wait()

    def reset(self) -> None:
        """Break the TCP connection with a reset."""
        connection = self._channel.get_connection()
        at_once = struct.pack("ii", 1, 0)
        connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        connection.abort()

    # -- the command line

    async def _interact(self) -> None:
        session = self._session
        while not session.closed:
            self._outbox.append(_wire(session.prompt))
            line = await self._read_line(echo=session.mode != "password")
            if line is None:
                break
            await self._answer(line)
        self._flush()
        self._channel.exit(0)

    async def _run_once(self, command: str) -> None:
        self._session.length = 0
        for line in command.splitlines():
            await self._answer(line)
        self._flush()
        self._channel.exit(0)

    async def _answer(self, line: str) -> None:
        if self._drops(line):
            return
        text = self._note_and_execute(line)
        self._rename_after(line)
        slow = self._device.faults.get(Slow.name)
        if isinstance(slow, Slow) and slow.concerns(line):
            self._flush()
            await asyncio.sleep(slow.seconds)
        for fault in self._device.faults.values():
            if isinstance(fault, OutputFault) and fault.concerns(line, text.encode()):
                self._flush()
                await fault.deliver(self, _wire(text))
                return
        if text:
            await self._print(text)

    def _drops(self, line: str) -> bool:
        """Break the connection where a fault says so; tells whether it did."""
        fault = self._device.faults.get(DropsInCommit.name)
        if not isinstance(fault, DropsInCommit) or not fault.concerns(line) or self._session.mode == "password":
            return False
        if fault.carried_out:
            self._note_and_execute(line)
        else:
            prompt = self._session.prompt.rpartition("\n")[2]
            self._device.transcript.add(self._number, "line", line, mode=self._session.mode, prompt=prompt)
        self._session.closed = True
        self.reset()
        return True

    def _rename_after(self, line: str) -> None:
        fault = self._device.faults.get(ChangedPrompt.name)
        if isinstance(fault, ChangedPrompt) and fault.concerns(line):
            self._session.shown_name = fault.prompt

    def _note_and_execute(self, line: str) -> str:
        session, transcript = self._session, self._device.transcript
        mode, prompt = session.mode, session.prompt.rpartition("\n")[2]
        if mode != "password":
            transcript.add(self._number, "line", line, mode=mode, prompt=prompt)
            return session.execute(line)
        before = session.level
        text = session.execute(line)
        accepted = session.level > before
        transcript.add(self._number, "secret", "enable", prompt=prompt, accepted=accepted, digest=digest(line))
        return text

    # -- output

    async def _print(self, text: str) -> None:
        length = self._session.length
        if not length or text.count("\n") < length:
            self._outbox.append(_wire(text))
            return
        lines = text.splitlines(keepends=True)
        shown = room = length - 1
        self._outbox.append(_wire("".join(lines[:room])))
        while shown < len(lines):
            room = await self._ask_more(length)
            self._outbox.append(_wire("".join(lines[shown : shown + room])))
            shown += room
            if not room:
                return

    async def _ask_more(self, length: int) -> int:
        """How many lines the client wants to see next; 0 to stop."""
        self._outbox.append(self._device.vendor.more.encode())
        key = await self._read_key()
        self._outbox.append(self._device.vendor.erase)
        return {b" ": length - 1, b"\r": 1, b"\n": 1}.get(key, 0)

    def _flush(self) -> None:
        if self._outbox:
            data = b"".join(self._outbox)
            self._outbox.clear()
            self.send(data)

    # -- input

    async def _arrival(self) -> bool:
        """Wait for more to be typed; False when no more will come."""
        self._flush()
        while not self._inbox:
            if self._ended:
                return False
            self._arrived.clear()
            await self._arrived.wait()
        return True

    async def _read_key(self) -> bytes:
        if not await self._arrival():
            return b""
        key = bytes(self._inbox[:1])
        del self._inbox[:1]
        return key

    async def _read_line(self, *, echo: bool) -> str | None:
        """The next line, echoed as it is read: at once while idle, in one go when typed ahead."""
        typed = bytearray()
        while await self._arrival():
            piece, ended = self._take()
            if piece in _HELP_KEYS and echo and not ended:
                self._assist(typed, piece)
            elif piece.isascii() and piece.decode().isprintable():
                typed += piece
                self._outbox.append(piece if echo else b"")
            elif piece.endswith(_END_OF_TEXT) and self._session.collecting:
                return (bytes(typed) + piece).decode("utf-8", "replace")
            elif not self._edit(typed, piece, echo=echo):
                return None
            if ended:
                self._outbox.append(b"\r\n")
                return typed.decode("utf-8", "replace")
        return None

    def _take(self) -> tuple[bytes, bool]:
        """What was typed up to the end of the line, and whether the end was reached."""
        if self._after_return and self._inbox.startswith((b"\n", b"\0")):
            del self._inbox[:1]
        self._after_return = False
        ends = _ENDS + _END_OF_TEXT if self._session.collecting else _ENDS
        found = [place for place in (self._inbox.find(end) for end in ends) if place >= 0]
        if not found:
            piece = bytes(self._inbox)
            self._inbox.clear()
            return piece, False
        place = min(found)
        piece = bytes(self._inbox[:place])
        if self._inbox[place : place + 1] == _END_OF_TEXT:
            piece += _END_OF_TEXT
        self._after_return = self._inbox[place : place + 1] == b"\r"
        del self._inbox[: place + 1]
        return piece, True

    def _assist(self, typed: bytearray, key: bytes) -> None:
        """A lone ``?`` or tabulator, as a person types it; in pasted lines they are characters."""
        line = typed.decode("utf-8", "replace")
        if key == b"\t":
            added = self._session.complete(line).encode()
            typed += added
            self._outbox.append(added)
            return
        shown = _wire(f"?\n{self._session.help(line)}{self._session.prompt}")
        self._outbox.append(shown + bytes(typed))

    def _edit(self, typed: bytearray, piece: bytes, *, echo: bool) -> bool:
        """Take characters one by one, with the keys that edit; False when the client ends the session."""
        for number in piece:
            key = bytes([number])
            if key in {b"\x7f", b"\b"}:
                if typed:
                    del typed[-1:]
                    self._outbox.append(_ERASE_ONE if echo else b"")
            elif key == b"\x15":
                self._outbox.append(_ERASE_ONE * len(typed) if echo else b"")
                typed.clear()
            elif key in {b"\x03", b"\x1a"}:
                typed.clear()
                self._session.leave_configuration()
                self._outbox.append(b"\r\n" + _wire(self._session.prompt))
            elif key == b"\x04" and not typed:
                return False
            elif key >= b" " or key == b"\t":
                typed += key
                self._outbox.append(key if echo else b"")
        return True


def _wire(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
