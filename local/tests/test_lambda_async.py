from __future__ import annotations

import json

from .helpers import Account, eventually, unique

FAILING = "def handle(event):\n    raise Error('Broken', 'as asked')"


def queue(aws: Account) -> tuple[str, str]:
    url = aws("sqs").create_queue(QueueName=unique("destination"))["QueueUrl"]
    attributes = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return url, attributes["QueueArn"]


def received(aws: Account, url: str) -> str:
    def message() -> str | None:
        messages = aws("sqs").receive_message(QueueUrl=url).get("Messages", [])
        return messages[0]["Body"] if messages else None

    return str(eventually(message))


def test_a_failing_event_is_tried_three_times_and_recorded_at_its_destination(aws: Account) -> None:
    name, (url, arn) = aws.function(FAILING), queue(aws)
    aws("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    before = aws.engine.clock.now()
    aws.invoke(name, {"a": 1}, InvocationType="Event")
    record = json.loads(received(aws, url))
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["requestContext"]["functionArn"].endswith(f":{name}:$LATEST")
    assert record["requestPayload"] == {"a": 1}
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["responsePayload"] == {"errorType": "Broken", "errorMessage": "as asked"}
    runs = [timing for timing in aws.post("/lambda/timings") if timing["function"] == name]
    assert len(runs) == 3
    assert len({run["request_id"] for run in runs}) == 1
    assert (aws.engine.clock.now() - before).total_seconds() >= 180


def test_the_number_of_retries_is_the_function_s(aws: Account) -> None:
    name, (url, arn) = aws.function(FAILING), queue(aws)
    topic = aws("sns").create_topic(Name=unique("failures"))["TopicArn"]
    aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    aws("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": topic}}
    )
    aws.invoke(name, {}, InvocationType="Event")
    record = json.loads(json.loads(received(aws, url))["Message"])
    assert record["requestContext"]["approximateInvokeCount"] == 1


def test_a_function_is_a_failure_destination_and_gets_the_record(aws: Account) -> None:
    told = aws.function("def handle(event):\n    print('record', json.dumps(event), flush=True)")
    arn = aws("lambda").get_function(FunctionName=told)["Configuration"]["FunctionArn"]
    name = aws.function(FAILING)
    aws("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    aws.invoke(name, {"a": 1}, InvocationType="Event")
    eventually(lambda: any(timing["function"] == told for timing in aws.post("/lambda/timings")))
    [line] = [line for line in aws.log_lines(f"/aws/lambda/{told}") if line.startswith("record")]
    record = json.loads(line.removeprefix("record"))
    assert record["requestPayload"] == {"a": 1}
    assert record["requestContext"]["functionArn"].endswith(f":{name}:$LATEST")
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responsePayload"]["errorType"] == "Broken"
