"""The example project as it is, in production: HTTPS, one origin that may use its API."""
