#!/usr/bin/env bash
# Runs the server's tests under ThreadSanitizer and AddressSanitizer, or those that are named: scripts/sanitize.sh thread
set -euo pipefail
cd "$(dirname "$0")/.."
export DUET_TESTS=DuetServerTests

for sanitizer in ${*:-thread address}; do
    build=(-c release --sanitize="$sanitizer" --scratch-path ".build-$sanitizer")
    swift build "${build[@]}" --build-tests
    # A server under a sanitizer is some ten times slower; what the tests wait for is bounded generously.
    swift test "${build[@]}" --skip-build --disable-xctest --no-parallel
done
echo "No findings."
