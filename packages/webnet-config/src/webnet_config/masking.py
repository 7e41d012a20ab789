"""Hides secrets in a configuration.

In place of a secret stands a short keyed fingerprint: it tells that a secret was changed, and nothing else about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from webnet_core.platforms import masking
from webnet_core.platforms.masking import LONGEST_LINE
from webnet_core.plugins.items import Platform

#: Goes up whenever the same text would be masked differently by webnet itself.
MASK_VERSION: Final = 1

Fingerprint: TypeAlias = Callable[[str], str]


def mask(platform: Platform, text: str, fingerprint: Fingerprint, *, seconds: float = 5.0) -> str:
    """Return `text` with the secrets that the platform's patterns find replaced; the number of lines stays.

    Args:
        platform: Its `secrets` say what to hide.
        text: A configuration.
        fingerprint: Returns a short keyed digest of a secret.
        seconds: Longest time to spend; what is left then is withheld, as is a line longer than `LONGEST_LINE`.
    """
    return masking.mask(
        platform.secrets,
        text,
        hide=lambda secret: f"<hidden {fingerprint(secret)}>",
        withhold=lambda line: f"<line of {len(line)} characters withheld {fingerprint(line)}>",
        seconds=seconds,
    )


__all__ = ["LONGEST_LINE", "MASK_VERSION", "Fingerprint", "mask"]
