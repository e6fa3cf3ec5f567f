#!/bin/bash
# How many people start a training: a script around it. wrapped.sh HOW PYTHON WORDS...
how=$1; shift
echo "+ host $(uname -s), starting at $(date +%H:%M:%S)"
case $how in
  plain) "$@"; code=$?; echo "train.py exited with $code" >&2; exit $code ;;
  strict) set -euo pipefail; "$@" 2>&1 | cat ;;
  timeout) timeout 6 "$@"; exit $? ;;
  torchrun) python=$1; shift; "$python" -m torch.distributed.run --nproc-per-node 4 --master-port 29655 "$@" ;;
  ignore) "$@" || true; echo "cleaning up" ;;
  missing) train_gpt --config base.yaml "$@" ;;
esac
