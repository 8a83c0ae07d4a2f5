"""The speed claims, all of them: ``python -m benchmarks``."""

from benchmarks import comparison, solvers

comparison.main()
solvers.main()
