"""`manage.py seed`: the demo's devices, for a simulated network that somebody else serves."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from example_project.seeding import seed
from webnet_sim.topology_file import load_topology


class Command(BaseCommand):
    """Creates the demo's customer, sites, credential and devices."""

    help = "Create the demo's devices, as `webnet-sim serve demo --port-base N` serves them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the first port of the simulated network."""
        parser.add_argument("--port-base", type=int, default=22000, help="port of the first device")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Create what is missing."""
        names = [spec.name for spec in load_topology("demo").devices]
        ports = {name: options["port_base"] + number for number, name in enumerate(names)}
        self.stdout.write(f"{seed(ports)} devices of the demo are in the inventory.")
