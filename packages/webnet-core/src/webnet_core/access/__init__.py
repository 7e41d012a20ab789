"""Customers, memberships, roles and the scope of every query."""

from __future__ import annotations
