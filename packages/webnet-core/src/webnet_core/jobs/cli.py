"""Verbs of `manage.py webnet` about jobs: run one, look at them, a worker without a broker, and one tick."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from types import FrameType
from typing import TextIO

from webnet_core.conf import settings
from webnet_core.deployment import require_safe_start
from webnet_core.events.sending import courier
from webnet_core.jobs import looking, running, scheduling
from webnet_core.jobs.tick import tick
from webnet_core.jobs.worker import ShardWorker
from webnet_core.plugins.registry import registry
from webnet_core.plugins.verbs import Exit, Verb, count


def _worker_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queues", default="", help="comma-separated; WEBNET's WORKER_QUEUES where left out")
    parser.add_argument("--slots", type=count, default=2, help="shards at a time")
    parser.add_argument("--once", action="store_true", help="run what is claimable now, then end")


def run_worker(options: argparse.Namespace, out: TextIO) -> int:
    """Claim and run shards until interrupted.

    Raises:
        ConfigurationError: the site is not safe to start.
    """
    require_safe_start()
    queues = tuple(part.strip() for part in options.queues.split(",") if part.strip()) or settings.CORE.WORKER_QUEUES
    worker = ShardWorker(kind="worker", queues=queues, slots=options.slots)
    if options.once:
        tick()
        shards = 0
        while worker.work_once():
            shards += 1
        courier.wait()
        if options.json:
            out.write(json.dumps({"worker": worker.name, "shards": shards}) + "\n")
        return Exit.DONE
    _stop_on_signals(worker)
    told = {"worker": worker.name, "queues": list(queues)}
    out.write((json.dumps(told) if options.json else f"{worker.name} serves {', '.join(queues)}") + "\n")
    out.flush()
    worker.run()
    return 0


def run_tick(options: argparse.Namespace, out: TextIO) -> int:
    """Run every step of the tick once and say what each did; 1 where one failed, which the log explains."""
    done = tick()
    courier.wait()
    failed = [key for key in registry("tick_steps") if key not in done]
    if options.json:
        out.write(json.dumps({**done, **dict.fromkeys(failed)}) + "\n")
    else:
        out.writelines(f"{key}: {count}\n" for key, count in done.items())
        out.writelines(f"{key}: failed\n" for key in failed)
    return Exit.FAILED if failed else Exit.DONE


def _stop_on_signals(worker: ShardWorker) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        # A handler runs between two byte codes of the main thread, which may hold the worker's lock.
        threading.Thread(target=worker.stop, name="webnet-stop").start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


VERBS = (
    running.VERB,
    looking.VERB,
    scheduling.VERB,
    Verb(
        name="worker",
        help="Run jobs without a broker: claims from the job table, ticks, ends cleanly on SIGTERM.",
        add_arguments=_worker_arguments,
        run=run_worker,
    ),
    Verb(
        name="tick",
        help="Do once what must not be missed: fire schedules, reap silent workers, ring for waiting work.",
        run=run_tick,
    ),
)
