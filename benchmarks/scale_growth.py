"""What answering costs as the articles grow: a table, the growth per tenfold, a model's figure for more, and a plot."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

__all__ = ["MEASURES", "growth", "plot"]

MEASURES = ("p50, ms", "p99, ms", "private, MB", "index, MB", "database, MB", "build, CPU s", "store, CPU s")
"""Of answers to the plain questions, CPU; then of the process, the disk, and the two ways that articles are put in."""

_MORE = 10_000_000
_LAWS: dict[str, Callable[[Any], Any]] = {
    "a + b·n": lambda n: n,
    "a + b·√n": np.sqrt,
    "a + b·log10 n": np.log10,
}
_INK, _COLOURS = "#808080", ("#3b8eea", "#e07b39", "#2fa36b")
_PANELS = (
    ("CPU ms an answer", ("p50, ms", "p99, ms")),
    ("MB of private memory", ("private, MB",)),
    ("MB on disk", ("index, MB", "database, MB")),
    ("CPU s to put in", ("build, CPU s", "store, CPU s")),
)
Figures = Mapping[int, Mapping[str, float]]
"""By the number of sentences, what each measure was."""


class _Model(NamedTuple):
    formula: str
    error: float
    """The largest, as a share of what was measured."""
    more: float


def growth(figures: Figures) -> None:
    """Print the table; nothing of growth for fewer than three sizes."""
    sizes = sorted(figures)
    print(f"\n| sentences | {' | '.join(MEASURES)} |\n|{'---|' * (len(MEASURES) + 1)}")
    for size in sizes:
        print(f"| {size:,} | {' | '.join(_brief(figures[size][measure]) for measure in MEASURES)} |")
    if len(sizes) < 3:
        return
    slopes = [10 ** _slope(sizes, [figures[size][measure] for size in sizes]) for measure in MEASURES]
    print(f"| growth per tenfold | {' | '.join(f'{slope:.2f}' for slope in slopes)} |")
    models = [_models(sizes, [figures[size][measure] for size in sizes]) for measure in MEASURES]
    print(f"| {_MORE:,} by the model | {' | '.join(_brief(of[0].more) for of in models)} |\n")
    print("  The model is the law of two numbers that is nowhere far from what was measured, n in sentences:")
    for measure, (best, *others) in zip(MEASURES, models, strict=True):
        print(f"  {measure}: {best.formula}, at most {best.error:.0%} off; the next law gives {_brief(others[0].more)}")


def _brief(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _slope(sizes: Sequence[int], values: Sequence[float]) -> float:
    return float(np.polyfit(np.log10(sizes), np.log10(values), 1)[0])


def _models(sizes: Sequence[int], values: Sequence[float]) -> list[_Model]:
    """Every law fitted by its relative error, the nearest first."""
    n, measured = np.array(sizes, float), np.array(values)
    power, start = np.polyfit(np.log(n), np.log(measured), 1)
    scale = float(np.exp(start))
    found = [_model(f"{scale:.3g}·n^{power:.2f}", lambda n: scale * n**power, n, measured)]
    for law, shape in _LAWS.items():
        parts = np.stack([np.ones_like(n), shape(n)], axis=1)
        (a, b), *_ = np.linalg.lstsq(parts / measured[:, None], np.ones_like(n), rcond=None)
        formula = law.replace("a", f"{a:.3g}").replace("b", f"{b:.3g}")
        found.append(_model(formula, lambda n, a=a, b=b, shape=shape: a + b * shape(n), n, measured))
    return sorted(found, key=lambda model: model.error)


def _model(formula: str, law: Callable[[Any], Any], n: Any, measured: Any) -> _Model:
    return _Model(formula, float(np.max(np.abs(law(n) / measured - 1))), float(law(float(_MORE))))


def plot(figures: Figures, place: Path) -> None:
    """The same as lines, in greys and colours that show on light and on dark; nothing in it tells who made it when."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import EngFormatter, LogLocator

    sizes = sorted(figures)
    style = {f"{part}.color": _INK for part in ("text", "xtick", "ytick", "grid")}
    style |= {"axes.edgecolor": _INK, "axes.labelcolor": _INK, "axes.titlecolor": _INK, "font.size": 8}
    style |= {"svg.hashsalt": "scale", "svg.fonttype": "none", "font.family": "sans-serif"}
    with mpl.rc_context(style):
        figure, panels = plt.subplots(1, len(_PANELS), figsize=(9, 2.2), layout="constrained")
        for panel, (title, measures) in zip(panels, _PANELS, strict=True):
            for measure, colour in zip(measures, _COLOURS, strict=False):
                values = [figures[size][measure] for size in sizes]
                panel.loglog(sizes, values, marker="o", markersize=3, color=colour, label=measure.split(",")[0])
            panel.set_title(title, fontsize=8)
            panel.grid(alpha=0.3, linewidth=0.5)
            panel.minorticks_off()
            panel.xaxis.set_major_formatter(EngFormatter(sep=""))
            panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if max(values) < 100 * min(values) else (1,)))
            panel.yaxis.set_major_formatter("{x:,g}")
            panel.spines[["top", "right"]].set_visible(False)
            panel.patch.set_visible(False)
            if len(measures) > 1:
                panel.legend(frameon=False, fontsize=7)
        figure.supxlabel("sentences", fontsize=8)
        figure.savefig(place, transparent=True, metadata={"Date": None, "Creator": None})
        plt.close(figure)
