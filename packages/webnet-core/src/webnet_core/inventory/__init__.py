"""Sites, devices and how they are grouped, targets, ranges, leases and host keys.

This room is larger than the others because whatever writes a device (REST, bulk, import) passes the same drafts and
rules, which lean on all of its models.
"""

from __future__ import annotations
