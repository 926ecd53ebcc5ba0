"""The purge in as few lines as it takes: what a person would write in ten minutes."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import boto3

fsx, limit = boto3.client("fsx"), datetime.now(UTC) - timedelta(days=7)
pages = fsx.get_paginator("describe_backups").paginate(Filters=[{"Name": "file-system-id", "Values": sys.argv[1:]}])
old = [backup["BackupId"] for page in pages for backup in page["Backups"] if backup["CreationTime"] < limit]
with ThreadPoolExecutor(8) as pool:
    list(pool.map(lambda backup_id: fsx.delete_backup(BackupId=backup_id), old))
