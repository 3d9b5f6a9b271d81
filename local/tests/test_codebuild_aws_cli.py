"""What a build does with the AWS CLI reaches the engine: objects, and a stack from its first deployment to its end."""

from __future__ import annotations

import json
from typing import Any

from .builds import ENVIRONMENT, ROLE, Project, commands
from .helpers import Account, unique

NOTHING = "exit 0"
TRUST = {"Version": "2012-10-17", "Statement": []}


def project(name: str) -> dict[str, Any]:
    environment = {key[0].upper() + key[1:]: value for key, value in ENVIRONMENT.items()}
    properties = {
        "Name": {"Fn::Sub": f"${{Name}}-{name}"},
        "Source": {"Type": "CODEPIPELINE", "BuildSpec": commands(NOTHING)},
        "Artifacts": {"Type": "CODEPIPELINE"},
        "Environment": environment,
        "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
        "Description": {"Ref": "Text"},
        "Tags": [{"Key": "step", "Value": name}],
    }
    return {"Type": "AWS::CodeBuild::Project", "Properties": properties}


def stage(name: str, **action: Any) -> dict[str, Any]:
    return {"Name": name, "Actions": [{"Name": name, **action}]}


def kind(category: str, provider: str) -> dict[str, str]:
    return {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}


def build(name: str, project: str) -> dict[str, Any]:
    return stage(
        name,
        ActionTypeId=kind("Build", "CodeBuild"),
        InputArtifacts=[{"Name": "source"}],
        Configuration={"ProjectName": {"Ref": project}},
    )


SOURCE = {"S3Bucket": {"Ref": "Bucket"}, "S3ObjectKey": {"Fn::Sub": "environments/${Name}/source.zip"}}
PIPELINE = {
    "Name": {"Ref": "Name"},
    "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
    "ArtifactStore": {"Type": "S3", "Location": {"Ref": "Bucket"}},
    "Stages": [
        stage(
            "Source",
            ActionTypeId=kind("Source", "S3"),
            OutputArtifacts=[{"Name": "source"}],
            Configuration={**SOURCE, "PollForSourceChanges": "false"},
        ),
        build("Build", "Builder"),
        build("Deploy", "Deployer"),
    ],
}
TEMPLATE = {
    "Parameters": {"Name": {"Type": "String"}, "Bucket": {"Type": "String"}, "Text": {"Type": "String"}},
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        "Builder": project("build"),
        "Deployer": project("deploy"),
        "Pipeline": {"Type": "AWS::CodePipeline::Pipeline", "Properties": PIPELINE},
    },
    "Outputs": {"Pipeline": {"Value": {"Ref": "Pipeline"}}},
}
DEPLOY = (
    "aws cloudformation deploy --template-file template.json --stack-name $STACK --parameter-overrides file://p.json "
    '--tags "wrasse:branch=$BRANCH" "wrasse:expires=$EXPIRES" --role-arn $ROLE --capabilities CAPABILITY_IAM '
    "--no-fail-on-empty-changeset"
)
DESCRIBE = "aws cloudformation describe-stacks --stack-name $STACK --query 'Stacks[0].[StackStatus,Tags]' --output json"
DELETE = "aws cloudformation delete-stack --stack-name $STACK --role-arn $ROLE"
GONE = "aws cloudformation wait stack-delete-complete --stack-name $STACK"


