"""The plain data that travels."""
