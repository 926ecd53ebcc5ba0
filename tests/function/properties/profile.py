"""How hard the properties are tried: HYPOTHESIS_PROFILE=nightly for 10,000 examples each, `ci` (the default) else.

`mutation` only asks whether something fails: it does not look for the smallest example.

`ci` is derandomized: the same source gives the same examples, so a red run is red for whoever repeats it.
"""

import os

from hypothesis import HealthCheck, Phase, settings

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
# The examples' world is real: how fast it is depends on what else the machine does.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("ci", _UNHURRIED, max_examples=100, derandomize=True)
settings.register_profile("nightly", _UNHURRIED, max_examples=10_000, print_blob=True)
settings.register_profile("mutation", _UNHURRIED, max_examples=60, derandomize=True, phases=[Phase.generate])
