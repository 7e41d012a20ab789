"""The first page: is anything wrong, what is running, what was done."""
