"""Every client gives up within seconds: none waits for a silent port until the function's time is over."""

from __future__ import annotations

import re
import socket
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from dev.sandbox.aws import ROOT
from fsx_backup import clients
from tests.support.environments import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = sorted((ROOT / "lambda_src/fsx_backup").glob("*.py"))
SERVICES = ("fsx", "sns", "sqs", "cloudwatch", "service-quotas", "scheduler")
MOST_SECONDS = 60


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def silent_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setattr(
            clients, "OTHERS", clients.OTHERS.merge(Config(read_timeout=0.05, retries={"total_max_attempts": 1}))
        )
        yield url


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_gives_up_within_seconds(service: str) -> None:
    config = clients.connect(service).meta.config
    attempts = config.retries["total_max_attempts"]
    assert attempts > 1
    assert attempts * max(config.connect_timeout, config.read_timeout) <= MOST_SECONDS < TIMEOUT
    assert config.max_pool_connections >= clients.WORKERS


def test_all_services_that_the_function_uses_are_among_them() -> None:
    used = {name for source in SOURCES for name in re.findall(r'(?:client|connect)\("([\w-]+)"\)', source.read_text())}
    assert used == set(SERVICES)


def test_clients_are_made_in_one_place() -> None:
    assert [source.name for source in SOURCES if "import boto3" in source.read_text()] == ["clients.py"]


@pytest.mark.usefixtures("silent_port")
@pytest.mark.parametrize("service", SERVICES[1:])
def test_a_port_that_does_not_respond_is_an_error(service: str) -> None:
    client = clients.connect(service)
    calls = {
        "sns": lambda: client.publish(TopicArn="arn:aws:sns:us-east-1:123456789012:t", Message="m"),
        "sqs": lambda: client.send_message(QueueUrl=client.meta.endpoint_url + "/q", MessageBody="m"),
        "cloudwatch": lambda: client.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}]),
        "service-quotas": lambda: client.list_service_quotas(ServiceCode="fsx"),
        "scheduler": lambda: client.get_schedule(Name="s"),
    }
    with pytest.raises(ReadTimeoutError):
        calls[service]()


def test_eight_calls_are_under_way_side_by_side() -> None:
    meeting = Barrier(clients.WORKERS, timeout=30)
    assert sorted(clients.side_by_side(lambda _: meeting.wait(), range(8))) == list(range(8))
