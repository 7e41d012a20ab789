"""Rules and what they are asked about. Imports no Django: a rule is tested with a text and nothing else."""

from __future__ import annotations
