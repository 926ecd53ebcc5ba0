"""Event source mappings that keep to their maximum concurrency.

LocalStack 4.14 stores it, but hands over one batch after the other. A mapping without one is left as it is.
"""

import logging
from collections.abc import Callable
from functools import partial
from threading import BoundedSemaphore, Thread
from typing import Any

from localstack.services.lambda_.event_source_mapping.esm_worker import EsmWorker
from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import SqsPoller

log = logging.getLogger(__name__)


def install() -> None:
    """Make every mapping that starts from now on hand over as many batches at the same time as it may."""
    start = EsmWorker.start

    def start_concurrent(self: Any) -> None:
        most = (self.esm_config.get("ScalingConfig") or {}).get("MaximumConcurrency", 1)
        if most > 1 and isinstance(self.poller, SqsPoller):
            self.poller.handle_messages = _concurrent(partial(SqsPoller.handle_messages, self.poller), most)
        start(self)

    EsmWorker.start = start_concurrent


def _concurrent(handle: Callable[[Any], None], most: int) -> Callable[[Any], None]:
    slots = BoundedSemaphore(most)

    def work(messages: Any) -> None:
        try:
            handle(messages)
        except Exception:
            log.warning("a batch could not be handled", exc_info=True)  # it becomes visible again
        finally:
            slots.release()

    def hand_over(messages: Any) -> None:
        slots.acquire()
        Thread(target=work, args=(messages,), daemon=True).start()

    return hand_over
