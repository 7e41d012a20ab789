"""The job table is the queue; the broker is a doorbell.

This room is larger than the others because submitting, claiming, writing and closing share one set of rows whose rules
only hold together; what merely watches jobs (live) or is told of them (events) has a room of its own.
"""

from __future__ import annotations
