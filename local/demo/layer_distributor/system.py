"""The demo of layer-distributor: a layer is built once and published in six regions, one of which fails at first."""

from __future__ import annotations

from demo.context import Context, Stopwatch
from demo.layer_distributor import function, look_around, pipeline, places, report, result
from demo.layer_distributor.pipeline import Pipeline, Published
from demo.layer_distributor.result import Seen
from demo.system import Result

PREFIX = "LayerDistributor"
FAILING = "ap-southeast-2"
# Where somebody has published by hand before.
AHEAD = {"eu-west-1": 3, "us-west-2": 1}


def prepare(context: Context) -> None:
    """Versions that people published by hand, so that no two of these regions count alike."""
    for region, count in AHEAD.items():
        for number in range(count):
            places.client("lambda", region).publish_layer_version(
                LayerName=places.LAYER,
                Description="by hand",
                Content={"ZipFile": pipeline.zipped({"readme.txt": str(number).encode()})},
            )


def parameters() -> dict[str, str]:
    """Of template.yaml."""
    own = {
        "LayerNames": places.LAYER,
        "LayerPipeline": "true",
        "PipelineLayerName": places.LAYER,
        "PipelineRegions": ",".join(places.REGIONS),
        "PipelinePrincipals": places.FRIEND,
        "PipelineAlignVersions": "true",
        "BuildKind": "python",
    }
    return {PREFIX: "true", **{f"{PREFIX}{name}": value for name, value in own.items()}}


def run(context: Context, prepared: None, outputs: dict[str, str]) -> Result:
    """Answers what `problems` judges."""
    watch = Stopwatch()
    ours = Pipeline(outputs[f"{PREFIX}LayerPipelineName"], outputs[f"{PREFIX}LayerSourceBucketName"])
    seen = Seen()
    report.heading(context.output)
    one_region_fails(context, ours, seen)
    nothing_new(context, ours, seen)
    the_next_release(context, ours, seen)
    seen.jobs = pipeline.jobs(context, ours)
    context.look_around.extend(look_around.commands(ours.name))
    return {**result.measured(seen), "seconds": watch.seconds}


def problems(result_of_run: Result) -> list[str]:
    """What is not as it should be, each in a sentence."""
    return result.problems(result_of_run)


def one_region_fails(context: Context, ours: Pipeline, seen: Seen) -> None:
    """The first release, and its retry."""
    context.output.heading(f"A release to six regions; Lambda in {FAILING} answers with errors")
    fault = {"service": "lambda", "operation": "PublishLayerVersion", "region": FAILING, "kind": "fail", "count": 1000}
    context.control("/calls/faults", fault)
    execution = pipeline.release(context, ours, "Hello")
    failed = pipeline.ended(context, ours, execution)
    seen.after_failure = places.look()
    report.say(context.output, failed)
    report.show(context.output, seen.after_failure)
    context.output.heading("It is well again, and somebody retries the stage")
    context.control("/calls/faults", {"kind": "clear"})
    pipeline.retry(context, ours, execution)
    done = pipeline.ended(context, ours, execution, runs=2)
    seen.released = places.look()
    report.say(context.output, done)
    report.show(context.output, seen.released)
    seen.failed, seen.succeeded = failed, done
    function.create(context)
    seen.said.append(function.greeting())
    context.output.good(f"A function in {function.REGION} that has the layer says: {seen.said[-1]}")


def nothing_new(context: Context, ours: Pipeline, seen: Seen) -> None:
    """The same source is built again: the same content is not published a second time."""
    context.output.heading("The same source again")
    seen.again = through(context, ours, "Hello")
    seen.after_again = places.look()


def the_next_release(context: Context, ours: Pipeline, seen: Seen) -> None:
    """Another content is the next number everywhere."""
    context.output.heading("The next release")
    seen.next = through(context, ours, "Welcome")
    seen.after_next = places.look()
    report.show(context.output, seen.after_next)
    seen.said.append(function.greeting())
    function.take_latest()
    seen.said.append(function.greeting())
    context.output.good(f"The function says: {seen.said[-2]}; with the next version: {seen.said[-1]}")


def through(context: Context, ours: Pipeline, greeting: str) -> Published:
    """One release, to its end."""
    published = pipeline.ended(context, ours, pipeline.release(context, ours, greeting))
    report.say(context.output, published)
    return published
