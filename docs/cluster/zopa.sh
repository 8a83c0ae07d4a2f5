#!/bin/bash
# An experiment on SLURM: sbatch zopa.sh my-experiment.yaml
# Lines to change: the resources, and the environment that zopa is installed in.
#SBATCH --job-name=zopa
#SBATCH --ntasks=32
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --output=zopa-%j.log

set -euo pipefail
experiment=${1:?usage: sbatch zopa.sh EXPERIMENT.yaml}
source "${ZOPA_ENVIRONMENT:-$HOME/zopa/.venv}/bin/activate"

# One thread for each worker, and memory that goes back to the system.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1
export MALLOC_TRIM_THRESHOLD_=65536

# A port of this job's own, so that two jobs on one node do not meet.
port=$((20000 + SLURM_JOB_ID % 20000))
address="tcp://$(hostname):$port"

dask scheduler --port "$port" --no-dashboard &
scheduler=$!
srun --kill-on-bad-exit=0 \
  dask worker "$address" --nthreads 1 --nworkers 1 --no-dashboard \
  --local-directory "${TMPDIR:-/tmp}" --death-timeout 300 &
workers=$!
trap 'kill $workers $scheduler 2>/dev/null || true' EXIT

# The scheduler needs a moment; after that zopa itself waits a minute for the first worker.
for _ in $(seq 60); do
  if (exec 3<>"/dev/tcp/$(hostname)/$port") 2>/dev/null; then break; fi
  sleep 1
done

# With nothing there this starts afresh; after a time limit, submit again and it goes on.
zopa run "$experiment" --cluster "$address" --resume
