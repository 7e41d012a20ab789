"""`make bench`: run the bars, print their figures and write them to benchmarks/results/."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from benchmarks import figures
from benchmarks.bars import backup, device_list, first_event, live_log, memory, patience, size
from benchmarks.workbench import Workbench
from tests.e2e.site import ROOT, Site, running

BARS: Mapping[str, ModuleType] = {
    "1": backup,
    "3": patience,
    "4": memory,
    "5": first_event,
    "6": live_log,
    "7": device_list,
    "size": size,
}
USUAL = ("1", "3", "5", "6")


def main() -> int:
    """Run what the command line asks for; return 1 where a gate did not hold."""
    options = _parse()
    bars: list[figures.Bar] = []
    broken: list[str] = []
    with tempfile.TemporaryDirectory(prefix="webnet-bench-") as folder:
        site = Site(state=Path(folder, "site"), env={"WEBNET_HOST_DEADLINE": "600"})
        with running(site), contextlib.closing(Workbench(site)) as bench:
            for key in options.bars or (BARS if options.smoke else USUAL):
                started = time.monotonic()
                try:
                    bar: figures.Bar = BARS[key].run(bench, _sizes(BARS[key], options))
                except AssertionError as error:
                    broken.append(key)
                    print(f"\nbar {key}: the gate does not hold: {error}", file=sys.stderr)
                    continue
                bars.append(figures.unjudged(bar) if options.smoke else bar)
                figures.show(bars[-1])
                print(f"    took {time.monotonic() - started:.0f} s", flush=True)
    table = figures.keep(bars, ROOT / "benchmarks" / "results", smoke=options.smoke)
    print(f"\n{figures.as_table(bars)}\nwritten to {table.name} in benchmarks/results/, and as JSON beside it")
    return 1 if broken or not bars else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast webnet is, in ratios.")
    parser.add_argument("bars", nargs="*", choices=[*BARS, []], help=f"which bars (default: {', '.join(USUAL)})")
    parser.add_argument("--smoke", action="store_true", help="tiny sizes, every bar: only that it runs and is right")
    parser.add_argument("--rounds", type=int, help="rounds of each bar that has some")
    return parser.parse_args()


def _sizes(bar: ModuleType, options: argparse.Namespace) -> object:
    sizes = bar.SMOKE if options.smoke else bar.Sizes()
    if options.rounds and any(field.name == "rounds" for field in dataclasses.fields(sizes)):
        sizes = dataclasses.replace(sizes, rounds=options.rounds)
    return sizes


if __name__ == "__main__":
    sys.exit(main())
