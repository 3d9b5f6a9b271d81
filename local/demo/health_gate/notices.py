"""What people are told: a queue that is subscribed to the gate's topic."""

from __future__ import annotations

import json
from collections import Counter

from demo.context import Context

QUEUE = "shop-on-call"
# By a subject's first two words.
KINDS = {
    "health-gate blocked": "blocked",
    "health-gate holds": "held",
    "health-gate resumed": "resumed",
    "health-gate gave": "gave_up",
}
WAIT_SECONDS = 1


def subscribe(context: Context, topic: str) -> str:
    """Answers the queue's URL."""
    sqs = context.client("sqs")
    url: str = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    context.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def read(context: Context, url: str) -> list[str]:
    """The subjects of what has arrived, until no more comes: a notice is sent after the answer that it is about."""
    sqs = context.client("sqs")
    subjects: list[str] = []
    while True:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_SECONDS)
        messages = answer.get("Messages", [])
        for message in messages:
            subjects.append(json.loads(message["Body"])["Subject"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        if not messages:
            return subjects


def by_kind(subjects: list[str]) -> dict[str, int]:
    """How many of each kind. What is of none, an alarm say, counts by its own subject."""
    counted = Counter(KINDS.get(" ".join(subject.split()[:2]), subject) for subject in subjects)
    return {**dict.fromkeys(KINDS.values(), 0), **counted}
