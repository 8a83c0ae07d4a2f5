"""Reports: the answers of an experiment as a page that stands on its own."""

from sim.report.markdown import experiment_report

__all__ = ["experiment_report"]
