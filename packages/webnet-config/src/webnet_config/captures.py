"""A configuration as a host thread brings it: checked, masked and digested, ready to be stored."""

from __future__ import annotations

from dataclasses import dataclass, field

from webnet_config.conf import config_settings
from webnet_config.masking import MASK_VERSION, mask
from webnet_config.models import RUNNING
from webnet_config.significance import significant_text
from webnet_core.blobs import store
from webnet_core.plugins.items import Outcome, Platform


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """One configuration of one device.

    `text` is exactly what the device sent; of that, `counted` decides whether it changed, and `significant` is the
    digest of `counted`.
    """

    platform: Platform
    text: str = field(repr=False)
    masked: str = field(repr=False)
    counted: str = field(repr=False)
    significant: str
    mask_version: int = MASK_VERSION
    kind: str = RUNNING


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptureOutcome(Outcome):
    """An outcome that carries a configuration past the job's results, where anybody who sees the job could read it."""

    capture: Capture


def capture(platform: Platform, customer_id: int, text: str, *, kind: str = RUNNING) -> Capture:
    """Prepare a whole configuration for storing; needs no database.

    Args:
        platform: Says which lines are volatile and what is secret.
        customer_id: Digests and fingerprints are the customer's own.
        text: What the device sent.
        kind: Which of the device's configurations it is.
    """

    def fingerprint(secret: str) -> str:
        return store.digest(customer_id, f"secret:{secret}")[:8]

    counted = significant_text(platform, text)
    return Capture(
        platform=platform,
        text=text,
        masked=mask(platform, text, fingerprint, seconds=config_settings().MASK_SECONDS),
        counted=counted,
        significant=store.digest(customer_id, counted),
        kind=kind,
    )
