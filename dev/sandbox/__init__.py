"""AWS on your own machine: LocalStack, an FSx emulator and a stand-in for EventBridge Scheduler."""
