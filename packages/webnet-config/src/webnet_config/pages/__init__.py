"""Pages of configurations; rendered where webnet-ui is installed."""

from __future__ import annotations
