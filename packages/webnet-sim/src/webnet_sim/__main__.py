"""``python -m webnet_sim``."""

from __future__ import annotations

import sys

from webnet_sim.cli import main

sys.exit(main())
