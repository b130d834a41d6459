"""The one closed form that both twins use, against looking every so often."""

from __future__ import annotations

import numpy as np
from scipy.stats import chisquare

from churnsim.model.renewal.per_check import PerCheckRenewal

TTL_S = 1200.0
LIVES = 20_000
LEAST = 20


def age_at_renewal(rule: PerCheckRenewal, random: np.random.Generator) -> float:
    """Look every so often; draw a share; renew if the age has passed it."""
    age = 0.0
    while True:
        age += rule.check
        if age >= random.uniform(rule.low, rule.high) * TTL_S:
            return age


def test_renewal_by_looking_every_so_often_has_the_law_of_its_closed_form():
    """Ages at renewal fall on the looks; their counts against the chances that one uniform is inverted by."""
    rule = PerCheckRenewal.model_validate({"low": "40%", "high": "60%", "check": "20s"})
    random = np.random.default_rng(7)
    looked = np.array([age_at_renewal(rule, random) for _ in range(LIVES)])
    fine = rule.interval(TTL_S, (np.arange(1_000_000) + 0.5) / 1_000_000)
    ages, expected = np.unique(fine, return_counts=True)
    counts = np.array([(looked == age).sum() for age in ages])
    assert counts.sum() == LIVES  # none elsewhere
    rare = expected * LIVES / fine.size < LEAST
    observed = np.append(counts[~rare], counts[rare].sum())
    chance = np.append(expected[~rare], expected[rare].sum()) / fine.size
    assert chisquare(observed[chance > 0], LIVES * chance[chance > 0]).pvalue > 0.001
