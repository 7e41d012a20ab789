"""The command line of a device without the SSH: words, configuration tree, modes. Synchronous and pure."""

from __future__ import annotations
