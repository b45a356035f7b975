"""The engines that list on many workers, run with workers of their own on this machine."""
