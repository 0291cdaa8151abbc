"""The product against the law told a second time: over the exam, and over brands that are bent at random."""

import os
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.checks.test_sample_exam import EXAM, expected
from tests.law.aimed import month
from tests.law.bending import bend
from tests.law.small import small
from tests.law.told import told
from tests.law.trials import disagreement, exam, part_of_exam, readable, smallest, toml
from tests.law.wiring import rewire, scrambled

pytestmark = pytest.mark.skipif(not EXAM.exists(), reason="the sample brand is not beside this checkout")
TRIALS = int(os.environ.get("LAW_TRIALS", "300"))


def trial_of(seed):
    """A brand and its moment, bent as its dice fall."""
    dice = Random(seed)
    made = month if seed % 10 == 5 else small
    trial = made(dice) if seed % 2 else part_of_exam(dice, dice.choice((5, 15, 40)))
    bend(dice, trial, dice.choice((0, 3, 10) if made is month else (0, 3, 10, 30, 60)))
    if seed % 6 == 1:
        scrambled(dice, trial.topology)
    rewire(dice, trial, dice.choice((0, 0, 1, 4)))
    return trial


def agree(trial, **how):
    """Fails with the smallest trial that still differs in one of its exceptions."""
    differences = disagreement(trial, **how)
    if differences:
        one = next(iter(differences))
        least = smallest(trial, lambda fewer: one in disagreement(fewer, **how))
        pytest.fail(readable(least, disagreement(least, **how)))


def test_the_telling_finds_what_the_exam_expects():
    topology, lines, moment = exam()
    assert told(toml(topology), [line.encode() for line in lines], moment) == expected()


def test_a_few_bent_brands_are_found_as_they_are_told(transactional_db):
    for seed in range(10):
        agree(trial_of(seed))


@pytest.mark.slow
def test_many_bent_brands_are_found_as_they_are_told(transactional_db):
    for seed in range(100, 100 + TRIALS):
        agree(trial_of(seed))


@pytest.mark.slow
def test_what_arrives_in_portions_with_runs_between_is_found_as_it_is_told_at_the_end(transactional_db):
    for seed in range(50_000, 50_000 + TRIALS // 3):
        trial, dice = trial_of(seed), Random(seed)
        moments = sorted(trial.as_of - timedelta(hours=dice.expovariate(1 / 100)) for _ in range(3))
        agree(trial, portions=4, earlier=moments)


@pytest.mark.slow
def test_past_moments_are_found_as_they_are_told(transactional_db):
    for seed in range(70_000, 70_000 + TRIALS // 3):
        trial = trial_of(seed)
        agree(replace(trial, as_of=trial.as_of - timedelta(days=Random(seed).choice((1, 5, 20, 45)))))
