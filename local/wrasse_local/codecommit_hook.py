"""What runs in a repository's folder after a push: the engine is told, so that it tells of the new branches.

A program of its own, `python codecommit_hook.py URL ACCOUNT REPOSITORY`; it imports nothing of the engine. Its words
reach the one who pushes.
"""

from __future__ import annotations

import json
import sys
import urllib.request


def main(url: str, account: str, repository: str) -> None:
    body = json.dumps({"account": account, "repository": repository}).encode()
    # Whatever proxy the user has: the engine is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(urllib.request.Request(url, body)).read()
    except OSError as error:
        print(f"the engine at {url} was not told: {error}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
