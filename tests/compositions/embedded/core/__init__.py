"""The harbour's own app. Its label is `core`, and its models are named as webnet's are."""
