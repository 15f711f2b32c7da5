"""A search's memory and its strategy: an Optuna study in a database. One process asks, tells and writes."""

from __future__ import annotations

import itertools
import json
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from accel.errors import AccelError
from accel.sweep.figures import RISING, Done, Figures, Limits, values
from accel.sweep.space import Parameter, Point

if TYPE_CHECKING:
    import optuna
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial, Trial

MADE_OF = "accel"
INTERRUPTED = "interrupted"
STARTUP = 24
"""Points drawn at random before the sampler learns from them."""


class Study:
    """The points of one search, kept in ``store`` (an SQLAlchemy URL) under ``name``.

    ``fingerprint`` tells what they were measured with. A study that is there is gone on with; points that were asked
    for and never told are asked for again.

    Raises:
        AccelError: the store cannot be opened, or holds a study of this name with another fingerprint.
    """

    def __init__(
        self,
        store: str,
        name: str,
        fingerprint: str,
        parameters: Sequence[Parameter],
        objectives: Sequence[str],
        sampler: str = "tpe",
        seed: int = 0,
    ) -> None:
        self._distributions = {parameter.name: _distribution(parameter) for parameter in parameters}
        self.objectives = tuple(objectives)
        self._study = _opened(store, name, fingerprint, objectives)
        self._study.sampler = _sampler(sampler, seed + len(self._study.get_trials(deepcopy=False)))
        self._resume()
        if sampler == "grid":
            self._suggest_all(parameters)

    def done(self) -> list[Done]:
        """Every point that was told, in the order of its number, each once."""
        return [_done(trial) for trial in self._told()]

    def drawn(self) -> int:
        """How many of these the sampler chose."""
        return sum("fixed_params" not in trial.system_attrs for trial in self._told())

    def ask(self) -> Trial:
        """The next point to evaluate: its ``params``."""
        return self._study.ask(self._distributions)

    def narrow(self, parameters: Iterable[Parameter]) -> None:
        """Let the sampler draw from these values from now on."""
        self._distributions = {parameter.name: _distribution(parameter) for parameter in parameters}

    def suggest(self, points: Iterable[Point]) -> None:
        """Ask for these points next, but for those that were asked for before."""
        for point in points:
            self._study.enqueue_trial(dict(point), skip_if_exists=True)

    def tell(self, trial: Trial, figures: Figures, limits: Limits) -> None:
        """A point's figures."""
        excess = limits.excess(figures)
        for constraint, missed in excess.items():
            trial.set_constraint(constraint, missed)
        trial.set_user_attr("figures", asdict(figures))
        trial.set_user_attr("excess", excess)
        self._study.tell(trial, values(figures, self.objectives))

    def fail(self, trial: Trial, reason: str) -> None:
        """Why a point has no figures."""
        from optuna.trial import TrialState

        trial.set_user_attr("reason", reason)
        self._study.tell(trial, state=TrialState.FAIL)

    def _told(self) -> Iterable[FrozenTrial]:
        from optuna.trial import TrialState

        found: dict[tuple, FrozenTrial] = {}
        for trial in self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.FAIL)):
            if trial.user_attrs.get("reason") != INTERRUPTED:
                found.setdefault(tuple(sorted(trial.params.items())), trial)
        return found.values()

    def _resume(self) -> None:
        """End what a killed search had asked for, and ask for it again."""
        from optuna.trial import TrialState

        for trial in self._study.get_trials(states=(TrialState.RUNNING,)):
            self._study._storage.set_trial_user_attr(trial._trial_id, "reason", INTERRUPTED)
            self._study.tell(trial.number, state=TrialState.FAIL)
            if trial.params.keys() == self._distributions.keys():
                self._study.enqueue_trial(trial.params)

    def _suggest_all(self, parameters: Sequence[Parameter]) -> None:
        names = [parameter.name for parameter in parameters]
        known = {
            tuple(values.get(name) for name in names)
            for trial in self._study.get_trials(deepcopy=False)
            for values in (trial.params, trial.system_attrs.get("fixed_params", {}))
        }
        for combination in itertools.product(*(parameter.values for parameter in parameters)):
            if combination not in known:
                self._study.enqueue_trial(dict(zip(names, combination, strict=True)))


def _opened(store: str, name: str, fingerprint: str, objectives: Sequence[str]) -> optuna.Study:
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    made_of = json.dumps([fingerprint, list(objectives)])
    try:
        study = optuna.create_study(
            storage=store,
            study_name=name,
            directions=["maximize" if objective in RISING else "minimize" for objective in objectives],
            load_if_exists=True,
        )
        if not study.user_attrs.get(MADE_OF) and not study.get_trials(deepcopy=False):
            study.set_user_attr(MADE_OF, made_of)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                study.set_metric_names(list(objectives))
    except (SQLAlchemyError, ImportError, optuna.exceptions.StorageInternalError, RuntimeError) as error:
        told = " ".join(str(error.__cause__ or error).split())[:200]
        raise AccelError(
            f"store {store}: cannot be opened ({told}); expected an SQLAlchemy URL of a database that is there, e.g. "
            "sqlite:///sweep.db or postgresql+psycopg://user@host/name"
        ) from error
    if study.user_attrs.get(MADE_OF) != made_of:
        raise AccelError(
            f"store {store}: its study '{name}' is of another model, data set, space or objectives; expected a name "
            "that is free (STUDY=), or another store (STORE=)"
        )
    return study


def _sampler(name: str, seed: int) -> optuna.samplers.BaseSampler:
    import optuna

    if name == "nsga2":
        return optuna.samplers.NSGAIISampler(seed=seed)
    if name == "tpe":
        return optuna.samplers.TPESampler(seed=seed, n_startup_trials=STARTUP, multivariate=True)
    return optuna.samplers.RandomSampler(seed=seed)


def _distribution(parameter: Parameter) -> BaseDistribution:
    """Numbers at equal distances as such, all else as categories."""
    from optuna.distributions import CategoricalDistribution, IntDistribution

    found = parameter.values
    numbers = all(isinstance(value, int) for value in found)
    steps = {b - a for a, b in itertools.pairwise(found)} or {1} if numbers else set()
    if len(steps) == 1 and min(steps) > 0:
        return IntDistribution(found[0], found[-1], step=steps.pop())
    return CategoricalDistribution(found)


def _done(trial: FrozenTrial) -> Done:
    told = trial.user_attrs.get("figures")
    return Done(
        trial.number,
        dict(trial.params),
        Figures(**told) if told else None,
        trial.user_attrs.get("reason", ""),
        trial.user_attrs.get("excess"),
    )
