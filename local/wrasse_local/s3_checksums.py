"""A checksum that comes with an object is compared with it, and kept.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
There the header that names an algorithm is ignored where a value is given. Stock moto keeps a value only beside that
header, and compares none. Here SHA-256 is, which the fleet sends.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from moto.s3.exceptions import S3ClientError
from moto.s3.responses import S3Response

from .engine import Engine

HEADER = "x-amz-checksum-sha256"


class BadDigest(S3ClientError):
    """The content is not that of its checksum."""

    code = 400

    def __init__(self) -> None:
        super().__init__("BadDigest", "The SHA256 you specified did not match the calculated checksum.")


def install(engine: Engine) -> None:
    stock = S3Response._get_checksum

    def get_checksum(response: Any, response_headers: dict[str, Any]) -> tuple[str, str | None]:
        given = response.headers.get(HEADER)
        if given is None:
            found: tuple[str, str | None] = stock(response, response_headers)
            return found
        if given != base64.b64encode(hashlib.sha256(response.body or b"").digest()).decode():
            raise BadDigest
        response_headers[HEADER] = given
        return "SHA256", given

    S3Response._get_checksum = get_checksum
