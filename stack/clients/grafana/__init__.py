"""Grafana's HTTP API, as far as we ask it; `/api` and `/apis` behind one face."""

from __future__ import annotations

from stack.clients.grafana.differences import differences
from stack.clients.grafana.server import Grafana
from stack.clients.grafana.values import Listed, Live, Sample, Save

__all__ = ["Grafana", "Listed", "Live", "Sample", "Save", "differences"]
