"""PyTorch's, torchmetrics' and netcal's figures for {logits, people, labels, bins}.

PyTorch and netcal compute in double precision, torchmetrics converts to single.
"""

import json
import sys

import numpy as np
import torch
import torch.nn.functional as F
from netcal.metrics import ECE
from torchmetrics.functional.classification import multiclass_calibration_error

asked = json.load(sys.stdin)
logits = torch.tensor(asked["logits"], dtype=torch.float64)
people = torch.tensor(asked["people"], dtype=torch.float64)
labels, bins = torch.tensor(asked["labels"]), asked["bins"]

soft, hard = F.cross_entropy(logits, people), F.cross_entropy(logits, labels)
values = torch.softmax(logits, dim=1)
json.dump(
    {
        "version": torch.__version__,
        "softmax": values.tolist(),
        "crossEntropyToPeople": soft.item(),
        "crossEntropyToLabels": hard.item(),
        "netcal": float(ECE(bins).measure(values.numpy(), np.array(asked["labels"]))),
        "torchmetrics": multiclass_calibration_error(values, labels, values.shape[1], n_bins=bins, norm="l1").item(),
    },
    sys.stdout,
)
