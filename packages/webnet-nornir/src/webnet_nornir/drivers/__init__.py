"""One folder per library that talks to devices."""
