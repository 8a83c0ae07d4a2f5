"""`zopa schema`: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

from sim.cli.screen import print_json


def schema() -> None:
    """Print the JSON Schema of scenario files, for completion and checks in your editor.

    Save it (zopa schema > zopa.schema.json) and begin a scenario with the line

    # yaml-language-server: $schema=zopa.schema.json
    """
    from sim.formats import scenario_schema  # noqa: PLC0415

    print_json(scenario_schema())
