"""The company's own function runs as Lambda runs it, and says that it did."""

from __future__ import annotations

import io
import json
import queue
import subprocess
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from demo.log_archive import bystanders

EVENT = {"Records": [{"eventSource": "aws:s3"}, {"eventSource": "aws:s3"}]}


def test_the_function_answers_each_event_and_logs_a_line_for_each_of_its_records(tmp_path: Path) -> None:
    events = [EVENT, {"Records": EVENT["Records"][:1]}]
    answered: queue.Queue[str] = queue.Queue()
    idle = threading.Event()

    class Runtime(BaseHTTPRequestHandler):
        """Lambda's Runtime API; without another event it lets the function wait."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if not events:
                idle.set()
                threading.Event().wait()
            self.reply(json.dumps(events.pop(0)).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answered.put(self.path)
            self.reply(b"")

        def reply(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Lambda-Runtime-Aws-Request-Id", f"request-{len(events)}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    with zipfile.ZipFile(io.BytesIO(bystanders.package())) as package:
        [entry] = package.infolist()
        assert entry.external_attr >> 16 & 0o111 == 0o111
        bootstrap = Path(package.extract(entry, tmp_path))
    bootstrap.chmod(0o755)
    with HTTPServer(("127.0.0.1", 0), Runtime) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        address = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_address[1]}"}
        function = subprocess.Popen([bootstrap], env=address, stdout=subprocess.PIPE, text=True)
        paths = [answered.get(timeout=10) for _ in range(2)]
        assert idle.wait(10)
        function.kill()
        said, _ = function.communicate()
    assert paths == [f"/2018-06-01/runtime/invocation/request-{number}/response" for number in (1, 0)]
    assert said.splitlines() == ["looked at a record"] * 3
