#!/usr/bin/env bash
# Brings oneDNN 3.x, headers and library, for the tests against it: Debian 12 has only 2.x.
# Usage: fetch-onednn3.sh FOLDER
set -euo pipefail

folder=$1
version=2023.2.0 # oneDNN 3.2; the packages count otherwise
complete=$folder/version.txt # written last: without it, the folder is not finished

if [ "$(cat "$complete" 2>/dev/null)" = "$version" ]; then
    exit 0
fi
echo "Fetching oneDNN 3.2 into $folder"
rm -rf "$folder"
mkdir -p "$folder/wheels"
python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$folder/wheels" \
    "onednn-cpu-gomp==$version" "onednn-devel-cpu-gomp==$version" </dev/null
for wheel in "$folder"/wheels/*.whl; do
    python3 -m zipfile --extract "$wheel" "$folder/unpacked"
done
# A wheel cannot hold links: the library lies in it under three names, of which the linker and the loader need two.
mkdir "$folder/lib"
mv "$folder"/unpacked/onednn_devel_*.data/data/include "$folder/include"
mv "$folder"/unpacked/onednn_cpu_*.data/data/lib/libdnnl.so.3 "$folder/lib/"
ln -s libdnnl.so.3 "$folder/lib/libdnnl.so"
rm -r "$folder/wheels" "$folder/unpacked"
echo "$version" >"$complete"
