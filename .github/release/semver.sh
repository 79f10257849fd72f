#!/usr/bin/env bash
# Compares the public interface of each library with its newest published version.
# Libraries that were never published are skipped, and so is the generated crate, which is internal.
set -euo pipefail
cd "$(dirname "$0")/../.."

libraries=()
for library in deploystatus deploystatus-emulator; do
    # Outside of the workspace, because `cargo info` prefers the crates of a workspace.
    if (cd "${RUNNER_TEMP:-/tmp}" && cargo info --quiet "$library" >/dev/null 2>&1); then
        libraries+=(--package "$library")
    else
        echo "skipped $library: it was never published"
    fi
done

if [ ${#libraries[@]} -gt 0 ]; then
    cargo install --locked cargo-semver-checks@0.51.0
    cargo semver-checks "${libraries[@]}"
fi
