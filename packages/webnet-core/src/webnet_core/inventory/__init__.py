"""Sites, devices, targets, leases and host keys."""

from __future__ import annotations
