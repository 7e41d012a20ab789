"""The REST interface as programs meet it: made-up requests of every kind, and a client made from the description."""
