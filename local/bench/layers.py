"""Times and weighs layer-distributor on the embedded engine, whose answers are made as slow as AWS's.

- regions: a layer to 30 regions, and the same to the slowest of them alone, in turns; every call of a region takes that
  region's latency longer. What 30 cost more is also the engine's own time, which serves all of them in one process.
- memory: the peak of the function's process, for the largest layer that goes in a request and for one that goes through
  buckets, each in a process of its own.
- check: hashing and checking a layer of 50 MB, against hashing it (layers_check/main.rs).
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from bench.binaries import machine, peak_memory_kib
from wrasse_local.engine import ACCOUNT, Engine
from wrasse_local.server import Server

REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1", "sa-east-1"),
    *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2"),
    *("ap-east-1", "ap-south-1", "ap-south-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    *("ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "me-south-1", "me-central-1"),
    *("il-central-1", "af-south-1"),
)
SLOWEST = REGIONS[-1]
FASTEST_MILLISECONDS, SLOWEST_MILLISECONDS = 200, 2000
ARTIFACTS, BUCKETS = "bench-artifacts", "bench-layers-{region}"
DIRECT_BYTES, LARGE_BYTES, LARGE_REGIONS = 5 * 1024 * 1024 - 1024, 50_000_000, 6
ROUNDS = 5
GOAL_RATIO, GOAL_MEMORY_MB, GOAL_CHECK = 1.2, 64, 1.1


class Distributor:
    """The function on an engine, and what it needs there."""

    def __init__(self, engine: Engine, bootstrap: Path) -> None:
        self.engine = engine
        self._code = io.BytesIO()
        with zipfile.ZipFile(self._code, "w") as archive:
            entry = zipfile.ZipInfo("bootstrap")
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, bootstrap.read_bytes())
        self._made = 0
        engine.client("s3").create_bucket(Bucket=ARTIFACTS)
        trust = {"Version": "2012-10-17", "Statement": []}
        role = engine.client("iam").create_role(RoleName="bench", AssumeRolePolicyDocument=json.dumps(trust))
        self._role = role["Role"]["Arn"]

    def function(self) -> str:
        """A function that no process runs yet."""
        self._made += 1
        name = f"layer-distributor-{self._made}"
        self.engine.client("lambda").create_function(
            FunctionName=name,
            Role=self._role,
            Runtime="provided.al2023",
            Handler="bootstrap",
            Timeout=300,
            MemorySize=512,
            Code={"ZipFile": self._code.getvalue()},
        )
        return name

    def artifact(self, size: int) -> str:
        """An artifact with a layer of so many bytes, which cannot be compressed; its key."""
        layer, artifact = io.BytesIO(), io.BytesIO()
        with zipfile.ZipFile(layer, "w") as archive:
            archive.writestr(zipfile.ZipInfo("data"), random.Random(size).randbytes(size))
        with zipfile.ZipFile(artifact, "w") as archive:
            archive.writestr(zipfile.ZipInfo("layer.zip"), layer.getvalue())
        self.engine.client("s3").put_object(Bucket=ARTIFACTS, Key=str(size), Body=artifact.getvalue())
        return str(size)

    def released(self, function: str, artifact: str, asked: dict[str, Any]) -> tuple[float, float]:
        """Seconds of the invocation and the process's peak of memory in MB; every region must have the version then."""
        event = json.dumps(job(function, artifact, asked)).encode()
        answer = self.engine.client("lambda").invoke(FunctionName=function, Payload=event, LogType="Tail")
        log = base64.b64decode(answer["LogResult"]).decode()
        timings: Any = self.engine.control["POST", "/lambda/timings"]({})
        for region in asked["regions"]:
            there = self.engine.at(region).client("lambda").list_layer_versions(LayerName=asked["layer_name"])
            if len(there["LayerVersions"]) != 1:
                raise SystemExit(f"{asked['layer_name']} has not one version in {region}; the function said: {log}")
        return timings[-1]["milliseconds"] / 1000, peak(self.engine, function)


def job(function: str, artifact: str, asked: dict[str, Any]) -> dict[str, Any]:
    """A job that CodePipeline does not know, so that nothing but the answer to it is different."""
    configuration = {"FunctionName": function, "UserParameters": json.dumps({"artifact_path": "layer.zip", **asked})}
    location = {"type": "S3", "s3Location": {"bucketName": ARTIFACTS, "objectKey": artifact}}
    credentials = {"accessKeyId": "AKIABENCH", "secretAccessKey": "bench", "sessionToken": "bench"}
    data = {
        "actionConfiguration": {"configuration": configuration},
        "inputArtifacts": [{"name": "Build", "revision": None, "location": location}],
        "outputArtifacts": [],
        "artifactCredentials": credentials,
    }
    return {"CodePipeline.job": {"id": "11111111-abcd-1111-abcd-111111abcdef", "accountId": ACCOUNT, "data": data}}


