from __future__ import annotations

import re

from .delivery_streams import Archive

NAME = r"-1-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"


def only_key(archive: Archive, prefix: str = "") -> str:
    (key,) = archive.objects(prefix)
    return key


def test_records_are_joined_without_anything_between_in_an_object_of_aws_s_name(archive: Archive) -> None:
    stream = archive.stream(Prefix="logs/")
    archive.put(stream, "one\n", "two", "three\n")
    assert archive.flush(stream) == {
        "records_read": 3,
        "ok": 3,
        "dropped": 0,
        "failed": 0,
        "objects": 1,
        "error_objects": 0,
    }
    hour = archive.aws.engine.clock.now().strftime("%Y/%m/%d/")
    assert re.fullmatch(rf"logs/{hour}\d\d/{stream}{NAME}", only_key(archive))
    assert archive.text() == "one\ntwothree\n"


def test_gzip_has_its_extension(archive: Archive) -> None:
    stream = archive.stream(CompressionFormat="GZIP")
    archive.put(stream, "one\n" * 1000, "two")
    archive.flush(stream)
    key = only_key(archive)
    assert re.search(rf"/{stream}{NAME}\.gz$", key)
    head = archive.aws("s3").head_object(Bucket=archive.bucket, Key=key)
    assert head["ContentLength"] < 200
    assert archive.text() == "one\n" * 1000 + "two"


def test_an_extension_of_its_own_replaces_that(archive: Archive) -> None:
    stream = archive.stream(CompressionFormat="GZIP", FileExtension=".log.gz")
    archive.put(stream, "one")
    archive.flush(stream)
    assert re.search(rf"{NAME}\.log\.gz$", only_key(archive))


def test_objects_are_encrypted_by_the_key_that_is_named(archive: Archive) -> None:
    key = archive.aws("kms").create_key()["KeyMetadata"]["Arn"]
    stream = archive.stream(EncryptionConfiguration={"KMSEncryptionConfig": {"AWSKMSKeyARN": key}})
    archive.put(stream, "one")
    archive.flush(stream)
    head = archive.aws("s3").head_object(Bucket=archive.bucket, Key=only_key(archive))
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)


def test_the_time_of_a_prefix_is_that_of_the_oldest_record(archive: Archive) -> None:
    prefix = "!{timestamp:yyyy/MM/dd/HH}/"
    stream = archive.stream(Prefix=prefix, ErrorOutputPrefix="errors/!{firehose:error-output-type}/")
    clock = archive.aws.engine.clock
    before = clock.now()
    archive.put(stream, "one")
    hours = {moment.strftime("%Y/%m/%d/%H/") for moment in (before, clock.now())}
    clock.advance(7200)
    archive.put(stream, "two")
    archive.flush(stream)
    assert {key[:14] for key in archive.objects() if archive.objects()[key].startswith(b"one")} <= hours
