"""Expected calibration error from scikit-learn's reliability curve, for {confidences, correct, bins}."""

import json
import sys

import numpy as np
from sklearn.calibration import calibration_curve

asked = json.load(sys.stdin)
confidences, correct, bins = np.array(asked["confidences"]), np.array(asked["correct"]), asked["bins"]
share, mean = calibration_curve(correct, confidences, n_bins=bins, strategy="uniform")
# The curve leaves empty bins out and does not say how many values are in the others.
inside = np.bincount(np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidences), minlength=bins)
json.dump(float(np.sum(inside[inside > 0] * np.abs(share - mean)) / len(correct)), sys.stdout)
