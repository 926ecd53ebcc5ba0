"""What is played in the sandbox: the main job, every failure, the soak; and on AWS, the acceptance run."""
