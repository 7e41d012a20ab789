"""Asking, and comparing what was answered; whatever a request does to the database is taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import transaction

from tests.tenancy.world import CANARY, World, dump

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TOKEN = re.compile(
    r'(csrfmiddlewaretoken"? value="|X-CSRFToken&quot;: ?&quot;|"X-CSRFToken": ?"|nonce[-=]"?'
    r'|"(?:key|key_prefix|secret)": ?")'
    r"[\w+/=-]+"
)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+\d\d:\d\d)?")
# Headers that differ from one answer to the next by their nature.
_FLEETING = {"x-request-id", "date", "expires"}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back, whole; whether all rows are as they were, or at least all of the other customer's."""

    status: int
    headers: str
    body: str
    unchanged: bool
    spared: bool

    def leaks(self, *given: Any) -> bool:
        """Whether the canary is anywhere in it but where the caller's own words are repeated."""
        _, headers, body = self.likeness(*given)
        return CANARY in body or CANARY in headers

    def likeness(self, *given: Any) -> tuple[int, str, str]:
        """The answer without what differs each time, and with each of `given` (what was asked for) blanked out."""
        return (self.status, _even(self.headers, given), _even(self.body, given))


def ask(
    world: World,
    who: str,
    method: str,
    path: str,
    *,
    data: Any = None,
    form: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send one request, `data` as JSON or `form` as a browser would, and take back what it did."""
    client = world.client(who)
    with undone():
        if form is not None:
            response = client.post(path, form, headers=headers)
        elif method == "get":
            response = client.get(path, headers=headers)
        else:
            body = b"" if data is None else json.dumps(data).encode()
            response = client.generic(method.upper(), path, body, content_type="application/json", headers=headers)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        # What only reads is not looked after: half of this suite's time would go into it.
        after = world.dump if form is None and method == "get" else dump()
    shown = {**response.headers, **{f"Set-Cookie {name}": "" for name in response.cookies}}
    lines = [f"{name}: {value}" for name, value in sorted(shown.items()) if name.lower() not in _FLEETING]
    text = content.decode(errors="replace")
    return Reply(
        status=response.status_code,
        headers="\n".join(lines),
        body=text,
        unchanged=after == world.dump,
        spared=world.spared(after),
    )


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the block stores and counts."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _even(text: str, given: Iterable[Any]) -> str:
    for value in sorted({str(item) for item in given}, key=len, reverse=True):
        text = text.replace(value, "<given>")
    return _TOKEN.sub(r"\1<token>", _UUID.sub("<uuid>", _TIME.sub("<time>", text)))
