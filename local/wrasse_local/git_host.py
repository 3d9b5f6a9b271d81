"""A git host that is not AWS's: repositories over git's HTTP protocol, and their files as GitHub's API has them.

git: https://git-scm.com/docs/http-protocol
GitHub Enterprise Server: https://docs.github.com/en/enterprise-server/rest/repos/contents
`POST /_engine/git-host` with `repository` (`acme/shop`) and `token` makes an empty one and answers its `url` and
`folder`. The host has an address of its own, as any host. People push to the folder; nobody is told of it, so a test
sends the webhooks itself.
"""

from __future__ import annotations

import gzip
import hmac
import logging
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from .codecommit_git import Git, GitError, run
from .engine import ControlError, Engine

NAME = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+")
SERVICE = "git-upload-pack"
GIT_PATH = re.compile(r"/(?P<name>.+)\.git/(?P<what>info/refs|git-upload-pack)")
FILE_PATH = re.compile(r"/api/v3/repos/(?P<name>[^/]+/[^/]+)/contents/(?P<path>.+)")
LOG = logging.getLogger(__name__)
_hosts: list[GitHost] = []


@dataclass(eq=False)
class HostedRepository:
    git: Git
    token: str

    @property
    def default_branch(self) -> str:
        return self.git("symbolic-ref", "--short", "HEAD").decode().strip()


class GitHost:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._repositories: dict[str, HostedRepository] = {}
        self._server: BaseWSGIServer | None = None
        self._lock = threading.Lock()

    def create(self, body: dict[str, Any]) -> object:
        name, token = body.get("repository"), body.get("token")
        parts = name.split("/") if isinstance(name, str) and NAME.fullmatch(name) else []
        if not parts or {".", ".."} & set(parts) or not isinstance(token, str) or not token:
            raise ControlError(400, "git-host needs `repository`, such as acme/shop, and `token`")
        git = Git(self._engine.folder("git-host") / f"{name}.git")
        shutil.rmtree(git.folder, ignore_errors=True)
        git.folder.parent.mkdir(parents=True, exist_ok=True)
        git.create()
        self._repositories["/".join(parts)] = HostedRepository(git, token)
        return {"url": f"{self._address()}/{name}.git", "folder": str(git.folder)}

    def at(self, location: str) -> HostedRepository | None:
        """The repository that a clone URL names, with or without its ending."""
        return self._repositories.get(location.removeprefix(f"{self._address()}/").removesuffix(".git"))

    def _address(self) -> str:
        with self._lock:
            if self._server is None:
                self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet)
                threading.Thread(target=self._server.serve_forever, name="git-host", daemon=True).start()
                self._engine.at_stop.append(self._stop)
            return f"http://127.0.0.1:{self._server.port}"

    def _stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        try:
            answer = self._respond(request)
        except GitError as error:
            LOG.warning("git host: %s: %s", request.path, error)
            answer = Response("not found\n", 404)
        return answer(environ, start_response)

    def _respond(self, request: Request) -> Response:
        git, file = GIT_PATH.fullmatch(request.path), FILE_PATH.fullmatch(request.path)
        found = git or file
        repository = self._repositories.get(found["name"]) if found else None
        given = request.authorization
        token = (given.password if git else given.token) if given else None
        if not hmac.compare_digest((token or "").encode(), (repository.token if repository else "").encode()):
            # As hosts do, that nobody learns what there is: of any other repository than the token's.
            return Response("no\n", 401, {"WWW-Authenticate": "Basic"})
        if repository is None:
            return Response("not found\n", 404)
        if file:
            content = repository.git("cat-file", "blob", f"{request.args.get('ref', 'HEAD')}:{file['path']}")
            return Response(content, mimetype="application/vnd.github.raw+json")
        return _git(request, repository.git.folder)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *arguments: Any) -> None:
        LOG.debug(message, *arguments)


def install(engine: Engine) -> None:
    host = GitHost(engine)
    _hosts[:] = [host]
    engine.control["POST", "/git-host"] = host.create


def repository_at(location: str) -> HostedRepository | None:
    """The repository that a clone URL names. A process has one engine at most."""
    return _hosts[0].at(location)


def _git(request: Request, folder: Path) -> Response:
    environment = {"GIT_PROTOCOL": request.headers.get("Git-Protocol", "")}
    if request.method == "POST":
        body = request.get_data()
        body = gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body
        said = run("upload-pack", "--stateless-rpc", str(folder), stdin=body, environment=environment)
        return Response(said, mimetype=f"application/x-{SERVICE}-result")
    if request.args.get("service") != SERVICE:
        return Response("the engine's git host is read alone\n", 403)
    refs = run("upload-pack", "--stateless-rpc", "--advertise-refs", str(folder), environment=environment)
    opening = f"# service={SERVICE}\n".encode()
    said = b"%04x%b0000%b" % (len(opening) + 4, opening, refs)
    return Response(said, mimetype=f"application/x-{SERVICE}-advertisement")
