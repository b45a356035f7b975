"""What surrounds the rows in a body: the names that APIs use, and where the rows are. No I/O."""
