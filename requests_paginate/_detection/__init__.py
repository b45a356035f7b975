"""How an API paginates, as its first request and page tell: an ordered table of small detectors."""
