"""The harbour over plain WSGI; jobs are run by `manage.py webnet worker` beside it."""

from __future__ import annotations

import sys

from django.core.servers.basehttp import run
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

if __name__ == "__main__":
    run("127.0.0.1", int(sys.argv[1]), application, threading=True)
