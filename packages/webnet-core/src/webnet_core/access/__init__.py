"""Customers, memberships, roles and the scope of every query.

This room is larger than the others because who somebody is, how they came in, what they may do and where the database
itself stops them are one question: each part asks the same few tables, and must change with them.
"""

from __future__ import annotations
