"""A listing: its options, checkpoints and consistency, its pages in order, its rows."""
