#!/usr/bin/env bash
# Makes a Python environment with the packages of a requirements file, unless it is there already with just those.
# Usage: make-venv.sh FOLDER REQUIREMENTS
set -euo pipefail

folder=$1
requirements=$2
made_from=$folder/made-from.txt # written last: without it, the environment is not finished

if cmp --silent "$requirements" "$made_from"; then
    exit 0
fi
echo "Making $folder with the packages of $requirements"
python3 -m venv --clear "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" </dev/null
cp "$requirements" "$made_from"
