"""crowd-kit's aggregations of {votes: [[annotator, image, chosen], ...], classes, iterations}, as JSON tables [image][class].

crowd-kit's MACE indexes its tables in the order in which annotators and labels first appear, but fills them in sorted
order. Annotators and labels are therefore renamed by first appearance, which makes the two orders one.
"""

import json
import sys

import numpy as np
import pandas as pd
from crowdkit.aggregation import MACE, DawidSkene, MajorityVote, Wawa


def main():
    asked = json.load(sys.stdin)
    votes = pd.DataFrame(asked["votes"], columns=["worker", "task", "label"])
    votes["worker"], workers = pd.factorize(votes["worker"])
    votes["label"], labels = pd.factorize(votes["label"])

    def table(probabilities):
        given = probabilities.sort_index().rename(columns=dict(enumerate(labels)))
        return given.reindex(columns=range(asked["classes"]), fill_value=0.0).to_numpy().tolist()

    def by_worker(values):
        return {str(workers[at]): float(value) for at, value in values.items()}

    answer = {"images": sorted(int(image) for image in votes["task"].unique())}
    methods = asked["methods"]
    if "majority" in methods:
        answer["shares"] = table(MajorityVote().fit_predict_proba(votes))
    if "wawa" in methods:
        fit = Wawa().fit(votes)
        answer["wawa"] = {"probabilities": table(fit.predict_proba(votes)), "weights": by_worker(fit.skills_)}
    if "dawid-skene" in methods:
        # A tolerance that nothing reaches: exactly so many iterations.
        fit = DawidSkene(n_iter=asked["iterations"], tol=-np.inf).fit(votes)
        answer["dawidSkene"] = {"probabilities": table(fit.probas_)}
    if "mace" in methods:
        # One restart: crowd-kit draws each of them from the same seed, so that all are the same.
        fit = MACE(n_restarts=1, n_iter=asked["iterations"]).fit(votes)
        answer["mace"] = {"probabilities": table(fit.probas_)}
    json.dump(answer, sys.stdout)


main()
