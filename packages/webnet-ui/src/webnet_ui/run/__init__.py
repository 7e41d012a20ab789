"""Choosing a task, filling in its parameters, seeing the plan, running it."""
