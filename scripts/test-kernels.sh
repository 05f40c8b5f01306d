#!/usr/bin/env bash
# Compiles the kernels and the program that checks them against plain loops, and runs it.
# Usage: test-kernels.sh          with Swift's clang, for this processor
#        test-kernels.sh arm64    with Debian's cross compiler, under qemu
set -euo pipefail
cd "$(dirname "$0")/.."

folder=.build-kernels/${1:-native}
compiler=(clang++)
runner=()
link=()
if [ "${1:-}" = arm64 ]; then
    if ! command -v aarch64-linux-gnu-g++ >/dev/null || ! command -v qemu-aarch64 >/dev/null; then
        as_root=()
        [ "$(id -u)" -eq 0 ] || as_root=(sudo)
        echo "test-arm64: installing g++-aarch64-linux-gnu and qemu-user"
        "${as_root[@]}" apt-get update -qq
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            g++-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user </dev/null
    fi
    compiler=(aarch64-linux-gnu-g++)
    runner=(qemu-aarch64)
    link=(-static)
fi

mkdir -p "$folder"
# Kernels for t-SNE have their tests in Swift; here it is enough that they compile.
sources=(Sources/CNetworkKernels/*.cpp Sources/CNetworkKernels/sets/*.cpp Sources/CParallel/*.cpp Sources/CEmbeddingKernels/*.cpp
    Sources/CFeatureKernels/*.cpp Tests/Kernels/*.cpp)
flags=(-O2 -std=c++17 -Wall -Wextra -Werror -pthread -ISources/CNetworkKernels/include -ISources/CParallel/include
    -ISources/CEmbeddingKernels/include -ISources/CFeatureKernels/include)
objects=()
for source in "${sources[@]}"; do objects+=("$folder/${source//\//_}.o"); done
export COMPILER="${compiler[0]}" FLAGS="${flags[*]}"
for index in "${!sources[@]}"; do printf '%s\0%s\0' "${sources[index]}" "${objects[index]}"; done |
    xargs -0 -n 2 -P "$(nproc)" sh -c '
        source=$1 object=$2; shift 2
        # A header may have changed: recompile what is older than any of them.
        if [ -e "$object" ] && [ -z "$(find Sources/CNetworkKernels Sources/CParallel Sources/CEmbeddingKernels Sources/CFeatureKernels Tests/Kernels \
            -newer "$object" -print -quit)" ]; then exit 0; fi
        exec "$COMPILER" $FLAGS -c "$source" -o "$object"' sh 2>&1 || exit 1
"${compiler[@]}" "${link[@]}" "${objects[@]}" -pthread -o "$folder/kernel-tests"
exec "${runner[@]}" "$folder/kernel-tests"
