"""What Django's admin finds of webnet, where a site has that admin; each room brings its own."""

from __future__ import annotations

import webnet_core.access.admin
import webnet_core.audit.admin
import webnet_core.blobs.admin
import webnet_core.events.admin
import webnet_core.inventory.admin
import webnet_core.jobs.admin
import webnet_core.secrets.admin  # noqa: F401 - importing them registers their pages
