"""Event source mappings that keep to their maximum concurrency.

LocalStack 4.14 stores it, but hands over one batch after the other. A mapping without one is left as it is.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore, RLock, Thread
from typing import Any

from localstack.services.lambda_.event_source_mapping.esm_worker import EsmWorker
from localstack.services.lambda_.event_source_mapping.event_processor import EventProcessorError
from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import SqsPoller
from localstack.services.lambda_.invocation.assignment import AssignmentService

AGAIN_SECONDS = 1

log = logging.getLogger(__name__)


def install() -> None:
    """Make every mapping that starts from now on hand over as many batches at the same time as it may."""
    start = EsmWorker.start

    def start_concurrent(self: Any) -> None:
        most = (self.esm_config.get("ScalingConfig") or {}).get("MaximumConcurrency", 1)
        if most > 1 and isinstance(self.poller, SqsPoller):
            self.poller.handle_messages = _Pool(self.poller, most).hand_over
        start(self)

    EsmWorker.start = start_concurrent
    _assign_one_by_one()


class _Pool:
    """Hands batches to a function, so many at the same time."""

    def __init__(self, poller: Any, most: int) -> None:
        self._poller = poller
        self._slots = BoundedSemaphore(most)

    def hand_over(self, messages: Any) -> None:
        """Wait for a free place, and return once the batch is on its way."""
        self._slots.acquire()
        Thread(target=self._work, args=(messages,), daemon=True).start()

    def _work(self, messages: Any) -> None:
        try:
            SqsPoller.handle_messages(self._poller, messages)
        except EventProcessorError:
            log.warning("the function failed", exc_info=True)  # the messages come back after the queue's own time
        except Exception:
            log.warning("a batch did not reach the function and is put back", exc_info=True)
            self._put_back(messages)
        finally:
            self._slots.release()

    def _put_back(self, messages: Any) -> None:
        for message in messages:
            self._poller.source_client.change_message_visibility(
                QueueUrl=self._poller.queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=AGAIN_SECONDS
            )


def _assign_one_by_one() -> None:
    """LocalStack looks for a free environment in a dict that other threads change, and a new one can be taken before
    the invocation that it was started for has it: that one ends in an error then.
    """
    lock = RLock()
    assign, stop, forget = (
        AssignmentService.get_environment,
        AssignmentService.stop_environment,
        AssignmentService.on_timeout,
    )

    @contextmanager
    def get_environment(self: Any, *which: Any) -> Iterator[Any]:
        with ExitStack() as stack:
            with lock:
                environment = stack.enter_context(assign(self, *which))
            yield environment

    def stop_environment(self: Any, environment: Any) -> None:
        with lock:
            stop(self, environment)

    def on_timeout(self: Any, version_manager_id: str, environment_id: str) -> None:
        with lock:
            forget(self, version_manager_id, environment_id)

    AssignmentService.get_environment = get_environment
    AssignmentService.stop_environment = stop_environment
    AssignmentService.on_timeout = on_timeout
