"""The FSx emulator against the rules of the service and against botocore's model of it."""
