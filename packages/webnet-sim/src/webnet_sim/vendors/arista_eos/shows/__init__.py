"""The show commands of Arista EOS, by subject."""

from __future__ import annotations
