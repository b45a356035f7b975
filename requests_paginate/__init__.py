"""Every row of a paginated API, with one verb on a requests Session."""

__version__ = "0.1.0"
