"""What happened, for those who asked to be told.

This room is larger than the others because all of it may leave the core one day without a change elsewhere: others
import `emit` and the types alone, so matching, outbox, channels and the client that reaches out stand here together.
"""

from __future__ import annotations
