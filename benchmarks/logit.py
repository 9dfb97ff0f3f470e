"""Conditional logit with named traits: the fitting that ``knowledge.build.weights`` only adds up.

A case is one choice among alternatives and "none"; an alternative is the list of its traits. Fitted by penalised
maximum likelihood (L2) with SciPy's L-BFGS; a case with one alternative is a logistic regression.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

SMALLEST = 0.01


@dataclass(slots=True)
class Case:
    """Alternatives' traits, and the share (0..1) of each in being right; what is left to 1 is "none".

    ``weight`` is how many cases it counts as.
    """

    alternatives: Sequence[list[str]]
    right: Sequence[float]
    weight: float = 1.0


def fit(cases: Sequence[Case], penalty: float, rarest: int = 1) -> dict[str, float]:
    """The weight of each trait seen in at least ``rarest`` alternatives; those near zero are left out."""
    seen = Counter(trait for case in cases for traits in case.alternatives for trait in set(traits))
    traits = {trait: i for i, trait in enumerate(sorted(t for t, n in seen.items() if n >= rarest))}
    ends, columns, group, target = [0], [], [], []
    for number, case in enumerate(cases):
        for own, share in zip(case.alternatives, case.right, strict=True):
            columns += sorted({traits[trait] for trait in own if trait in traits})
            ends.append(len(columns))
            group.append(number)
            target.append(share)
    of, right = np.array(group, int), np.array(target, float)
    rows = sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(right), len(traits)))
    back = rows.T.tocsr()
    none = 1 - np.bincount(of, right, minlength=len(cases))
    heavy = np.array([case.weight for case in cases])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = rows @ weights
        most = np.zeros(len(cases))
        np.maximum.at(most, of, scores)
        powers = np.exp(scores - most[of])
        total = np.bincount(of, powers, minlength=len(cases)) + np.exp(-most)
        spread = np.log(total)
        likely = (heavy[of] * right * (scores - most[of] - spread[of])).sum() + (heavy * none * (-most - spread)).sum()
        slope = back @ (heavy[of] * (powers / total[of] - right)) + penalty * weights
        return float(-likely + penalty / 2 * weights @ weights), slope

    best = minimize(loss, np.zeros(len(traits)), jac=True, method="L-BFGS-B", options={"maxiter": 250}).x
    return {trait: float(best[i]) for trait, i in traits.items() if abs(best[i]) >= SMALLEST}
