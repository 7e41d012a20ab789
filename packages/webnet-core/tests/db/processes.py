"""Real processes for tests that are about several of them."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

_FORK = multiprocessing.get_context("fork")
_ROOT = Path(__file__).parents[2]


def run_forked(
    functions: Sequence[Callable[[], Any]], *, seconds: float = 240, meanwhile: Callable[[], Any] | None = None
) -> list[Any]:
    """Run each function in a process of its own, begun together; return what they returned, in order.

    `meanwhile` is called here once they run: no thread of this process may be there when they are forked.
    """
    connections.close_all()
    gate = _FORK.Barrier(len(functions))
    answers = [_FORK.Pipe(duplex=False) for _ in functions]
    started = [
        _FORK.Process(target=_child, args=(function, gate, sender))
        for function, (_, sender) in zip(functions, answers, strict=True)
    ]
    for process in started:
        process.start()
    try:
        if meanwhile is not None:
            meanwhile()
        return [_answer(receiver, seconds) for receiver, _ in answers]
    finally:
        for process in started:
            process.join(30)
            if process.is_alive():
                process.kill()
                process.join()


def _child(function: Callable[[], Any], gate: Any, sender: Any) -> None:
    try:
        gate.wait(120)
        sender.send(("returned", function()))
    except BaseException:  # noqa: BLE001 - the parent is told of it, whatever it was
        sender.send(("raised", traceback.format_exc()))
    connections.close_all()
    sender.close()
    os._exit(0)  # nothing of pytest's own may run twice


def _answer(receiver: Any, seconds: float) -> Any:
    assert receiver.poll(seconds), f"a process did not answer within {seconds} s"
    how, value = receiver.recv()
    assert how == "returned", value
    return value


def environment() -> tuple[Path, dict[str, str]]:
    """Return the folder and the variables of a process on the test's database."""
    return _ROOT, {
        **os.environ,
        "WEBNET_TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "PYTHONPATH": str(_ROOT),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }


@contextmanager
def worker(*queues: str, **core: Any) -> Iterator[subprocess.Popen[str]]:
    """A worker process on the test's database; killed when the block ends, if it still runs."""
    defaults = {"HEARTBEAT_SECONDS": 0.2, "TICK_SECONDS": 0.2, "FLUSH_SECONDS": 0.02}
    command = [sys.executable, "-m", "tests.db.worker_process", json.dumps({**defaults, **core}), *queues]
    where, variables = environment()
    process = subprocess.Popen(command, cwd=where, env=variables, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "the worker did not start"
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(condition: Callable[[], Any], seconds: float = 120.0) -> Any:
    """Return the condition's first true answer; fail when there is none in time. The limit is generous on purpose."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := condition():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"it did not come true within {seconds} s")
