"""The master user's password, made and kept by RDS in Secrets Manager (`ManageMasterUserPassword`).

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""

from __future__ import annotations

import json
import secrets
import string
import uuid

from moto.rds.models import RDSBackend

PASSWORD_LENGTH = 32
PASSWORD_ALPHABET = string.ascii_letters + string.digits + "!#$%&()*+,-.:;<=>?[]^_{|}~"


class ManagedMasterSecret:
    """A secret `rds!db-<uuid>` that holds `{"username", "password"}`; deleted with its instance, without recovery."""

    def __init__(self, backend: RDSBackend, instance_arn: str, username: str, kms_key_id: str | None) -> None:
        self.secret_status = "creating"
        self.password = "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(PASSWORD_LENGTH))
        self._secrets = backend.secretsmanager
        secret = self._secrets.create_managed_secret(
            service_name="rds",
            secret_id=f"rds!db-{uuid.uuid4()}",
            secret_string=json.dumps({"username": username, "password": self.password}),
            description=f"The secret associated with the primary RDS DB instance: {instance_arn}",
            kms_key_id=kms_key_id,
            tags=[{"Key": "aws:rds:primaryDBInstanceArn", "Value": instance_arn}],
        )
        self.secret_arn = secret.arn
        self.kms_key_id = backend.kms.describe_key(str(secret.kms_key_id)).arn

    def delete(self) -> None:
        self._secrets.delete_secret(self.secret_arn, recovery_window_in_days=None, force_delete_without_recovery=True)
