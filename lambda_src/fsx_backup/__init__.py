"""Backups of Amazon FSx file systems, followed to their end.

Reading order for one message: `handler` (how it arrives) -> `step` (what is done) -> `fsx` (the AWS calls).
The decisions are pure: `occurrence` (create, wait or give up) and `retention` (keep or delete).
"""