def peak(engine: Engine, function: str) -> float:
    """MB, of the process that runs a function."""
    [process] = [child for child in engine.children.list() if child["name"] == f"lambda {function}"]
    return peak_memory_kib(int(str(process["pid"]))) * 1024 / 1e6


def latency(number: int) -> int:
    """Milliseconds that each call of a region takes longer: from the fastest to the slowest, evenly."""
    return FASTEST_MILLISECONDS + (SLOWEST_MILLISECONDS - FASTEST_MILLISECONDS) * number // (len(REGIONS) - 1)


def regions(distributor: Distributor, rounds: int) -> dict[str, Any]:
    """One region and thirty, in turns."""
    faults = distributor.engine.control["POST", "/calls/faults"]
    for number, region in enumerate(REGIONS):
        for service in ("lambda", "ssm"):
            faults({"kind": "delay", "service": service, "region": region, "milliseconds": latency(number)})
    function, artifact = distributor.function(), distributor.artifact(100_000)
    seconds: dict[str, list[float]] = {"one": [], "all": []}
    for turn in range(rounds + 1):
        for name, asked in (("one", [SLOWEST]), ("all", list(REGIONS))):
            parameters = {"layer_name": f"bench-{name}-{turn}", "regions": asked, "ssm_prefix": "/bench"}
            took, _ = distributor.released(function, artifact, {**parameters, "principals": ["444455556666"]})
            seconds[name].append(took)
    faults({"kind": "clear"})
    # The first turn starts the process and its connections.
    one, everywhere = (statistics.median(seconds[name][1:]) for name in ("one", "all"))
    return {
        "regions": len(REGIONS),
        "rounds": rounds,
        "slowest_region_seconds": round(one, 3),
        "all_regions_seconds": round(everywhere, 3),
        "ratio": round(everywhere / one, 3),
    }


def memory(distributor: Distributor) -> dict[str, Any]:
    """The peaks, each of a new process."""
    for region in REGIONS[:LARGE_REGIONS]:
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        distributor.engine.at(region).client("s3").create_bucket(Bucket=BUCKETS.format(region=region), **place)
    large = {"layer_name": "bench-large", "regions": list(REGIONS[:LARGE_REGIONS]), "bucket": BUCKETS}
    direct = {"layer_name": "bench-direct", "regions": list(REGIONS)}
    _, through_buckets = distributor.released(distributor.function(), distributor.artifact(LARGE_BYTES), large)
    _, in_requests = distributor.released(distributor.function(), distributor.artifact(DIRECT_BYTES), direct)
    return {
        "through_buckets_bytes": LARGE_BYTES,
        "through_buckets_mb": round(through_buckets, 1),
        "in_requests_bytes": DIRECT_BYTES,
        "in_requests_regions": len(REGIONS),
        "in_requests_mb": round(in_requests, 1),
    }


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    """What the engine is needed for."""
    with tempfile.TemporaryDirectory() as state:
        server = Server(Path(state))
        server.start()
        try:
            distributor = Distributor(server.engine, folder / "layer-distributor" / "bootstrap")
            return {"memory": memory(distributor), "regions": regions(distributor, rounds)}
        finally:
            server.stop()


def goals(result: dict[str, Any]) -> list[tuple[bool, str]]:
    """Each goal, and whether it is reached."""
    ratio, peak_mb = result["regions"]["ratio"], result["memory"]["through_buckets_mb"]
    check = 1 + result["check"]["check_ms"] / result["check"]["sha256_ms"]
    return [
        (ratio <= GOAL_RATIO, f"{len(REGIONS)} regions in {GOAL_RATIO} times the slowest one's time: {ratio:.2f}"),
        (peak_mb < GOAL_MEMORY_MB, f"below {GOAL_MEMORY_MB} MB with a layer through buckets: {peak_mb:.1f} MB"),
        (check <= GOAL_CHECK, f"hashing and checking in {GOAL_CHECK} times SHA-256's time: {check:.2f}"),
    ]


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    parser = argparse.ArgumentParser(prog="bench.layers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--binaries", type=Path, default=target / "lambda", help="what `cargo lambda build` wrote")
    parser.add_argument("--check", type=Path, default=target / "release" / "layers-check")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of one region and all of them")
    parser.add_argument("--output", type=Path, default=Path("target/bench/layers.json"))
    arguments = parser.parse_args()

    load = os.getloadavg()[0]
    checked = subprocess.run([arguments.check], capture_output=True, check=True, text=True)
    result = {"check": json.loads(checked.stdout), **measure(arguments.binaries, arguments.rounds)}
    print(f"layer-distributor on the embedded engine.\n{machine()}; load {load:.1f}\n")
    print(f"{json.dumps(result, indent=2)}\n")
    for reached, text in goals(result):
        print(f"{'reached' if reached else 'MISSED '}  {text}")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps({"machine": {"processor": machine(), "load": load}, **result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
