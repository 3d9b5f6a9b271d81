from __future__ import annotations

from typing import Any

from .helpers import Account, eventually

HANDLER = "def handle(event):\n    print([r['kinesis']['partitionKey'] for r in event['Records']], flush=True)"


def mapping(aws: Account, name: str, stream: str, **settings: Any) -> str:
    made = aws("lambda").create_event_source_mapping(
        FunctionName=name, EventSourceArn=stream, StartingPosition="LATEST", **settings
    )
    return str(made["UUID"])


def test_records_reach_the_function_of_an_enabled_mapping(aws: Account) -> None:
    name, stream = aws.function(HANDLER), aws.kinesis_stream()
    aws("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    mapping(aws, name, stream)
    aws("kinesis").put_record(StreamARN=stream, PartitionKey="one", Data=b"1")
    eventually(lambda: [line for line in aws.log_lines(f"/aws/lambda/{name}") if line == "['one']"])


def test_a_disabled_or_deleted_mapping_gets_nothing(aws: Account) -> None:
    disabled, deleted, last = aws.function(HANDLER), aws.function(HANDLER), aws.function(HANDLER)
    for name, settings in ((disabled, {"Enabled": False}), (deleted, {})):
        stream = aws.kinesis_stream()
        uuid = mapping(aws, name, stream, **settings)
        if name == deleted:
            aws("lambda").delete_event_source_mapping(UUID=uuid)
        aws("kinesis").put_record(StreamARN=stream, PartitionKey="none", Data=b"1")
    stream = aws.kinesis_stream()
    mapping(aws, last, stream)
    aws("kinesis").put_record(StreamARN=stream, PartitionKey="last", Data=b"1")
    eventually(lambda: any(timing["function"] == last for timing in aws.post("/lambda/timings")))
    invoked = {timing["function"] for timing in aws.post("/lambda/timings")}
    assert not invoked & {disabled, deleted}


def test_a_function_whose_log_goes_to_the_stream_that_it_reads_does_not_hold_up_the_put(aws: Account) -> None:
    name, stream = aws.function(HANDLER), aws.kinesis_stream()
    aws("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    aws.subscribe(f"/aws/lambda/{name}", stream)
    uuid = mapping(aws, name, stream)
    aws("kinesis").put_record(StreamARN=stream, PartitionKey="one", Data=b"1")
    aws("lambda").delete_event_source_mapping(UUID=uuid)
