"""What NumPy, pandas and pyarrow read in the files {counts, probs, tidy, jsonl, raw} that the program exported.

Texts are read as texts and no word counts as missing: an annotator may be called 007 or NA. Empty cells are "" as text
and NaN as number, here null.
"""

import json
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.json

TEXTS = {
    "tidy": ["annotator", "file", "layout", "answered_at"],
    "raw": ["annotator_id", "true_category", "chosen_category", "image_filename", "subcategory"],
}


def array(path):
    values = np.load(path, allow_pickle=False)
    return {"type": values.dtype.str, "values": values.tolist()}


def with_pandas(path, texts):
    columns = pd.read_csv(path, nrows=0).columns
    table = pd.read_csv(
        path,
        dtype=dict.fromkeys(texts, str),
        # Only empty cells of numbers are missing, and a number is the nearest double.
        keep_default_na=False,
        na_values={name: [""] for name in columns if name not in texts},
        float_precision="round_trip",
    )
    return rows_of(table)


def with_arrow(path, texts):
    convert = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(texts, pa.string()), strings_can_be_null=False, null_values=[""]
    )
    parse = pa.csv.ParseOptions(newlines_in_values=True)
    return pa.csv.read_csv(path, parse_options=parse, convert_options=convert).to_pylist()


def rows_of(table):
    return [{key: None if value != value else value for key, value in row.items()} for row in table.to_dict("records")]


asked = json.load(sys.stdin)
answer = {name: array(asked[name]) for name in ("counts", "probs")}
for name, texts in TEXTS.items():
    answer[name] = {"pandas": with_pandas(asked[name], texts), "pyarrow": with_arrow(asked[name], texts)}
lines = pd.read_json(asked["jsonl"], lines=True, dtype=False, convert_dates=False, precise_float=True)
answer["jsonl"] = {"pandas": rows_of(lines), "pyarrow": pa.json.read_json(asked["jsonl"]).to_pylist()}
json.dump(answer, sys.stdout)
