"""The rows. Each is a function that measures and gives one or more results."""
