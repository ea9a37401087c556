"""One file per kind of Grafana's objects: how it is read and written over HTTP."""
