"""Tell how an API paginates by its first request and page: an ordered table of small detectors."""
