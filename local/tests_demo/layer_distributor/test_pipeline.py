"""What the demo of layer-distributor builds can be built, without a network, to the same bytes."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from demo.layer_distributor import pipeline


def test_the_source_installs_without_a_network(tmp_path: Path) -> None:
    zipfile.ZipFile(io.BytesIO(pipeline.source("Hello"))).extractall(tmp_path)
    install = ["-m", "pip", "install", "--requirement", "requirements.txt", "--target", "python", "--no-compile"]
    subprocess.run([sys.executable, *install], cwd=tmp_path, check=True, capture_output=True)
    code = "import greeting; print(greeting.greet('shop'))"
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "python", capture_output=True, text=True)
    assert said.stdout.strip() == "Hello, shop"


def test_the_same_source_is_the_same_bytes_and_another_is_not() -> None:
    assert pipeline.source("Hello") == pipeline.source("Hello")
    assert pipeline.source("Hello") != pipeline.source("Welcome")
