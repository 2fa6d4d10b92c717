"""What NumPy, pandas and pyarrow read in the files {counts, probabilities, tidy} that the program exported."""

import json
import sys

import numpy as np
import pandas as pd
import pyarrow.csv

asked = json.load(sys.stdin)
counts, probabilities = np.load(asked["counts"]), np.load(asked["probabilities"])
tidy = pd.read_csv(asked["tidy"])
kept = tidy[(tidy["check"] == 0) & (tidy["excluded"] == 0)]
tallied = np.zeros(counts.shape, dtype=int)
np.add.at(tallied, (kept["image"].astype(int), kept["chosen"].astype(int)), 1)
arrow = pyarrow.csv.read_csv(asked["tidy"])
json.dump(
    {
        "countsType": str(counts.dtype),
        "counts": counts.tolist(),
        "probabilitiesType": str(probabilities.dtype),
        "probabilities": probabilities.tolist(),
        "columns": list(tidy.columns),
        "rows": len(tidy),
        "arrowColumns": arrow.column_names,
        "arrowRows": arrow.num_rows,
        "tallied": tallied.tolist(),
        "annotators": sorted(tidy["annotator"].astype(str).unique()),
    },
    sys.stdout,
)
