"""What the demo of layer-distributor shows."""

from __future__ import annotations

from collections.abc import Iterable

from demo.layer_distributor.pipeline import Published
from demo.layer_distributor.places import LAYER, Region
from demo.output import Output


def heading(output: Output) -> None:
    """What was there before."""
    output.text(f"Somebody published {LAYER} by hand before: three times in eu-west-1, once in us-west-2.")


def say(output: Output, published: Published) -> None:
    """What the pipeline shows of the publication."""
    output.line(output.coloured(published.status, "1"))
    output.text(published.words)


def show(output: Output, regions: Iterable[Region]) -> None:
    """What each region has."""
    rows = [
        (
            region.name,
            ", ".join(str(number) for number in sorted(region.versions)) or "none",
            ", ".join(str(number) for number in sorted(region.released)) or "none",
            region.latest or "none",
        )
        for region in regions
    ]
    output.table(("region", "versions", "released", "latest"), rows)
