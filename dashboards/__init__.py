"""What is shown: one file per dashboard, found by its name."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # On import the SDK recommends a schema that Grafana 10 and 11, still supported here, cannot read.
    warnings.filterwarnings("ignore", "Prefer using dashboardv2", DeprecationWarning)
    from grafana_foundation_sdk.builders import dashboard, timeseries  # noqa: F401

__all__: list[str] = []
