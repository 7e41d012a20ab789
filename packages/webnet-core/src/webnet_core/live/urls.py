"""Socket routes of core; needs the extra `live`."""

from __future__ import annotations

from django.urls import re_path

from webnet_core.conf import settings
from webnet_core.live.consumer import LiveConsumer

urlpatterns = [re_path(rf"^{settings.LIVE.WS_PATH.lstrip('/')}live/?$", LiveConsumer.as_asgi())]
