"""Writing a picture: as SVG and as PNG, each with its words inside, the same bytes every time."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from sim.plots.style import styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png")


def save(figure: Figure, path: Path | str, *, alt: str, title: str | None = None) -> list[Path]:
    """Write a picture as SVG and PNG side by side.

    Parameters
    ----------
    figure
        What to write.
    path
        Where, without suffix or with one of the two, which is then replaced.
    alt
        The picture in words: the description inside both files.
    title
        The finding; by default what the figure was given as its label.

    Returns
    -------
    list of Path
        The SVG and the PNG.

    Notes
    -----
    No date, no program version: the same picture gives the same bytes.
    """
    target = Path(path)
    stem = target.with_suffix("") if target.suffix in SUFFIXES else target
    svg, png = (stem.with_name(stem.name + suffix) for suffix in SUFFIXES)
    name = str(figure.get_label()) if title is None else title
    drawn, pixels = io.BytesIO(), io.BytesIO()
    with styled():
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
        words = {"Title": name, "Description": alt, "Software": None}
        figure.savefig(pixels, format="png", metadata=words)
    svg.write_text(_described(drawn.getvalue().decode(), name, alt), "utf-8", newline="\n")
    png.write_bytes(pixels.getvalue())
    return [svg, png]


def _described(svg: str, title: str, alt: str) -> str:
    """Put title and description where screen readers look for them (SVG 2, section 5.8)."""
    start = svg.index("<svg ")
    end = svg.index(">", start)
    head = svg[start:end] + ' role="img" aria-labelledby="zopa-title zopa-desc">'
    words = (
        f'\n <title id="zopa-title">{escape(title)}</title>'
        f'\n <desc id="zopa-desc">{escape(alt)}</desc>'
    )
    return svg[:start] + head + words + svg[end + 1 :]
