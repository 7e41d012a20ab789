"""A real Chromium and a real server; nothing here touches the database."""

from __future__ import annotations

import shutil
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`));
"""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    arguments = {**browser_type_launch_args, "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]}
    return {**arguments, "executable_path": found} if found else arguments


@pytest.fixture(scope="session")
def site():
    """The address of the test site."""
    with make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(page, site):
    """A page that fails the test on an uncaught error or a violated policy."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(120_000)
    page.add_init_script(LISTEN)
    yield page
    assert errors == []
    assert page.evaluate("window.violations ?? []") == []
