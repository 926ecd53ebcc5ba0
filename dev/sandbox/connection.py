"""How programs reach a running sandbox: environment variables for any of them, clients for Python."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from dev.terraform import provider_configuration

SECRET = "sandbox"  # noqa: S105 - anything will do, nothing checks it


@dataclass(frozen=True)
class Connection:
    """The endpoints of a sandbox, its Region and account; `folder` is the sandbox's work folder."""

    aws_endpoint: str
    fsx_endpoint: str
    region: str
    account: str
    folder: Path

    @property
    def config_file(self) -> Path:
        """AWS settings without anything of this machine's user in them."""
        return self.folder / "aws-config"

    def environment(self) -> dict[str, str]:
        """The variables for Terraform, the AWS CLI and boto3, to be laid over `os.environ`.

        They also switch off what a user may have set: profile, settings files, session token, a proxy on the way to
        127.0.0.1. LocalStack takes an access key id of twelve digits as the account. Where the set-up had to say where
        Terraform finds the provider, that is among them.
        """
        direct = ",".join(filter(None, [os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")), "127.0.0.1"]))
        return {
            "AWS_ENDPOINT_URL": self.aws_endpoint,
            "AWS_ENDPOINT_URL_FSX": self.fsx_endpoint,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": "",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_PROFILE": "default",
            "AWS_CONFIG_FILE": str(self.config_file),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.config_file),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": direct,
            "no_proxy": direct,
            **provider_configuration(),
        }

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client for the sandbox, whatever the caller's own AWS settings are; one per service and Region."""
        return _client(self, service, region or self.region)


@cache
def _client(connection: Connection, service: str, region: str) -> Any:
    session = botocore.session.Session()
    session.set_config_variable("profile", "default")
    session.set_config_variable("config_file", str(connection.config_file))
    session.set_config_variable("credentials_file", str(connection.config_file))
    return boto3.Session(
        aws_access_key_id=connection.account,
        aws_secret_access_key=SECRET,
        region_name=region,
        botocore_session=session,
    ).client(  # type: ignore[call-overload] # the service is only known at run time
        service,
        endpoint_url=connection.fsx_endpoint if service == "fsx" else connection.aws_endpoint,
        config=Config(proxies={}, retries={"total_max_attempts": 1}),  # an emulator's error is the answer
    )
