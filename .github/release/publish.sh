#!/usr/bin/env bash
# Publishes the crates of this workspace, except those whose version is in the registry already.
# Cargo finds the order and waits until each crate can be used by the next one.
set -euo pipefail
cd "$(dirname "$0")/../.."

is_published() {
    # Outside of the workspace, because `cargo info` prefers the crates of a workspace.
    (cd "${RUNNER_TEMP:-/tmp}" && cargo info --quiet "$1" >/dev/null 2>&1)
}

missing=()
excluded=()
while read -r name version is_private; do
    if [ "$is_private" = true ]; then
        excluded+=(--exclude "$name")
    elif is_published "$name@$version"; then
        echo "$name $version is published already"
        excluded+=(--exclude "$name")
    else
        missing+=("$name")
    fi
done < <(
    cargo metadata --no-deps --format-version 1 --locked |
        jq --raw-output '.packages[] | "\(.name) \(.version) \(.publish == [])"'
)

if [ ${#missing[@]} -eq 0 ]; then
    echo "all crates are published"
else
    echo "publishing ${missing[*]}"
    cargo publish --workspace "${excluded[@]}" --locked "$@"
fi
