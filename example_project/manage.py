#!/usr/bin/env python
"""Django's command line for the example project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run a management command with the project's root, not its folder, on the path."""
    sys.path[0] = str(HERE.parent)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - needs the path

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
