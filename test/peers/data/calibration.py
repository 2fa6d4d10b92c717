"""Expected calibration error from scikit-learn's reliability curve, and its log loss, for {values, labels, bins}."""

import json
import sys

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss

asked = json.load(sys.stdin)
values, labels, bins = np.array(asked["values"]), np.array(asked["labels"]), asked["bins"]
confidences, correct = values.max(axis=1), values.argmax(axis=1) == labels
share, mean = calibration_curve(correct, confidences, n_bins=bins, strategy="uniform")
# The curve leaves empty bins out and does not say how many values are in the others.
inside = np.bincount(np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidences), minlength=bins)
json.dump(
    {
        "calibrationError": float(np.sum(inside[inside > 0] * np.abs(share - mean)) / len(labels)),
        "logLoss": float(log_loss(labels, values, labels=range(values.shape[1]))),
    },
    sys.stdout,
)
