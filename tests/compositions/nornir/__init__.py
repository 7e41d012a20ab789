"""Core and the executor: jobs on devices, no pages."""
