from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from .builds import ENVIRONMENT, ROLE, Project, buildspec, commands, context, phases
from .helpers import Account, eventually, unique
from .test_server import COMMAND, HERE

HOSTILE = "$(touch pwned); `touch pwned` && 'x' \"y\" \\ \n*"


def test_all_phases_run_in_their_order_and_are_shown(aws: Account) -> None:
    spec = commands("echo building", install=["echo installing"], pre_build=["echo before"], post_build=["echo after"])
    project = Project(aws, spec)
    build = project.run()
    assert build["buildStatus"] == "SUCCEEDED"
    assert project.output(build) == ["installing", "before", "building", "after"]
    assert list(phases(build)) == [
        "SUBMITTED",
        "QUEUED",
        "PROVISIONING",
        "DOWNLOAD_SOURCE",
        "INSTALL",
        "PRE_BUILD",
        "BUILD",
        "POST_BUILD",
        "UPLOAD_ARTIFACTS",
        "FINALIZING",
        "COMPLETED",
    ]
    assert set(phases(build).values()) == {"SUCCEEDED", ""}
    assert (build["currentPhase"], build["buildNumber"]) == ("COMPLETED", 1)
    assert build["startTime"] <= build["endTime"]
    assert project.run()["buildNumber"] == 2


def test_commands_share_their_environment_and_their_folder(aws: Account) -> None:
    first = ["export A='two  words'", "B=plain", "mkdir deep", "cd deep", "unset GONE"]
    spec = commands('echo "$A $B ${GONE-gone} $(basename "$PWD")"', pre_build=first)
    project = Project(aws, spec)
    variables = [{"name": "GONE", "value": "here"}]
    assert project.output(project.run(environmentVariablesOverride=variables)) == ["two  words plain gone deep"]


def test_a_command_of_several_lines_is_one_script(aws: Account) -> None:
    project = Project(aws, commands("for n in 1 2; do\n  echo $n\ndone\ncat <<END\n$HOME_OF_NOBODY.\nEND"))
    assert project.output(project.run())[-3:] == ["1", "2", "."]


def test_a_variable_s_value_is_never_text_of_a_command(aws: Account) -> None:
    spec = json.dumps(
        {
            "version": "0.2",
            "env": {"variables": {"FROM_SPEC": HOSTILE}, "exported-variables": ["FROM_CALL", "FROM_SPEC", "NONE"]},
            "phases": {"build": {"commands": ["echo $FROM_CALL $FROM_SPEC", "ls -A", 'COPY="$FROM_CALL"', "ls -A"]}},
        }
    )
    project = Project(aws, spec)
    build = project.run(environmentVariablesOverride=[{"name": "FROM_CALL", "value": HOSTILE}])
    assert build["buildStatus"] == "SUCCEEDED"
    assert "pwned" not in [word for line in project.output(build)[2:] for word in line.split()]
    exported = {one["name"]: one["value"] for one in build["exportedEnvironmentVariables"]}
    assert exported == {"FROM_CALL": HOSTILE, "FROM_SPEC": HOSTILE}


def test_the_call_s_variables_win_over_the_project_s_and_those_over_the_buildspec_s(aws: Account) -> None:
    spec = buildspec("""
        env: {variables: {A: spec, B: spec, C: spec}}
        phases: {build: {commands: [echo $A $B $C]}}
    """)
    declared = [{"name": "B", "value": "project"}, {"name": "C", "value": "project"}]
    project = Project(aws, spec)
    environment = {**project.made["environment"], "environmentVariables": declared}
    project.api.update_project(name=project.name, environment=environment)
    build = project.run(environmentVariablesOverride=[{"name": "C", "value": "call"}])
    assert project.output(build) == ["spec project call"]


def test_a_build_knows_itself_and_its_engine(aws: Account) -> None:
    tool = shutil.which("aws", path=str(Path(sys.executable).parent)) or "aws"
    names = ["ID", "ARN", "NUMBER", "SUCCEEDING", "IMAGE"]
    shown = " ".join(f"$CODEBUILD_BUILD_{name}" for name in names)
    spec = commands(
        f"echo {shown} $CODEBUILD_INITIATOR",
        'test "$CODEBUILD_SRC_DIR" = "$PWD" && test "$TMPDIR" != /tmp && echo $AWS_REGION',
        'echo "$PATH"',
        f'{tool} codebuild batch-get-builds --ids "$CODEBUILD_BUILD_ID" --query builds[0].buildStatus',
    )
    project = Project(aws, spec)
    build = project.run()
    first, second, third, fourth = project.output(build)
    image = build["environment"]["image"]
    assert first == f"{build['id']} {build['arn']} 1 1 {image} engine"
    assert (second, third) == ("us-east-1", os.environ["PATH"])
    assert fourth == '"IN_PROGRESS"'


