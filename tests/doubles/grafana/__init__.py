"""A strict double of a Grafana server: what a real one was seen to answer, and nothing else.

As a program: `install(folder)` lays out `folder/bin/grafana` and `folder/conf/defaults.ini`; name that
program where an environment looks for Grafana (`binaries.paths.grafana`). It understands

    grafana --version                                  prints `grafana version 13.2.1`, or DOUBLE_VERSION
    grafana server --homepath=FOLDER --config=FILE     serves until SIGTERM

and reads what our service sets: `[server] http_addr, http_port`, `[security] admin_user, admin_password`,
any of them as `GF_SECTION_KEY`, with the expanders `$__file{…}` and `$__env{…}`; `GF_PATHS_PROVISIONING`
(data sources and dashboard providers, `$VARIABLES` in their values); `GF_PATHS_DATA`, where its database is
one JSON file.

In a test: `with Grafana({"server": {"http_port": "0"}}, environ) as grafana:` serves on `grafana.url`.

From 13 on it has `/apis` as documented, before that only `/api`: `DOUBLE_VERSION=9.4.0` is of the kind whose
answers were recorded.

It keeps to recorded behaviour, the silent failures included. A broken file, or one with a byte order mark,
is skipped. A second uid or title takes its provider's permission to write. Behind a link that now leads
elsewhere every dashboard is deleted and made anew. Two default data sources end the start. The admin
password counts only while the database is new, and after five wrong ones the right one is refused too. A
request that it does not know is answered with 501, and kept in `unmatched` and in the file `unmatched.log`
beside the database.
"""

from __future__ import annotations

from tests.doubles.grafana.install import install
from tests.doubles.grafana.refusals import Answer, StartRefused
from tests.doubles.grafana.server import Grafana
from tests.doubles.grafana.settings import VERSION

__all__ = ["VERSION", "Answer", "Grafana", "StartRefused", "install"]
