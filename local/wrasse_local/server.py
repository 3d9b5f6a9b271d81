"""The engine's server: moto's application with our seams installed, on a loopback port."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from types import ModuleType

from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from . import (
    accounts,
    asl_execution,
    asl_fail_state,
    asl_integrations,
    asl_logging,
    asl_paths,
    asl_waits,
    browser_requests,
    bucket_policy_conditions,
    calls,
    change_sets,
    cloudformation_cdk,
    cloudformation_cloudwatch,
    cloudformation_codebuild,
    cloudformation_codecommit,
    cloudformation_codepipeline,
    cloudformation_custom_resources,
    cloudformation_dynamodb,
    cloudformation_ecs,
    cloudformation_events,
    cloudformation_firehose,
    cloudformation_glue,
    cloudformation_iam,
    cloudformation_iam_policies,
    cloudformation_kinesis,
    cloudformation_lambda_function,
    cloudformation_lambda_layers,
    cloudformation_lambda_url,
    cloudformation_logs,
    cloudformation_rds,
    cloudformation_s3,
    cloudformation_scheduler,
    cloudformation_security_groups,
    cloudformation_sns,
    cloudformation_sqs,
    cloudformation_ssm,
    cloudformation_state_machine,
    cloudformation_wait_handles,
    cloudtrail_events,
    codebuild,
    codecommit,
    codepipeline,
    codestar_notifications,
    control,
    dynamodb_conditions,
    ecs_tasks,
    eventbridge_schedules,
    eventbridge_targets,
    firehose,
    git_host,
    health,
    kinesis,
    lambda_environment_limit,
    lambda_invocation,
    lambda_layers,
    lambda_urls,
    logs,
    nested_stacks,
    rds,
    response_dates,
    s3_checksums,
    s3_notifications,
    sam_transform,
    scheduler_firing,
    stack_operations,
    template_conditions,
    template_functions,
    template_parameters,
    template_urls,
    unimplemented_operations,
)
from .clock import Clock
from .engine import Engine
from .processes import Children

HOST = "127.0.0.1"

# In the order of installation. A module that patches what another one uses stands before it.
SEAMS: tuple[ModuleType, ...] = (
    browser_requests,
    accounts,
    control,
    logs,
    eventbridge_targets,
    eventbridge_schedules,
    cloudtrail_events,
    s3_checksums,
    s3_notifications,
    sam_transform,
    template_urls,
    template_functions,
    template_conditions,
    template_parameters,
    stack_operations,
    change_sets,
    nested_stacks,
    cloudformation_cloudwatch,
    cloudformation_cdk,
    cloudformation_codebuild,
    cloudformation_codecommit,
    cloudformation_codepipeline,
    cloudformation_custom_resources,
    cloudformation_dynamodb,
    cloudformation_ecs,
    cloudformation_events,
    cloudformation_firehose,
    cloudformation_glue,
    cloudformation_iam,
    cloudformation_iam_policies,
    cloudformation_kinesis,
    cloudformation_lambda_function,
    cloudformation_lambda_layers,
    cloudformation_lambda_url,
    cloudformation_logs,
    cloudformation_rds,
    cloudformation_s3,
    cloudformation_scheduler,
    cloudformation_security_groups,
    cloudformation_sns,
    cloudformation_sqs,
    cloudformation_ssm,
    cloudformation_wait_handles,
    cloudformation_state_machine,
    asl_execution,
    asl_fail_state,
    asl_waits,
    bucket_policy_conditions,
    asl_integrations,
    asl_logging,
    asl_paths,
    lambda_environment_limit,
    lambda_invocation,
    lambda_layers,
    lambda_urls,
    ecs_tasks,
    scheduler_firing,
    codecommit,
    git_host,
    codebuild,
    codepipeline,
    codestar_notifications,
    dynamodb_conditions,
    rds,
    kinesis,
    firehose,
)


class Server:
    """One engine and the HTTP server in front of it. `stop` ends everything that it started."""

    def __init__(
        self, state: Path, *, port: int = 0, time_scale: float = 0.0, images: dict[str, Path] | None = None
    ) -> None:
        state.mkdir(parents=True, exist_ok=True)
        application = DomainDispatcherApplication(create_backend_app)
        clock = Clock()
        self._http: BaseWSGIServer = make_server(
            HOST,
            port,
            browser_requests.refused(lambda environ, start: self._application(environ, start)),
            threaded=True,
            request_handler=response_dates.handler(clock, _QuietHandler),
        )
        self.engine = Engine(
            state=state.resolve(),
            clock=clock,
            children=Children(),
            images=images or {},
            endpoint=f"http://{HOST}:{self._http.port}",
            time_scale=time_scale,
        )
        _log_to_file(self.engine)
        default_user_config["stepfunctions"] = {"execute_state_machine": True}
        for seam in SEAMS:
            seam.install(self.engine)
        services = health.served(self.engine, unimplemented_operations.refused_once(application))
        controlled = control.with_control(self.engine, calls.watched(self.engine, services))
        self._application = lambda_urls.served(self.engine, controlled)
        self._thread = threading.Thread(target=self._http.serve_forever, name="server", daemon=True)

    def start(self) -> None:
        self._thread.start()
        (self.engine.state / "endpoint").write_text(self.engine.endpoint + "\n")

    def stop(self) -> None:
        if self._thread.is_alive():
            self._http.shutdown()
        self._http.server_close()
        for end in self.engine.at_stop:
            end()
        self.engine.children.stop_all()
        (self.engine.state / "endpoint").unlink(missing_ok=True)


class _QuietHandler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        logging.getLogger("wrasse_local.requests").debug("%s %s", self.requestline, code)


def _log_to_file(engine: Engine) -> None:
    handler = logging.FileHandler(engine.folder("logs") / "engine.log")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for noisy in ("botocore", "boto3", "urllib3", "samtranslator", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