class Deployment(Project):
    """A project whose builds take a template and parameters from a bucket and deploy them."""

    def __init__(self, aws: Account) -> None:
        self.bucket, self.stack = unique("bucket"), unique("environment")
        aws("s3").create_bucket(Bucket=self.bucket)
        aws("s3").put_object(Bucket=self.bucket, Key="template.json", Body=json.dumps(TEMPLATE).encode())
        super().__init__(aws, commands("aws s3 cp --no-progress --recursive s3://$BUCKET .", DEPLOY))

    def variables(self, expires: str = "never") -> list[dict[str, str]]:
        given = {"STACK": self.stack, "BUCKET": self.bucket, "ROLE": ROLE, "BRANCH": "feature/x=1", "EXPIRES": expires}
        return [{"name": name, "value": value} for name, value in given.items()]

    def deploy(self, text: str, expires: str = "never") -> list[str]:
        # The one format of a file that both versions of the AWS CLI read.
        parameters = [f"Name={self.stack}", f"Bucket={self.bucket}", f"Text={text}"]
        self.aws("s3").put_object(Bucket=self.bucket, Key="p.json", Body=json.dumps(parameters).encode())
        build = self.run(environmentVariablesOverride=self.variables(expires))
        assert build["buildStatus"] == "SUCCEEDED", "\n".join(self.log(build))
        return self.output(build)

    def describe(self) -> list[str]:
        build = self.run(environmentVariablesOverride=self.variables(), buildspecOverride=commands(DESCRIBE))
        return self.output(build)

    def destroy(self) -> dict[str, Any]:
        spec = commands(DELETE, GONE)
        return self.run(environmentVariablesOverride=self.variables(), buildspecOverride=spec)

    def tags(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.aws.stack(self.stack)["Tags"]}

    def project_tags(self, name: str) -> dict[str, str]:
        [found] = self.api.batch_get_projects(names=[f"{self.stack}-{name}"])["projects"]
        return {tag["key"]: tag["value"] for tag in found["tags"]}

    def pipeline_tags(self) -> dict[str, str]:
        arn = f"arn:aws:codepipeline:us-east-1:{self.aws.engine.account}:{self.stack}"
        found = self.aws("codepipeline").list_tags_for_resource(resourceArn=arn)["tags"]
        return {tag["key"]: tag["value"] for tag in found}


def test_a_build_deploys_updates_and_destroys_a_stack_with_its_tags(aws: Account) -> None:
    deployment = Deployment(aws)
    assert "Successfully created/updated" in "".join(deployment.deploy("one"))
    assert "CREATE_COMPLETE" in "".join(deployment.describe())
    tags = {"wrasse:branch": "feature/x=1", "wrasse:expires": "never"}
    assert deployment.tags() == tags
    assert deployment.project_tags("build") == {**tags, "step": "build"}
    assert deployment.project_tags("deploy") == {**tags, "step": "deploy"}
    assert deployment.pipeline_tags() == tags
    pipeline = aws("codepipeline").get_pipeline(name=deployment.stack)["pipeline"]
    assert "No changes to deploy" in "".join(deployment.deploy("one"))
    deployment.deploy("two", expires="tomorrow")
    later = {**tags, "wrasse:expires": "tomorrow"}
    assert deployment.tags() == later
    assert deployment.project_tags("build") == {**later, "step": "build"}
    assert deployment.pipeline_tags() == later
    assert aws("codepipeline").get_pipeline(name=deployment.stack)["pipeline"] == pipeline
    assert deployment.destroy()["buildStatus"] == "SUCCEEDED"
    assert deployment.stack not in [one["name"] for one in aws("codepipeline").list_pipelines()["pipelines"]]
    names = deployment.api.batch_get_projects(names=[f"{deployment.stack}-{name}" for name in ("build", "deploy")])
    assert names["projects"] == []
    assert deployment.destroy()["buildStatus"] == "SUCCEEDED"


def test_a_stack_whose_bucket_is_not_empty_says_why_it_stays(aws: Account) -> None:
    bucket = unique("bucket")
    resources = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}}
    stack = aws.deploy(resources)["StackName"]
    aws("s3").put_object(Bucket=bucket, Key="a", Body=b"")
    variables = [{"name": "STACK", "value": stack}, {"name": "ROLE", "value": ROLE}]
    waiting = Project(aws, commands(DELETE, GONE))
    build = waiting.run(environmentVariablesOverride=variables)
    assert build["buildStatus"] == "FAILED"
    assert "DELETE_FAILED" in "".join(waiting.output(build))
    assert aws.stack(stack)["StackStatus"] == "DELETE_FAILED"
    assert "not empty" in aws.reasons(stack)
    assert "[Bucket]" in aws.stack(stack)["StackStatusReason"]
    aws("s3").delete_object(Bucket=bucket, Key="a")
    assert waiting.run(environmentVariablesOverride=variables)["buildStatus"] == "SUCCEEDED"
