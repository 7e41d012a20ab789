"""Static files under ASGI: whole, since a file that streams from disk would be read in one go there anyway."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise, answering with the file's bytes: Django warns of every synchronous stream it serves over ASGI."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        """Return the file, or what stands for it (not modified, a part, a refusal)."""
        response: HttpResponseBase = WhiteNoiseMiddleware.serve(static_file, request)
        if not isinstance(response, FileResponse):
            return response
        whole = HttpResponse(b"".join(response), status=response.status_code)
        response.close()
        whole.headers = response.headers
        return whole
