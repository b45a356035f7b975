"""How a page comes over the wire: the origin policy, sending, reading within bounds, retries."""
