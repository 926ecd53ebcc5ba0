"""What runs inside LocalStack's process: its launcher, and functions as plain processes instead of containers."""
