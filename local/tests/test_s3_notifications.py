from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote
from urllib.request import urlopen

from wrasse_local import s3_notifications

from .helpers import Account, eventually, outputs, unique
from .test_cloudformation_types import delete

WAITING = """def handle(event):
    while not os.path.exists("{gate}"):
        time.sleep(0.01)
    print(json.dumps(event), flush=True)"""


def test_a_new_object_invokes_the_function_of_its_prefix_asynchronously(aws: Account, tmp_path: Path) -> None:
    name = aws.function(WAITING.format(gate=tmp_path / "gate"), Timeout=60)
    arn = aws("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    rules = [{"Name": "prefix", "Value": "errors/"}]
    told = {"Event": "s3:ObjectCreated:*", "Function": arn, "Filter": {"S3Key": {"Rules": rules}}}
    properties = {"NotificationConfiguration": {"LambdaConfigurations": [told]}}
    stack = aws.deploy(
        {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}},
        Outputs={"Name": {"Value": {"Ref": "Bucket"}}},
    )
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.reasons(stack["StackName"])
    bucket = outputs(stack)["Name"]
    with urlopen(f"{aws.engine.endpoint}/{bucket}?notification") as answer:
        assert s3_notifications.ROOT.encode() in answer.read()
    found = aws("s3").get_bucket_notification_configuration(Bucket=bucket)["LambdaFunctionConfigurations"]
    assert [entry["LambdaFunctionArn"] for entry in found] == [arn]
    assert found[0]["Filter"]["Key"]["FilterRules"][0]["Value"] == "errors/"

    aws("s3").put_object(Bucket=bucket, Key="logs/a", Body=b"")
    aws("s3").put_object(Bucket=bucket, Key="errors/b", Body=b"")
    assert not any(timing["function"] == name for timing in aws.post("/lambda/timings"))
    (tmp_path / "gate").touch()
    eventually(lambda: any(timing["function"] == name for timing in aws.post("/lambda/timings")))
    [line] = [line for line in aws.log_lines(f"/aws/lambda/{name}") if line.startswith("{")]
    assert [unquote(record["s3"]["object"]["key"]) for record in json.loads(line)["Records"]] == ["errors/b"]
    for key in ("logs/a", "errors/b"):
        aws("s3").delete_object(Bucket=bucket, Key=key)
    delete(aws, stack["StackName"])


def test_a_function_that_is_gone_does_not_fail_the_put(aws: Account) -> None:
    bucket = unique("told")
    aws("s3").create_bucket(Bucket=bucket)
    entry = {
        "LambdaFunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:gone",
        "Events": ["s3:ObjectCreated:*"],
    }
    aws("s3").put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={"LambdaFunctionConfigurations": [entry]},
        SkipDestinationValidation=True,
    )
    aws("s3").put_object(Bucket=bucket, Key="a", Body=b"")


def test_a_bucket_without_notifications_answers_an_empty_document(aws: Account) -> None:
    bucket = unique("told")
    aws("s3").create_bucket(Bucket=bucket)
    with urlopen(f"{aws.engine.endpoint}/{bucket}?notification") as answer:
        assert answer.read() == s3_notifications.NONE.encode()
    assert "LambdaFunctionConfigurations" not in aws("s3").get_bucket_notification_configuration(Bucket=bucket)
