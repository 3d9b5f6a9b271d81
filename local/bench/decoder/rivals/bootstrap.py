"""The Python handler behind the Runtime API: the loop of Lambda's own client for Python, and nothing else of it."""

import http.client
import json
import os

from bench.decoder.rivals.handler import handler

API = "/2018-06-01/runtime/invocation"


def main() -> None:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        connection.request("GET", f"{API}/next")
        response = connection.getresponse()
        request = response.headers["Lambda-Runtime-Aws-Request-Id"]
        event = json.loads(response.read())
        answer = json.dumps(handler(event, None), ensure_ascii=False).encode()
        connection.request("POST", f"{API}/{request}/response", answer, {"Content-Type": "application/json"})
        connection.getresponse().read()


if __name__ == "__main__":
    main()
