"""Cloud Custodian's filters over 10,000 backups: prints the median of seven, in milliseconds of the processor."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from statistics import median

from c7n.config import Config
from c7n.policy import PolicyCollection
from c7n.resources import load_resources

BACKUPS, RUNS = 10_000, 7
FILTERS = [
    {"Type": "USER_INITIATED"},
    {"tag:fsx-backup:plan": "home"},
    {"type": "value", "key": "CreationTime", "value_type": "age", "value": 7, "op": "gt"},
]

load_resources(("aws.fsx-backup",))
policies = {"policies": [{"name": "purge", "resource": "aws.fsx-backup", "filters": FILTERS}]}
[policy] = PolicyCollection.from_data(policies, Config.empty(region="us-east-1", account_id="123456789012"))
now = datetime.now(UTC)
times = []
for _ in range(RUNS):
    tags = [{"Key": "Name", "Value": "nightly"}, {"Key": "fsx-backup:plan", "Value": "home"}]
    backups = [
        {"Type": "USER_INITIATED", "CreationTime": now - timedelta(hours=2 * number), "Tags": tags, "BackupId": number}
        for number in range(BACKUPS)
    ]
    begin = time.process_time()
    found = policy.resource_manager.filter_resources(backups)
    times.append(1000 * (time.process_time() - begin))
    if not 9_000 < len(found) < BACKUPS:
        sys.exit(f"found {len(found)}")
print(json.dumps({"usual": median(times)}))
