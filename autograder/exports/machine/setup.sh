#!/usr/bin/env bash
# Run once by Gradescope, as root, when the autograder's image is built.
set -euo pipefail
source_folder="$(cd "$(dirname "$0")" && pwd)"

apt-get update -qq
apt-get install -y -qq --no-install-recommends bubblewrap || echo "no bubblewrap here: kernel filters hold alone"
python=""
for version in 3.13 3.12 3.11; do
  if apt-get install -y -qq --no-install-recommends "python$version" "python$version-venv"; then
    python="python$version"
    break
  fi
done
[ "$python" ] || { echo "no Python 3.11 or newer in this base image: choose a newer one" >&2; exit 1; }

# The packages alone: the kit itself, with the answers, is never installed where others can read.
"$python" -m venv /opt/bptt
/opt/bptt/bin/pip install --quiet --constraint "$source_folder/constraints.txt" --requirement "$source_folder/requirements.txt"
