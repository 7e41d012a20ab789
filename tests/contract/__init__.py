"""What the REST interface owes to the systems that use it."""
