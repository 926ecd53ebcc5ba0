"""Write the archive that Cloud Custodian would deploy: `python c7n_package.py FILE`."""

import sys
from pathlib import Path

from c7n.mu import custodian_archive

POLICY = '{"execution-options": {}, "policies": [{"name": "purge", "resource": "aws.fsx-backup"}]}'
HANDLER = "from c7n import handler\n\n\ndef run(event, context):\n    return handler.dispatch_event(event, context)\n"

archive = custodian_archive()
archive.add_contents("config.json", POLICY)
archive.add_contents("custodian_policy.py", HANDLER)
archive.close()
Path(sys.argv[1]).write_bytes(archive.get_bytes())
