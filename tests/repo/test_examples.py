"""Code on the pages that people copy does what the page says."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.repo.tree import ROOT
from webnet_core.events.signing import headers_for, new_secret

PAGE = ROOT / "docs" / "how-to" / "notifications.md"


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_example_verifies_what_is_really_sent_and_nothing_else() -> None:
    (code,) = [block for block in blocks() if "def verify" in block]
    space: dict[str, Any] = {}
    exec(code, space)
    verify = space["verify"]
    old, new = new_secret(), new_secret()
    body = b'{"id":"x"}'
    headers = dict(headers_for("x", int(time.time()), body, [new, old]))
    assert verify(new, headers, body)
    assert verify(old, headers, body)
    assert not verify(new_secret(), headers, body)
    assert not verify(new, headers, body + b" ")
    assert not verify(new, headers | {"webhook-id": "y"}, body)
    late = dict(headers_for("x", int(time.time()) - 3600, body, [new]))
    assert not verify(new, late, body)


def test_the_examples_are_whole_python() -> None:
    for block in blocks():
        compile(block, str(PAGE), "exec")
