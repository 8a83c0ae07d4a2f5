"""Experiments: what varies, what is computed for every case, and the tables that come out."""

from sim.experiment.design import Case, Experiment
from sim.experiment.run import Finished, run_case

__all__ = ["Case", "Experiment", "Finished", "run_case"]
