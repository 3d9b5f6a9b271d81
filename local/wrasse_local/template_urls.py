"""The template URL of a deployment: `sam deploy` uploads a template and passes its address.

AWS fetches the object from S3. The address is path-style on the endpoint that the client was given, here our own
port (`http://127.0.0.1:PORT/bucket/key`), which stock moto takes for a virtual-hosted address of bucket `127`.
Addresses of AWS itself occur where a template names one: virtual-hosted and path-style are both understood.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlparse

from moto.cloudformation import models, responses
from moto.cloudformation.exceptions import ValidationError
from moto.s3.exceptions import S3ClientError
from moto.s3.models import s3_backends

from .engine import ACCOUNT, Engine

VIRTUAL_HOSTED = re.compile(r"^(?P<bucket>.+)\.s3[.-].*amazonaws\.com$")


def install(engine: Engine) -> None:
    def fetch(template_url: str, account_id: str, partition: str) -> str:
        return read_object(template_url).decode()

    responses.get_stack_from_s3_url = fetch
    models.get_stack_from_s3_url = fetch


def bucket_and_key(url: str) -> tuple[str, str]:
    """Bucket and key of an object's URL, `s3://` included."""
    parts = urlparse(url)
    path = unquote(parts.path).lstrip("/")
    if parts.scheme == "s3":
        return parts.netloc, path
    hosted = VIRTUAL_HOSTED.match(parts.netloc)
    if hosted:
        return hosted["bucket"], path
    bucket, _, key = path.partition("/")
    return bucket, key


def read_object(url: str, version: str | None = None) -> bytes:
    """The object's bytes. Raises moto's ValidationError, naming the URL, when there is no such object."""
    bucket, key = bucket_and_key(url)
    try:
        # A bucket's name is enough: moto looks it up in all accounts.
        found = s3_backends[ACCOUNT]["aws"].get_object(bucket, key, version_id=version)
    except S3ClientError:
        found = None
    if found is None:
        raise ValidationError(message=f"S3 error: there is no object {key!r} in bucket {bucket!r} ({url})")
    value: bytes = found.value
    return value
