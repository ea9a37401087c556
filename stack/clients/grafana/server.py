"""One Grafana: what it is, what it shows, and what is saved to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stack.clients.grafana.legacy import Legacy
from stack.clients.grafana.login import logging_in
from stack.clients.grafana.queries import query
from stack.clients.grafana.resources import Resources, has_resources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.clients.grafana.values import Interface, Listed, Live, Sample, Save
    from stack.clients.http import Session

__all__ = ["Grafana"]

PAGE = 5000
"""The most that one answer of the search may hold; more is refused with 422."""

SAVES = 50
"""Saves looked back at."""


@dataclass(frozen=True)
class Grafana:
    """One Grafana, with the login that its session brings.

    A refused login raises `Refused` from every call, and that must not be tried again: after five wrong
    passwords Grafana refuses the right one too, for minutes.
    """

    session: Session

    def health(self) -> Mapping[str, Any]:
        """Give `{"database": "ok", "version": "13.2.1", …}`; asks for no login.

        Raises:
            HttpFailed: no answer, or its database fails (503).
        """
        answer: Mapping[str, Any] = self.session.json("/api/health")
        return answer

    def check_login(self) -> None:
        """Log in, once.

        Raises:
            Refused: the password is another, or too many wrong ones were tried.
        """
        with logging_in():
            self.session.json("/api/user")

    def query(self, expression: str, *, source: str = "prometheus") -> tuple[Sample, ...]:
        """Evaluate PromQL now, through a data source, as a panel does.

        Raises:
            HttpFailed: the expression is wrong, or the server behind the data source does not answer.
        """
        with logging_in():
            return tuple(query(self.session, expression, source))

    def folders(self) -> Mapping[str, str]:
        """Give the title of each folder at the top, by uid."""
        with logging_in():
            return self._interface.folders()

    def create_folder(self, uid: str, title: str) -> None:
        """Make a folder.

        Raises:
            HttpFailed: with status 409 or 412 where there is one of that uid or title.
        """
        with logging_in():
            self._interface.create_folder(uid, title)

    def delete_folder(self, uid: str) -> None:
        """Delete a folder with all that is in it.

        Raises:
            HttpFailed: with status 404 where there is none, 400 where it holds alert rules.
        """
        with logging_in():
            self._interface.delete_folder(uid)

    def dashboards(self, *, page: int = PAGE) -> tuple[Listed, ...]:
        """List every dashboard, `page` of them at a time."""
        with logging_in():
            return tuple(sorted(self._interface.listed(page)))

    def inside(self, folder: str) -> tuple[Live, ...]:
        """Give every dashboard of a folder, in the order of their uids."""
        with logging_in():
            return tuple(sorted(self._interface.inside(folder), key=lambda live: live.uid))

    def dashboard(self, uid: str) -> Live:
        """Give one dashboard.

        Raises:
            HttpFailed: with status 404 where there is none.
        """
        with logging_in():
            return self._interface.dashboard(uid)

    def save(
        self, model: Mapping[str, Any], *, folder: str = "", message: str = "", mark: str | None = None
    ) -> None:
        """Save a dashboard into a folder.

        Args:
            model: what is saved; it has a uid.
            folder: the folder's uid, empty for none.
            message: what the history says about it.
            mark: that of the version which this one is made from; None where it is new, and empty where
                whatever is there is to be replaced.

        Raises:
            HttpFailed: with status 409 or 412 where somebody else has saved it since, or where another one
                of the folder has its title; with status 400 where it is provisioned and closed to edits.
        """
        with logging_in():
            self._interface.save(model, folder, message, mark)

    def delete(self, uid: str) -> None:
        """Delete a dashboard.

        Raises:
            HttpFailed: with status 404 where there is none, 400 or 403 where it comes from a file.
        """
        with logging_in():
            self._interface.delete(uid)

    def saves(self, uid: str, *, most: int = SAVES) -> tuple[Save, ...]:
        """Give the last saves of a dashboard, the newest first.

        Raises:
            HttpFailed: with status 404 where there is none.
        """
        with logging_in():
            return tuple(self._interface.saves(uid, most))

    def reload_provisioning(self) -> None:
        """Let it read data sources and dashboards again.

        It answers 200 also when it skipped files: compare what is there.
        """
        for kind in ("datasources", "dashboards"):
            with logging_in():
                self.session.post(f"/api/admin/provisioning/{kind}/reload", timeout=30)

    @cached_property
    def _interface(self) -> Interface:
        # Only here: a probe asks again by itself, and what saves must not be asked twice.
        patient = replace(self.session, retries=2)
        return Resources(patient) if has_resources(patient) else Legacy(patient)
