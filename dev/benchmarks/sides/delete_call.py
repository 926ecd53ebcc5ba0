"""Deletes through the packaged client, by as many workers as the purge has: the seconds of each as a JSON list."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

from fsx_backup import clients, fsx

CALLS_OF_A_WORKER = 4
client = clients.connect("fsx")


def seconds(number: int) -> float:
    begin = time.monotonic()
    try:
        fsx.delete_backup(client, f"backup-{number:017x}")
    except fsx.Transient:
        return time.monotonic() - begin
    raise RuntimeError("a call that FSx throttles came to an end")


with ThreadPoolExecutor(clients.WORKERS) as pool:
    print(json.dumps(list(pool.map(seconds, range(CALLS_OF_A_WORKER * clients.WORKERS)))))
