"""Write the JSON Schema of environment files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.options import Option
from stack.tree import write_atomically

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("out", "a file to write it to; without it it is printed"),)


def run(effects: Effects) -> int:
    """Print the schema or write it."""
    from stack.emit import to_json  # brings YAML along
    from stack.schema import environment_schema  # brings pydantic along

    out, schema = effects.options.text("out"), environment_schema()
    if not out:
        effects.console.document(schema)
        return 0
    write_atomically(Path(out), to_json(schema))
    effects.console.end(f"wrote {out}; point your editor's YAML plugin at it")
    return 0
