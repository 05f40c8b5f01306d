#!/usr/bin/env bash
# From nothing to predictions: fetches the digits, trains the branches of a model and joins them by their product, measures it on the
# test pairs, writes a report and the leaderboard file. Made for `make demo`, which builds `duet` first. Replaces an earlier runs/demo.
# MODEL is the model, the paper's Model 2 unless given.
set -euo pipefail
cd "$(dirname "$0")/.."

duet=.build/release/duet
data=data/digits
run=runs/demo
model=${MODEL:-model-2}

# Shows a command as one could type it, then runs it.
show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

# The model that comes with Duet, before anything is trained.
show "$duet" predict --image examples/seven.png --audio examples/seven.wav
if [ ! -e "$data" ]; then
    show "$duet" data fetch digits --output "$data"
fi
# docs/fusion.md says why each branch is trained by itself, and what the paper's fusion would reach.
recipe=(--fusion product --schedule staged --augment standard --batch-size 64 --learning-rate 0.002 --learning-rate-schedule one-cycle)
show "$duet" train --data "$data" --model "$model" "${recipe[@]}" --branch-epochs image=2,audio=30 --output "$run" --force
show "$duet" evaluate --model "$run/model.safetensors" --data "$data"
show "$duet" predict --model "$run/model.safetensors" --data "$data" --output "$run/predictions.csv" --force

cat <<EOF

Done in $((SECONDS / 60)) min $((SECONDS % 60)) s. The run is in $run: settings, history, metrics, model, predictions, report.
Try next:
  $duet summary $model
  $duet train --data $data --model $model ${recipe[*]} --branch-epochs image=6,audio=100 --keep last --output runs/longer
  $duet compare --data $data --epochs 3
Look at what it learned:
  $PWD/$run/report.html
EOF
