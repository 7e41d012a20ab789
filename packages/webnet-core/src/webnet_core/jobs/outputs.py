"""What a host answered, as a given user may see it: secrets of configurations are masked without the permission."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from webnet_core.access.scope import can
from webnet_core.blobs.store import get_bytes
from webnet_core.jobs.models import HostResult
from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.platforms.masking import mask
from webnet_core.plugins.registry import registry

MASK = "********"
# What a command prints may stand on one line, as JSON does; a configuration's lines are shorter.
LONGEST_LINE: Final = 10_000
_SECRET_NAME = re.compile(r"(?i)passw|secret|token|private_key|api_?key|community")


def read_output(user: Any, result: HostResult) -> str:
    """Return the text a host answered, empty where there is none.

    Lines that hold a secret are masked unless the user has ``config.view_raw`` in the job's customer.
    """
    if result.output is None:
        return ""
    text = get_bytes(result.output).decode(errors="replace")
    return text if may_see_secrets(user, result.job.customer_id) else mask_text(text, platform_of(result))


def read_data(user: Any, result: HostResult) -> Any:
    """Return the structured answer of a host, its texts masked like its output."""
    if may_see_secrets(user, result.job.customer_id):
        return result.data
    return _mask_value(result.data, platform_of(result))


def may_see_secrets(user: Any, customer_id: int) -> bool:
    """Say whether the user sees configurations as they are."""
    return can(user, "config.view_raw", customer_id)


def platform_of(result: HostResult) -> str:
    """Return the platform of a result's device; empty where the device is gone."""
    return result.device.platform if result.device is not None else ""


def mask_text(text: str, platform: str) -> str:
    """Replace what the platform's patterns call a secret; of an unknown platform every platform's patterns are used.

    A line too long to be looked into is withheld, as `platforms.masking` says.
    """
    return mask(_patterns(platform), text, hide=_hide, withhold=_withhold, longest=LONGEST_LINE)


def mask_params(params: Any) -> Any:
    """Replace the values of keys that are named like secrets."""
    if isinstance(params, Mapping):
        return {
            key: MASK if isinstance(value, str) and value and _SECRET_NAME.search(str(key)) else mask_params(value)
            for key, value in params.items()
        }
    if isinstance(params, list):
        return [mask_params(item) for item in params]
    return params


def _mask_value(value: Any, platform: str) -> Any:
    if isinstance(value, str):
        return mask_text(value, platform)
    if isinstance(value, Mapping):
        return {key: _mask_value(item, platform) for key, item in mask_params(value).items()}
    if isinstance(value, list):
        return [_mask_value(item, platform) for item in value]
    return value


def _hide(_secret: str) -> str:
    return MASK


def _withhold(line: str) -> str:
    return f"<line of {len(line)} characters withheld>"


def _patterns(platform: str) -> Sequence[str]:
    found = registry("platforms")
    chosen = [found[platform]] if platform in found else list(found.values())
    sources = [source for item in chosen for source in item.secrets]
    return tuple(dict.fromkeys((*sources, *GENERIC_SECRETS)))
