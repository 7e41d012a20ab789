"""What visitors of the harbour's own pages are answered, for comparing the harbour with and without webnet."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

PATHS = ("/", "/api/buoys/", "/api/buoys/?page=2", "/api/wreck/", "/api/schema/", "/nowhere/", "/netops")


def draw() -> dict[str, Any]:
    """Return status, headers and body of each of the harbour's pages, with a few buoys in the water."""
    from tests.compositions.embedded.core.models import Device, Site

    quay = Site.objects.create(name="North")
    for number in range(5):
        Device.objects.create(pk=number + 1, site=quay, tonnage=12345 * number)
    return {path: _answer(path) for path in PATHS}


def _answer(path: str) -> dict[str, Any]:
    response = Client().get(path)
    cookies = dict.fromkeys(response.cookies, "set")
    return {
        "status": response.status_code,
        "headers": dict(response.headers),
        "cookies": cookies,
        "body": response.content.decode(),
    }


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(draw()))
