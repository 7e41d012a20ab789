"""Small sites, each with its own choice of webnet's packages, and sites of other people that webnet moves into."""