def test_a_failed_command_ends_its_phase_and_says_which_it_was(aws: Account) -> None:
    project = Project(aws, commands("false || exit 3", "echo never", post_build=["echo $CODEBUILD_BUILD_SUCCEEDING"]))
    build = project.run()
    assert build["buildStatus"] == "FAILED"
    assert phases(build)["BUILD"] == "FAILED"
    assert context(build, "BUILD") == {
        "statusCode": "COMMAND_EXECUTION_ERROR",
        "message": "Error while executing command: false || exit 3. Reason: exit status 3",
    }
    assert project.output(build) == ["0"]
    assert any(
        line.endswith("Command did not exit successfully false || exit 3 exit status 3") for line in project.log(build)
    )
    assert any(line.endswith("Phase complete: BUILD State: FAILED") for line in project.log(build))


def test_a_failed_pre_build_is_followed_by_nothing_unless_it_says_so(aws: Account) -> None:
    text = """
        phases:
          pre_build: {commands: ["false"], finally: [echo finally $CODEBUILD_BUILD_SUCCEEDING]%s}
          build: {commands: [echo build]}
    """
    for more, ran in (("", []), (", on-failure: ABORT", []), (", on-failure: CONTINUE", ["build"])):
        project = Project(aws, buildspec(text % more))
        build = project.run()
        assert build["buildStatus"] == "FAILED"
        assert project.output(build) == ["finally 0", *ran]
        assert ("BUILD" in phases(build), "UPLOAD_ARTIFACTS" in phases(build)) == (bool(ran), bool(ran))
        assert phases(build)["FINALIZING"] == "SUCCEEDED"


def test_a_failed_build_that_aborts_has_no_post_build(aws: Account) -> None:
    spec = buildspec("""
        phases:
          build: {commands: [exit 1], on-failure: ABORT}
          post_build: {commands: [echo after]}
    """)
    project = Project(aws, spec)
    assert project.output(project.run()) == []


def test_the_shell_is_the_one_that_is_asked_for(aws: Account) -> None:
    text = "env: {shell: %s}\nphases: {build: {commands: ['echo ${BASH_VERSION:+bash}.']}}"
    for shell, said in (("bash", "bash."), ("sh", ".")):
        project = Project(aws, "version: 0.2\n" + text % shell)
        build = project.run()
        assert project.output(build) == [said]


def running(project: Project, gate: Path) -> str:
    """A build that has come to where it opens the gate."""
    build = project.start()
    eventually(gate.exists)
    return build


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def processes(aws: Account, build: str) -> list[dict[str, Any]]:
    return [one for one in aws.get("/processes") if one["name"] == f"codebuild {build}"]


def folder(aws: Account, build: str) -> Path:
    return aws.engine.state / "codebuild" / build.split(":")[1]


def test_a_stopped_build_ends_with_all_its_processes(aws: Account, tmp_path: Path) -> None:
    gate, pids = tmp_path / "gate", tmp_path / "pids"
    begun = f"sleep 300 & echo $! >> {pids}; setsid sleep 300 & echo $! >> {pids}"
    project = Project(aws, commands(begun, f"echo $$ >> {pids}; touch {gate}; sleep 300", post_build=["touch never"]))
    url = project.events()
    build = running(project, gate)
    assert processes(aws, build)
    assert folder(aws, build).is_dir()
    stopped = project.api.stop_build(id=build)["build"]
    assert (stopped["buildStatus"], stopped["buildComplete"]) == ("STOPPED", True)
    assert phases(stopped)["BUILD"] == "STOPPED"
    assert "POST_BUILD" not in phases(stopped)
    assert processes(aws, build) == []
    assert all(gone(int(pid)) for pid in pids.read_text().split())
    assert not folder(aws, build).exists()
    states = [one["detail"]["build-status"] for one in project.received(url, 9) if "State" in one["detail-type"]]
    assert states == ["IN_PROGRESS", "STOPPED"]
    assert project.api.stop_build(id=build)["build"]["endTime"] == stopped["endTime"]


