"""The public API as users write it: type-checked by `make check`, never run."""
