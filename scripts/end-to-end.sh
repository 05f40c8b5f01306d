#!/usr/bin/env bash
# Runs the command on real digits, as a user would: fetch, train, stop, resume, evaluate, predict, and a few refusals.
# What it writes is checked with Python, by other means than Duet's. Leaves nothing behind but pip's downloads, which
# `duet` keeps. DUET_TEST_PYTHON names a Python with numpy and safetensors.
set -euo pipefail
cd "$(dirname "$0")/.."

duet=$PWD/.build/release/duet
python=${DUET_TEST_PYTHON:-python3}
work=$(mktemp -d "${TMPDIR:-/tmp}/duet-end-to-end.XXXXXX")
training=
cleanup() {
    if [ -n "$training" ]; then kill -KILL "$training" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

data=$work/digits
run=$work/run
model=$run/model.safetensors

fail() {
    echo "end-to-end: $*" >&2
    exit 1
}

step() {
    echo "end-to-end: $* (after $SECONDS s)"
}

# expect STATUS COMMAND...: the command must end with this status.
expect() {
    local expected=$1 status=0
    shift
    "$@" </dev/null 2>"$work/errors" >"$work/output" || status=$?
    [ "$status" -eq "$expected" ] || {
        cat "$work/output" "$work/errors" >&2
        fail "'$*' ended with $status, expected $expected"
    }
}

# Waits for a file, as long as the training runs that is to write it.
wait_for_file() {
    until [ -f "$1" ]; do
        kill -0 "$training" 2>/dev/null || fail "the training ended without writing $1"
        sleep 0.1
    done
}

step "fetching the digits"
expect 0 "$duet" data fetch digits --output "$data" --quiet
expect 73 "$duet" data fetch digits --output "$data" --quiet

# Small batches: batch normalization's moving statistics need a few hundred steps before a model is any good.
step "training Model 2 on 4,000 examples, stopped after its first epoch"
"$duet" train --data "$data" --model model-2 --limit 4000 --batch-size 16 --epochs 2 --seed 1 --output "$run" --quiet \
    </dev/null 2>"$work/errors" &
training=$!
wait_for_file "$run/history.csv"
kill -TERM "$training"
status=0
wait "$training" || status=$?
training=
[ "$status" -eq 130 ] || fail "an interrupted training ended with $status, expected 130: $(cat "$work/errors")"

step "resuming it"
expect 73 "$duet" train --data "$data" --output "$run" --quiet
expect 64 "$duet" train --resume --output "$run" --epochs 3 --quiet
expect 0 "$duet" train --resume --output "$run" --quiet
for file in config.yaml history.csv metrics.json model.safetensors report.html figures/embedding-all.svg; do
    [ -s "$run/$file" ] || fail "the run folder has no $file"
done
[ "$(wc -l <"$run/history.csv")" -eq 3 ] || fail "history.csv does not hold a header and two epochs"

step "evaluating and predicting"
expect 0 "$duet" evaluate --model "$model" --data "$data" --json --quiet
cp "$work/output" "$work/evaluation.json"
expect 0 "$duet" predict --model "$model" --data "$data" --output "$work/predictions.csv" --quiet
expect 0 "$duet" predict --model "$model" --images "$data/data_wr_test.npy" --audio "$data/data_sp_test.npy" \
    --output "$work/from-arrays.csv" --quiet
cmp "$work/predictions.csv" "$work/from-arrays.csv" || fail "a folder and its arrays get different predictions"

expect 0 "$duet" predict --model "$model" --image Tests/Fixtures/images/seven.png
head -1 "$work/output" | grep -q ', probability 0\.' || fail "a picture gets no label: $(head -1 "$work/output")"

step "refusing what makes no sense"
expect 73 "$duet" predict --model "$model" --data "$data" --output "$work/predictions.csv" --quiet
expect 66 "$duet" evaluate --model "$work/nothing.safetensors" --data "$data"
expect 66 "$duet" train --data "$work/nothing" --output "$work/other"
expect 65 "$duet" evaluate --model "$data/data_wr_test.npy" --data "$data"
expect 64 "$duet" train --data "$data" --epochs none --output "$work/other"
[ ! -e "$work/other" ] || fail "a training that was refused left a run folder"

step "checking the files with NumPy and safetensors"
"$python" scripts/check_run.py "$model" "$work/evaluation.json" "$work/predictions.csv" "$data"
step "all is well"
