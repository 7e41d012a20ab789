"""One act of an import, alone in its process: what it took in seconds and at most in memory, as JSON.

Started by `benchmarks.imports` from the folder of webnet-core, in whose test settings it runs.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django


def prepare() -> None:
    """Make tables, a customer with what the file names, and somebody who imports."""
    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up

    from webnet_core.testing.factories import make_customer, make_site, make_user  # noqa: PLC0415 - the same

    call_command("migrate", verbosity=0)
    customer = make_customer("Bench")
    for number in range(20):
        make_site(customer, name=f"site {number}")
    make_user("bench", role="operator", customer=customer)


def preview(file: Path) -> str:
    """Preview the file."""
    from webnet_core.inventory.importing.batches import Upload, preview_import  # noqa: PLC0415

    user, customer = _who()
    batch = preview_import(user, customer.pk, Upload(content=file.read_bytes(), filename=file.name))
    return f"{batch.state} {batch.counts}"


def commit(_file: Path) -> str:
    """Commit the preview."""
    from webnet_core.inventory.importing.batches import commit_import  # noqa: PLC0415
    from webnet_core.inventory.importing.models import ImportBatch  # noqa: PLC0415

    user, _ = _who()
    batch = commit_import(user, ImportBatch.objects.filter(state="previewed").latest("created_at"))
    return f"{batch.state} {batch.counts}"


def undo(_file: Path) -> str:
    """Undo the last commit."""
    from webnet_core.inventory.importing.models import ImportBatch  # noqa: PLC0415
    from webnet_core.inventory.importing.undoing import undo_import  # noqa: PLC0415

    user, _ = _who()
    return undo_import(user, ImportBatch.objects.filter(state="committed").latest("committed_at")).state


def export(_file: Path) -> str:
    """Write all devices out."""
    from webnet_core.inventory.devices import find_devices  # noqa: PLC0415
    from webnet_core.inventory.exporting import export_devices  # noqa: PLC0415

    user, _ = _who()
    return f"{len(export_devices(user, find_devices(user, {}), 'csv'))} bytes"


ACTS: dict[str, Callable[[Path], str]] = {"preview": preview, "commit": commit, "undo": undo, "export": export}


def _who() -> Any:
    from django.contrib.auth import get_user_model  # noqa: PLC0415

    from webnet_core.access.models import Customer  # noqa: PLC0415

    return get_user_model().objects.get(username="bench"), Customer.objects.get(name="Bench")


def main() -> None:
    """Do what the command line says: ``prepare``, or an act and its file."""
    django.setup()
    act, *rest = sys.argv[1:]
    if act == "prepare":
        prepare()
        return
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    said = ACTS[act](Path(rest[0]))
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "said": said,
                "seconds": round(seconds, 2),
                "cpu": round(peak.ru_utime + peak.ru_stime, 2),
                "peak_mb": round(peak.ru_maxrss / 1024, 1),
                "before_mb": round(base / 1024, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
