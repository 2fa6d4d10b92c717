"""Krippendorff's alpha of `krippendorff` and Fleiss' kappa of statsmodels for tables of counts [[per class], ...]."""

import json
import sys

import krippendorff
import numpy as np
from statsmodels.stats.inter_rater import fleiss_kappa

answers = []
for table in json.load(sys.stdin):
    counts = np.array(table)
    equal = len(set(counts.sum(axis=1))) == 1
    answers.append(
        {
            "alpha": float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")),
            # statsmodels' kappa is defined for the same number of judgments on every image.
            "kappa": float(fleiss_kappa(counts)) if equal else None,
        }
    )
json.dump(answers, sys.stdout)
