#!/usr/bin/env bash
# Three processes share a search, and one after another is killed, KILLS times (default 50); the table that comes out must be that
# of one process that nobody disturbs. For both kinds of search, or for one of them: scripts/search-kills.sh [KILLS] [exhaustive|tpe]
# A trial lasts a second or two and a process half of one until it trains, so trials are killed every few seconds, parts of networks more often.
set -euo pipefail
cd "$(dirname "$0")/.."

kills=${1:-50}
duet=$PWD/.build/release/duet
data=$PWD/data/digits
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cat >"$folder/space.yaml" <<'EOF'
name: kills
branches:
  - modality: audio
    layers:
      - Conv1D: {filters: [4, 6, 8, 10], kernel: [3, 5], activation: relu}
      - BatchNormalization
      - MaxPooling1D: {pool: 4}
      - Flatten
      - Dense: {units: $classes, activation: softmax}
  - modality: image
    layers:
      - MaxPooling2D
      - Conv2D: {filters: [4, 6, 8, 10], kernel: 3, activation: relu}
      - Flatten
      - optional: [Dense: {units: [16, 32], activation: relu}]
      - Dense: {units: $classes, activation: softmax}
heads:
  - fusion: [product, average]
  - fusion: concatenate
    layers: [Dense: {units: [8, 16], activation: relu}, Dense: {units: $classes, activation: softmax}]
EOF
settings=(--data "$data" --space "$folder/space.yaml" --schedule staged --limit 600 --epochs 1 --branch-epochs audio=3 --folds 2)

# Starts a process on the study, in the background.
join_in() {
    "$duet" search --resume --output "$1" --jobs 1 --quiet >/dev/null 2>>"$folder/errors" &
}

# check KIND LONGEST-PAUSE ARGUMENTS…
check() {
    local kind=$1 longest=$2
    shift 2
    "$duet" search "${settings[@]}" "$@" --output "$folder/$kind-alone" --jobs 1 --quiet >/dev/null
    # Made, and stopped at once.
    "$duet" search "${settings[@]}" "$@" --output "$folder/$kind-killed" --jobs 1 --quiet >/dev/null 2>&1 &
    local first=$! done=0
    until "$duet" search show "$folder/$kind-killed" >/dev/null 2>&1; do sleep 0.05; done
    kill -KILL $first 2>/dev/null || true
    wait $first 2>/dev/null || true
    local workers=() missed=0
    for _ in 1 2 3; do join_in "$folder/$kind-killed"; workers+=($!); done
    # A process that is gone already has found nothing left to do.
    while [ $done -lt "$kills" ] && [ $missed -lt 10 ]; do
        sleep "$(awk -v most="$longest" -v share="$RANDOM" 'BEGIN { print most * (0.1 + 0.9 * share / 32767) }')"
        local victim=$((RANDOM % 3))
        if kill -KILL "${workers[$victim]}" 2>/dev/null; then
            done=$((done + 1)) missed=0
        else
            missed=$((missed + 1))
        fi
        wait "${workers[$victim]}" 2>/dev/null || true
        join_in "$folder/$kind-killed"
        workers[victim]=$!
    done
    wait
    "$duet" search --resume --output "$folder/$kind-killed" --jobs 2 --quiet >/dev/null
    for study in alone killed; do
        "$duet" search export "$folder/$kind-$study" --output "$folder/$kind-$study.csv"
    done
    cmp "$folder/$kind-alone.csv" "$folder/$kind-killed.csv"
    echo "$kind: the same table of $(($(wc -l <"$folder/$kind-alone.csv") - 1)) networks after $done kills"
}

case ${2:-both} in both | exhaustive) check exhaustive 1 ;; esac
# As many random trials are beside.
case ${2:-both} in both | tpe) check tpe 5 --strategy tpe --trials "$kills" ;; esac
