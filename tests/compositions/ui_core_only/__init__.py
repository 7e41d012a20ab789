"""Pages over core alone; without Channels they poll."""
