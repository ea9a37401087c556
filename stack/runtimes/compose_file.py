"""The pure half of the Compose runtime: which containers a stack needs, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.container import Container
from stack.discovery_jobs import TARGETS
from stack.emit import from_yaml, to_yaml
from stack.images import OWN, PIPELINES, carried, image, own_reference, pipelines_reference, reference
from stack.runtimes.invoking import as_deployer
from stack.runtimes.process_table import process_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.images import Image
    from stack.service import Process, Service, Stack
    from stack.tree import Tree

__all__ = [
    "ENVIRONMENT",
    "FINGERPRINT",
    "MENDERS",
    "MENDING",
    "PATH",
    "PLACE",
    "SERVICE",
    "SOCKET",
    "SOCKET_GROUP",
    "SOCKET_PLACE",
    "compose_file",
    "fingerprint_variable",
    "image_of",
    "read_services",
]

PATH = "runtime/compose.yaml"

PLACE = "/monitoring"
"""Where a container finds all that is ours: the `{root}` of its arguments."""

ENVIRONMENT, SERVICE, FINGERPRINT = "monitoring.environment", "monitoring.service", "monitoring.fingerprint"
"""The labels that every container of ours has."""

PROJECT = "${COMPOSE_PROJECT_NAME}"
RELEASES = f"release:{PLACE}:ro"
LOG = {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}
DIGEST = "monitoring.digest"
"""The label with the digest that a registry's image must have; the name alone also fits one out of a file."""
SOCKET = "/var/run/docker.sock"
"""Where a container that may speak to the engine finds its socket."""

SOCKET_PLACE, SOCKET_GROUP = "MONITORING_SOCKET", "MONITORING_SOCKET_GROUP"
"""The variables with the socket's path, and the group that may use it, on the engine's own machine."""

MENDERS = ("mender_a", "mender_b")
"""The containers that start what was killed, each other too."""

MENDING = Container(network="none", engine=True, memory="64m", cpus=0.5, pids=20)

NETWORKS: Mapping[str, Mapping[str, Any]] = {
    "core": {"internal": True},
    "services": {"internal": True},
    "outside": {},
}


def compose_file(stack: Stack) -> Mapping[str, bytes]:
    """Give the Compose file of a stack as a rendered file, beside its processes.

    Names of volumes hold the project's, which Compose fills in, so that two environments of one engine have
    their own; so is each container's fingerprint, which depends on the images that the engine holds.

    Source: https://github.com/compose-spec/compose-spec/blob/main/spec.md
    """
    document = {
        "services": {
            **{name: _container(stack, service) for name, service in stack.services.items()},
            **{name: _mender(name) for name in MENDERS},
        },
        "networks": {**NETWORKS, **_found_on(stack)},
        "volumes": {
            name: _external(name) for service in stack.services.values() for name in _volumes(service)
        },
    }
    return {PATH: to_yaml(document), **process_table(stack)}


def read_services(tree: Tree | None) -> Mapping[str, Mapping[str, Any]]:
    """Give the containers that a release was made with, whatever today's code would make of its services."""
    document = from_yaml(tree.files.get(PATH, b"{}")) if tree else {}
    services: Mapping[str, Mapping[str, Any]] = document.get("services", {})
    return services


def image_of(made: Mapping[str, Any]) -> str:
    """Name a container's image as it is to be had: with its digest, where one was asked for."""
    digest = made["labels"].get(DIGEST)
    return f"{made['image']}@{digest}" if digest else str(made["image"])


def fingerprint_variable(service: str) -> str:
    """Name the variable that Compose takes a container's fingerprint from."""
    return f"MONITORING_FINGERPRINT_{service}"


def _container(stack: Stack, service: Service) -> dict[str, Any]:
    process, (wanted, made) = service.process(stack), _image(stack, service)
    name, _, digest = wanted.partition("@")
    definition = {
        "image": name,
        **({"uts": "host"} if service.container.host_name else {"hostname": service.name}),
        "user": made.user,
        **_command(process, made),
        "working_dir": f"{PLACE}/work/{service.name}",
        "labels": {**_labels(service.name), **({DIGEST: digest} if digest else {})},
        "networks": _networks(stack, service),
        **_published(stack, service),
        "volumes": [*_mounts(service), *_host_mounts(service.container), *_targets(stack, service)],
        **_rights(service.container, made),
        **_limits(service.container),
    }
    return as_deployer(definition, stack) if service.container.invokes else definition


def _image(stack: Stack, service: Service) -> tuple[str, Image]:
    """Give the image that a service runs from: its reference, and what is known of it."""
    if service.container.invokes:
        return pipelines_reference(stack.environment, carried(stack.defined)), PIPELINES
    if service.program:
        return reference(service.program, stack.environment), image(service.program.name)
    return own_reference(), OWN


