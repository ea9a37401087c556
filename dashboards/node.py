"""Machines: processor, memory, disks, network, clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._fixed import JUST_STARTED
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


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    builder = (
        board("node", "Machines", "Are the machines well, and will they stay so?", alerts="Node.+", hours=3)
        .with_variable(choice("env", "Environment", "node_boot_time_seconds"))
        .with_variable(choice("instance", "Machine", f"node_boot_time_seconds{{{ENV}}}"))
    )
    rows = {
        "The worst of them": _worst(values),
        "Processor and memory": _load(values),
        "Disks": _disks(values),
        "Network": _network(),
        "System": _system(values),
    }
    return finished(builder, rows)


def _worst(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Node.+", "machines")
    yield figure(
        "Busiest processor",
        "That of the busiest machine, over five minutes.",
        {"{{env}}": f"max by (env) (instance:node_cpu_busy:percent5m{{{WHERE}}})"},
        "percent",
        warns(values, "NodeCpuHigh", over=values["cpu_percent"]),
    )
    yield figure(
        "Fullest memory",
        "That of the machine with the least left: what is in use and cannot be given back.",
        {"{{env}}": f"max by (env) (instance:node_memory_used:percent{{{WHERE}}})"},
        "percent",
        warns(values, "NodeMemoryHigh", over=values["memory_percent"]),
    )
    yield figure(
        "Least disk space",
        "Free space of the fullest file system that can fill up.",
        {"{{env}}": f"min by (env) (instance_mountpoint:node_filesystem_free:percent{{{WHERE}}})"},
        "percent",
        pages(values, "NodeDiskLow", under=values["disk_free_percent"]),
    )
    yield figure(
        "Clock off by",
        "The most that a machine reckons its own clock to be off the true time.",
        {"{{env}}": f"max by (env) (abs(node_timex_offset_seconds{{{WHERE}}}))"},
        "s",
        warns(values, "NodeClockSkew", over=values["clock_skew_seconds"]),
    )
    yield figure(
        "Last start",
        "How long the machine that was started last has been up.",
        {"{{env}}": f"min by (env) (node_time_seconds{{{WHERE}}} - node_boot_time_seconds{{{WHERE}}})"},
        "s",
        warns(values, "NodeRebooted", under=JUST_STARTED),
    )


def _load(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Processor",
        "How busy the processors are, over five minutes.",
        {"{{instance}}": f"instance:node_cpu_busy:percent5m{{{WHERE}}}"},
        "percent",
        warns(values, "NodeCpuHigh", over=values["cpu_percent"]),
        each=[to_one("node", "This machine", "instance")],
    )
    yield graph(
        "Memory",
        "Memory that is in use and cannot be given back.",
        {"{{instance}}": f"instance:node_memory_used:percent{{{WHERE}}}"},
        "percent",
        warns(values, "NodeMemoryHigh", over=values["memory_percent"]),
        each=[to_one("node", "This machine", "instance")],
    )
    processors = f'count by (env, job, instance) (node_cpu_seconds_total{{{WHERE}, mode="idle"}})'
    yield graph(
        "Load per processor",
        "What runs or waits to run, the mean over five minutes. Above 1 something waits.",
        {"{{instance}}": f"node_load5{{{WHERE}}} / on (env, job, instance) {processors}"},
        "short",
    )
    yield graph(
        "Swap in use",
        "Memory that was moved to disk. Growth together with slowness is a shortage of memory.",
        {"{{instance}}": f"node_memory_SwapTotal_bytes{{{WHERE}}} - node_memory_SwapFree_bytes{{{WHERE}}}"},
        "bytes",
    )


def _disks(values: Values) -> Iterator[Builder[Panel]]:
    free = f"instance_mountpoint:node_filesystem_free:percent{{{WHERE}}}"
    hours = values["disk_fill_hours"]
    yield graph(
        "Disk space free",
        "Free space of each file system that can fill up.",
        {"{{instance}} {{mountpoint}}": free},
        "percent",
        pages(values, "NodeDiskLow", under=values["disk_free_percent"]),
        each=[to_one("node", "This machine", "instance")],
    )
    yield graph(
        "Disk space free, foreseen",
        f"What is free in {hours} hours if it goes on as in the last six. Below 0 the disk is full by then.",
        {"{{instance}} {{mountpoint}}": f"predict_linear({free}[6h], {hours} * 3600)"},
        "percent",
        warns(values, "NodeDiskFillsSoon", under=0),
    )
    busy = f"rate(node_disk_io_time_seconds_total{{{WHERE}}}[$__rate_interval])"
    yield graph(
        "Disks busy",
        "The part of the time in which a disk has work to do. Close to 100 everything waits for it.",
        {"{{instance}} {{device}}": f"100 * {busy}"},
        "percent",
    )
    read, written = (
        f"sum by (env, instance) (rate(node_disk_{way}_bytes_total{{{WHERE}}}[$__rate_interval]))"
        for way in ("read", "written")
    )
    yield graph(
        "Disk traffic",
        "What all disks of a machine read and write.",
        {"{{instance}} read": read, "{{instance}} written": written},
        "Bps",
    )


def _network() -> Iterator[Builder[Panel]]:
    yield graph(
        "Network",
        "Traffic of all interfaces but the loopback.",
        {f"{{{{instance}}}} {way}d": _traffic(way, "bytes") for way in ("receive", "transmit")},
        "Bps",
    )
    yield graph(
        "Network errors",
        "Damaged and dropped packets of all interfaces but the loopback. Healthy is a flat 0.",
        {
            f"{{{{instance}}}} {way}d, {what}": _traffic(way, kind)
            for way in ("receive", "transmit")
            for what, kind in (("damaged", "errs"), ("dropped", "drop"))
        },
        "pps",
    )


def _traffic(way: str, what: str) -> str:
    counter = f'node_network_{way}_{what}_total{{{WHERE}, device!="lo"}}'
    return f"sum by (env, instance) (rate({counter}[$__rate_interval]))"


def _system(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Clock, by its own reckoning",
        "How far off the true time a machine reckons its clock to be; 0 where it asks nobody for the time.",
        {"{{instance}}": f"abs(node_timex_offset_seconds{{{WHERE}}})"},
        "s",
        warns(values, "NodeClockSkew", over=values["clock_skew_seconds"]),
    )
    yield graph(
        "Clock, against Prometheus",
        "How far a machine's clock is from that of the Prometheus that scrapes it.",
        {"{{instance}}": f"abs(node_time_seconds{{{WHERE}}} - timestamp(node_time_seconds{{{WHERE}}}))"},
        "s",
        warns(values, "NodeClockSkew", over=values["clock_apart_seconds"]),
    )
    yield graph(
        "Killed for memory",
        "Processes that the kernel has ended in the last five minutes since no memory was left.",
        {"{{instance}}": f"increase(node_vmstat_oom_kill{{{WHERE}}}[5m])"},
        "short",
    )
    yield graph(
        "Reports not read",
        "1 where the outcomes of our own runs cannot be read from the textfile folder.",
        {"{{instance}}": f"node_textfile_scrape_error{{{WHERE}}}"},
        "none",
        warns(values, "NodeTextfileBroken", over=0),
    )
