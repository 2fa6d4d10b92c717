"""What crowd-kit makes of each of [{votes: [[annotator, image, chosen], ...], classes, annotators, iterations}, ...].

Tables are [image][class] over the images with votes, in rising order. Each annotator and each class must have a vote:
crowd-kit knows of no others, and the number of classes matters to MACE.

crowd-kit's MACE indexes its tables in the order in which annotators and labels first appear, but fills them in sorted
order. Annotators and labels are therefore renamed by first appearance, which makes the two orders one.
"""

import json
import sys

import numpy as np
import pandas as pd
from crowdkit.aggregation import MACE, DawidSkene, MajorityVote, Wawa


def start_of_mace(annotators, classes):
    """The weights of knowing, of not knowing and of answers out of habit that MACE starts from."""
    mace = MACE()
    mace._initialize(annotators, classes)
    return mace.spamming_[:, 1], mace.spamming_[:, 0], mace.thetas_


def aggregate(asked):
    votes = pd.DataFrame(asked["votes"], columns=["worker", "task", "label"])
    votes["worker"], workers = pd.factorize(votes["worker"])
    votes["label"], labels = pd.factorize(votes["label"])
    assert len(workers) == asked["annotators"] and len(labels) == asked["classes"]
    # Rows and columns in the order of the given numbers.
    by_worker, by_label = np.argsort(workers), np.argsort(labels)

    def table(probabilities):
        return probabilities.sort_index()[by_label].to_numpy().tolist()

    majority = MajorityVote().fit(votes)
    wawa = Wawa().fit(votes)
    # All that its predict_proba does, but for a look at whether it was fitted, which scikit-learn 1.9 refuses.
    weighted = MajorityVote().fit(votes, skills=wawa.skills_)
    # A tolerance that nothing reaches: exactly so many iterations.
    dawid_skene = DawidSkene(n_iter=asked["iterations"], tol=-np.inf).fit(votes)
    # One restart: crowd-kit draws each of them from the same seed, so that all are the same.
    mace = MACE(n_restarts=1, n_iter=asked["iterations"]).fit(votes)
    know, guess, habit = start_of_mace(len(workers), len(labels))
    return {
        "images": sorted(int(image) for image in votes["task"].unique()),
        "shares": table(majority.probas_),
        "majority": [int(labels[label]) for label in majority.labels_.sort_index()],
        "wawa": {
            "probabilities": table(weighted.probas_),
            "weights": wawa.skills_[by_worker].tolist(),
        },
        "dawidSkene": table(dawid_skene.probas_),
        "mace": {
            "probabilities": table(mace.probas_),
            "know": know[by_worker].tolist(),
            "guess": guess[by_worker].tolist(),
            "habit": habit[by_worker][:, by_label].tolist(),
        },
    }


json.dump([aggregate(asked) for asked in json.load(sys.stdin)], sys.stdout)
