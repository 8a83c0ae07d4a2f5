"""What makes a picture legible: nothing covered, nothing off the slide, nothing too small."""

from __future__ import annotations

from itertools import combinations

from matplotlib.text import Text

from sim.plots.style import SMALL, styled


def written(figure) -> list[Text]:
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def check_legible(figure, least=SMALL):
    with styled():
        figure.canvas.draw()
        texts = written(figure)
        boxes = [text.get_window_extent(figure.canvas.get_renderer()).padded(-1) for text in texts]
    slide_box = figure.bbox
    assert len(texts) > 4
    assert min(text.get_fontsize() for text in texts) >= least
    for text, box in zip(texts, boxes, strict=True):
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= slide_box.x1 and box.y1 <= slide_box.y1
        assert inside, text.get_text()
    for (one, a), (two, b) in combinations(zip(texts, boxes, strict=True), 2):
        assert not a.overlaps(b), (one.get_text(), two.get_text())
