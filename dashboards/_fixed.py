"""Limits that the rules fix themselves, whatever the environment: each as in the rule that its alert has."""

from __future__ import annotations

__all__ = ["BURN_RATES", "JUST_STARTED", "WATCHDOG_SILENT"]

JUST_STARTED = 600
"""Seconds since its start for which a machine counts as just started: NodeRebooted."""

WATCHDOG_SILENT = 120
"""Seconds without a beat after which the alerting path counts as broken; 30 are usual: WatchdogSilent."""

BURN_RATES = {"1h": 14.4, "6h": 6, "1d": 3, "3d": 1}
"""Rates, by the window that they are over, at which a month's budget is gone in 2, 5, 10 and 30 days: Slo….

Source: https://sre.google/workbook/alerting-on-slos/
"""
