"""The emulator: one account with its Regions, one instrument, and its place in moto."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

from moto.fsx import models, urls

from dev.fsx_emulator.backend import StrictFSxBackend
from dev.fsx_emulator.context import Context
from dev.fsx_emulator.errors import ServiceError
from dev.fsx_emulator.faults import MESSAGES, Response
from dev.fsx_emulator.instrument import Call, Instrument, error_response, strike

OK = 200


class Emulator:
    """What in-process use and the server share. `lock` guards every read and write of its state."""

    def __init__(self, *, account: str = "123456789012", default_region: str = "us-east-1") -> None:
        self.account = account
        self.default_region = default_region
        self.context = Context(account)
        self.lock = RLock()
        self.instrument = Instrument()

    def reset(self) -> None:
        """Back to the beginning: no resources, real time, neutral settings, the same identifiers again."""
        with self.lock:
            models.fsx_backends.pop(self.account, None)
            self.context.start()
            self.instrument = Instrument()

    def backend(self, region: str) -> StrictFSxBackend | None:
        """What there is in a Region; None where FSx is not."""
        return StrictFSxBackend.of(self.account, region)

    def regions(self) -> list[StrictFSxBackend]:
        """The backends of all Regions that were used so far."""
        return list(models.fsx_backends[self.account].values())

    def serve(self, operation: str, parameters: Any, region: str, perform: Callable[[], Response]) -> Response:
        """One call from arrival to response. `perform` applies the rules; it runs under the lock.

        Raises:
            TransportFault: when the instrument says that no response arrives.
        """
        with self.lock:
            instrument = self.instrument
            call = instrument.arrive(operation, parameters, region, self.context.clock.now())
            latency = instrument.latency(operation)
        self._wait(latency)
        with self.lock:
            if not instrument.admits(self.context.clock.now()):
                throttled = ServiceError("ThrottlingException", MESSAGES["ThrottlingException"])
                return self._close(call, error_response(throttled))
            fault = instrument.fault_for(operation, parameters, region)
            if fault is None:
                return self._close(call, self._apply(call, perform))
            call.outcome = fault.fault
            return strike(fault, operation, self._apply(call, perform) if fault.when == "after" else None)

    @staticmethod
    def _apply(call: Call, perform: Callable[[], Response]) -> Response:
        response = perform()
        call.applied = response[0] == OK
        return response

    @staticmethod
    def _close(call: Call, response: Response) -> Response:
        status, headers, _ = response
        call.outcome = "ok" if status == OK else headers.get("X-Amzn-ErrorType", str(status))
        return response

    def _wait(self, seconds: float) -> None:
        """Latency. A frozen clock is advanced instead, so that tests need not sleep."""
        if not seconds:
            return
        with self.lock:
            clock = self.context.clock
            frozen = clock.frozen
            if frozen:
                clock.set(clock.now() + seconds)
        if not frozen:
            time.sleep(seconds)

    @contextmanager
    def installed(self, handler: Callable[..., Response]) -> Iterator[None]:
        """Be moto's FSx: its registry of backends and its URL of the service lead here while this lasts."""
        registry, saved_backend, saved_paths = models.fsx_backends, models.fsx_backends.backend, urls.url_paths
        registry.clear()
        registry.backend = StrictFSxBackend.bound_to(self.context)
        urls.url_paths = {"{0}/$": handler}
        try:
            yield
        finally:
            registry.clear()
            registry.backend = saved_backend
            urls.url_paths = saved_paths
