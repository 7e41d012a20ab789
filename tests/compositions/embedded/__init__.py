"""A site of somebody else's, a harbour, that webnet moves into under a prefix. It has its own mind about everything."""
