"""Customers stay apart: generated from the URL conf, the OpenAPI description and the models."""
