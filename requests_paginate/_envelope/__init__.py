"""Where the rows are in a body, and what the names beside them mean. No I/O."""