def test_a_build_that_takes_too_long_times_out(aws: Account, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    project = Project(aws, commands(f"touch {gate}; sleep 300"), timeoutInMinutes=5)
    build = running(project, gate)
    aws.post("/clock/advance", seconds=299)
    assert project.shown(build)["buildStatus"] == "IN_PROGRESS"
    aws.post("/clock/advance", seconds=2)
    shown = project.ended(build)
    assert shown["buildStatus"] == "TIMED_OUT"
    assert phases(shown)["BUILD"] == "TIMED_OUT"
    assert context(shown, "BUILD")["statusCode"] == "BUILD_TIMED_OUT"
    assert processes(aws, build) == []


def test_what_a_build_leaves_running_goes_with_it(aws: Account, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    project = Project(aws, commands(f"sleep 300 & echo $! > {pid}", f"kill -0 $(cat {pid}) && echo still there"))
    build = project.run()
    assert project.output(build) == ["still there"]
    assert gone(int(pid.read_text()))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_build_outlives_the_engine(tmp_path: Path, number: signal.Signals) -> None:
    serve = [*COMMAND, "serve", "--state", str(tmp_path)]
    process = subprocess.Popen(serve, cwd=HERE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    endpoint = process.stdout.readline().removeprefix("ready ").strip()
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    api, pids, gate = session.client("codebuild", endpoint_url=endpoint), tmp_path / "pids", tmp_path / "gate"
    spec = commands(f"setsid sleep 300 & echo $! $$ > {pids}; touch {gate}; sleep 300")
    source = {"type": "NO_SOURCE", "buildspec": spec}
    none = {"type": "NO_ARTIFACTS"}
    api.create_project(name="long", source=source, artifacts=none, environment=ENVIRONMENT, serviceRole=ROLE)
    build = api.start_build(projectName="long")["build"]["id"]
    eventually(gate.exists)
    process.send_signal(number)
    process.wait()
    begun = [int(pid) for pid in pids.read_text().split()]
    eventually(lambda: all(gone(pid) for pid in begun))
    left = (tmp_path / "codebuild" / build.split(":")[1]).exists()
    assert left == (number == signal.SIGKILL)


def test_a_build_whose_agent_is_killed_is_a_fault(aws: Account) -> None:
    project = Project(aws, commands("kill -9 $PPID", "echo never"))
    build = project.run()
    assert build["buildStatus"] == "FAULT"
    assert phases(build)["BUILD"] == "FAULT"


def test_builds_run_at_the_same_time(aws: Account, tmp_path: Path) -> None:
    both = f"[ -e {tmp_path}/1 ] && [ -e {tmp_path}/2 ]"
    wait = f"touch {tmp_path}/$CODEBUILD_BUILD_NUMBER; until {both}; do sleep 0.05; done"
    project = Project(aws, commands(wait))
    builds = [project.start(), project.start()]
    assert [project.ended(build)["buildStatus"] for build in builds] == ["SUCCEEDED", "SUCCEEDED"]


def test_changes_of_state_and_phase_are_events(aws: Account) -> None:
    project = Project(aws, commands("exit 7"))
    url = project.events()
    build = project.run(environmentVariablesOverride=[{"name": "BRANCH", "value": "x"}])
    events = project.received(url, 12)
    states = [one for one in events if one["detail-type"] == "CodeBuild Build State Change"]
    changes = [one for one in events if one["detail-type"] == "CodeBuild Build Phase Change"]
    assert [one["detail"]["build-status"] for one in states] == ["IN_PROGRESS", "FAILED"]
    assert [one["detail"]["completed-phase"] for one in changes] == list(phases(build))[:-1]
    last, failed = states[-1], next(one for one in changes if one["detail"]["completed-phase"] == "BUILD")
    assert (last["source"], last["resources"]) == ("aws.codebuild", [build["arn"]])
    assert last["detail"]["build-id"] == build["arn"]
    assert last["detail"]["current-phase"] == "COMPLETED"
    more = last["detail"]["additional-information"]
    assert more["build-complete"] is True
    assert more["logs"]["group-name"] == f"/aws/codebuild/{project.name}"
    assert more["environment"]["environment-variables"] == [{"type": "PLAINTEXT", "name": "BRANCH", "value": "x"}]
    assert [phase["phase-type"] for phase in more["phases"]][-1] == "COMPLETED"
    assert failed["detail"]["completed-phase-status"] == "FAILED"
    reason = "COMMAND_EXECUTION_ERROR: Error while executing command: exit 7. Reason: exit status 7"
    assert failed["detail"]["completed-phase-context"] == f"[{reason}]"


def test_the_log_is_where_the_project_wants_it_or_nowhere(aws: Account) -> None:
    group = f"/{unique('builds')}"
    config = {"cloudWatchLogs": {"status": "ENABLED", "groupName": group, "streamName": "main"}}
    project = Project(aws, commands("printf 'no end'"), logsConfig=config)
    build = project.run()
    assert build["logs"]["streamName"] == f"main/{build['id'].split(':')[1]}"
    assert project.output(build) == ["no end"]
    silent = Project(aws, commands("echo x"), logsConfig={"cloudWatchLogs": {"status": "DISABLED"}})
    assert silent.run()["buildStatus"] == "SUCCEEDED"
    found = aws("logs").describe_log_groups(logGroupNamePrefix=f"/aws/codebuild/{silent.name}")
    assert found["logGroups"] == []
