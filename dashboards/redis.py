"""Redis servers as redis_exporter sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to_one
from dashboards._limits import pages, warns
from dashboards._panels import figure, firing_now, graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["dashboard"]

ENV = 'env=~"$env"'
WHERE = 'env=~"$env", instance=~"$instance"'
FULL = f"instance:redis_memory_used:percent{{{WHERE}}} or 0 * redis_up{{{WHERE}}}"
"""0 of a server without a limit."""


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Do the servers answer, and does what they hold fit?"
    builder = (
        board("redis", "Redis", question, alerts="Redis.+", hours=3)
        .with_variable(choice("env", "Environment", "redis_up"))
        .with_variable(choice("instance", "Server", f"redis_up{{{ENV}}}"))
    )
    rows = {
        "The worst of them": _worst(values),
        "Memory": _memory(values),
        "Clients": _clients(values),
        "Work": _work(),
    }
    return finished(builder, rows)


def _worst(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Redis.+", "Redis")
    yield figure(
        "Servers down",
        "Those that the exporter cannot ask.",
        {"{{env}}": f"sum by (env) (redis_up{{{WHERE}}} == bool 0)"},
        "none",
        pages(values, "RedisDown", over=0),
    )
    yield figure(
        "Fullest memory",
        "Of its limit, on the server with the least left; 0 without a limit.",
        {"{{env}}": f"max by (env) ({FULL})"},
        "percent",
        warns(values, "RedisMemoryHigh", over=values["redis_memory_percent"]),
    )
    yield figure(
        "Keys thrown away",
        "Each second, to stay within the limit, by the server that does so most.",
        {"{{env}}": f"max by (env) (instance:redis_evicted_keys:rate5m{{{WHERE}}})"},
        "cps",
        warns(values, "RedisEvictions", over=values["redis_evictions_per_second"]),
    )
    yield figure(
        "Clients turned away",
        "In the last five minutes, since as many are connected as a server takes.",
        {"{{env}}": f"sum by (env) (increase(redis_rejected_connections_total{{{WHERE}}}[5m]))"},
        "short",
        warns(values, "RedisConnectionsRejected", over=0),
    )
    yield figure(
        "Last start",
        "How long the server that was started last has been up.",
        {"{{env}}": f"min by (env) (redis_uptime_in_seconds{{{WHERE}}})"},
        "s",
    )


def _memory(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Memory in use",
        "Of each server's limit; 0 without one. A cache may be full: then look at what it throws away.",
        {"{{instance}}": FULL},
        "percent",
        warns(values, "RedisMemoryHigh", over=values["redis_memory_percent"]),
        each=[to_one("redis", "This server", "instance")],
    )
    yield graph(
        "Memory",
        "What the data takes, and what the process has of the machine. Far apart, it is fragmented.",
        {
            "{{instance}} data": f"redis_memory_used_bytes{{{WHERE}}}",
            "{{instance}} process": f"redis_memory_used_rss_bytes{{{WHERE}}}",
        },
        "bytes",
    )
    expired = _rate("redis_expired_keys_total")
    yield graph(
        "Keys that go",
        "Keys each second that are thrown away to stay within the limit, and that reach their end.",
        {
            "{{instance}} thrown away": f"instance:redis_evicted_keys:rate5m{{{WHERE}}}",
            "{{instance}} expired": expired,
        },
        "cps",
        warns(values, "RedisEvictions", over=values["redis_evictions_per_second"]),
    )
    yield graph(
        "Keys",
        "Keys in all databases of a server.",
        {"{{instance}}": f"sum by (env, instance) (redis_db_keys{{{WHERE}}})"},
        "short",
    )


def _clients(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Clients",
        "Clients that are connected, and those that wait for something to be pushed.",
        {
            "{{instance}} connected": f"redis_connected_clients{{{WHERE}}}",
            "{{instance}} waiting": f"redis_blocked_clients{{{WHERE}}}",
        },
        "none",
    )
    yield graph(
        "Clients turned away over time",
        "In five minutes, since as many were connected as a server takes.",
        {"{{instance}}": f"increase(redis_rejected_connections_total{{{WHERE}}}[5m])"},
        "short",
        warns(values, "RedisConnectionsRejected", over=0),
    )


def _work() -> Iterator[Builder[Panel]]:
    yield graph(
        "Commands",
        "Commands each second.",
        {"{{instance}}": _rate("redis_commands_processed_total")},
        "ops",
    )
    hits, misses = _rate("redis_keyspace_hits_total"), _rate("redis_keyspace_misses_total")
    yield graph(
        "Found",
        "The part of looked up keys that was there; 0 while nobody looks one up.",
        {"{{instance}}": f"100 * {hits} / ({hits} + {misses} > 0) or 0 * redis_up{{{WHERE}}}"},
        "percent",
    )
    yield graph(
        "Slowest commands",
        "Commands that take most of the server's time, the five first: seconds in each second.",
        {
            "{{instance}} {{cmd}}": "topk(5, sum by (env, instance, cmd) "
            f"({_rate('redis_commands_duration_seconds_total')}))"
        },
        "short",
    )
    yield graph(
        "Traffic",
        "What servers receive and send.",
        {
            "{{instance}} received": _rate("redis_net_input_bytes_total"),
            "{{instance}} sent": _rate("redis_net_output_bytes_total"),
        },
        "Bps",
    )


def _rate(counter: str) -> str:
    return f"rate({counter}{{{WHERE}}}[$__rate_interval])"