def _mender(name: str) -> dict[str, Any]:
    """Give one of those that start what was killed; the engine starts it whatever ended it."""
    words = (f"--label={ENVIRONMENT}={PROJECT}", f"--lock={PLACE}/lock")
    return {
        "image": own_reference(),
        "hostname": name,
        "user": OWN.user,
        "entrypoint": [OWN.command],
        "command": ["-m", "stack.runtimes.mender", *words],
        "labels": _labels(name),
        "network_mode": MENDING.network,
        "volumes": [RELEASES, *_host_mounts(MENDING)],
        **_rights(MENDING, OWN),
        **_limits(MENDING),
        "restart": "always",
    }


def _command(process: Process, made: Image) -> dict[str, Any]:
    program = {"{root}": PLACE, "{program}": made.home}

    def filled(word: str) -> str:
        for token, value in program.items():
            word = word.replace(token, value)
        return word.replace("$", "$$")  # else Compose takes it for one of its own variables

    rest = list(map(filled, process.argv[1:]))
    variables = {name: filled(value) for name, value in process.env.items()}
    return {"entrypoint": [made.command], "command": rest, "environment": variables}


def _labels(name: str) -> dict[str, str]:
    return {
        ENVIRONMENT: PROJECT,
        SERVICE: name,
        FINGERPRINT: f"${{{fingerprint_variable(name)}}}",
    }


def _networks(stack: Stack, service: Service) -> dict[str, Any]:
    """Join its own network and those on which it is a client; a guarded one has another name on its own."""
    own = service.container.network
    host = stack.address(service.name).rpartition(":")[0]
    joined: dict[str, Any] = {name: {} for name in dict.fromkeys((own, *service.container.joins))}
    if host != service.name:
        joined[own] = {"aliases": [host]}
    if stack.environment.doors == "loopback":
        joined["outside"] = {}  # an internal network publishes nothing
    found = _found_on(stack) if service.container.discovers else {}
    return joined | {name: {} for name in found}


def _found_on(stack: Stack) -> dict[str, Any]:
    """Give the networks of others that targets are found on."""
    return {name: {"external": True} for name in stack.environment.discovery.networks}


def _published(stack: Stack, service: Service) -> dict[str, Any]:
    everything = stack.environment.doors == "loopback"
    names = tuple(service.ports) if everything else service.container.published
    ports = [stack.port(name) for name in names]
    where = "127.0.0.1:" if everything else ""
    return {"ports": [f"{where}{port}:{port}" for port in ports]} if ports else {}


def _mounts(service: Service) -> list[str]:
    """Say what it sees of ours: every release, but only its own secrets and its own state."""
    state = [f"data-{service.name}:{PLACE}/data/{service.name}"] if service.data else []
    shared = [f"{name.partition(':')[0]}:{PLACE}/{name}" for name in service.container.shares]
    return [RELEASES, f"secrets-{service.name}:{PLACE}/secrets:ro", *state, *shared]


def _host_mounts(container: Container) -> list[str]:
    socket = [f"${{{SOCKET_PLACE}}}:{SOCKET}"] if container.engine else []
    return [*container.mounts, *socket]


def _targets(stack: Stack, service: Service) -> list[str]:
    """Show it the folder of targets that an environment names on the engine's machine."""
    folder = stack.environment.discovery.folder if service.container.discovers else None
    return [f"{folder}:{TARGETS}:ro"] if folder else []


def _volumes(service: Service) -> list[str]:
    return [mount.partition(":")[0] for mount in _mounts(service)]


def _external(name: str) -> dict[str, Any]:
    """Let Compose use a volume that is there already, owned as its service needs it."""
    return {"external": True, "name": f"{PROJECT}_{name}"}


def _rights(container: Container, made: Image) -> dict[str, Any]:
    """Say what it may do: next to nothing, but for what its program's file asks for or it is there for."""
    return {
        **({"group_add": [f"${{{SOCKET_GROUP}}}"]} if container.engine else {}),
        **({"cap_add": list(made.capabilities)} if made.capabilities else {}),
        "cap_drop": ["ALL"],
        "read_only": True,
        "security_opt": ["no-new-privileges:true"],
        "tmpfs": ["/tmp:size=64m,mode=1777"],  # noqa: S108 # the container's own
    }


def _limits(container: Container) -> dict[str, Any]:
    return {
        "mem_limit": container.memory,
        "cpus": container.cpus,
        "pids_limit": container.pids,
        "logging": LOG,
        "restart": "unless-stopped",
        "stop_grace_period": "30s",
    }
