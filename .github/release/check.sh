#!/usr/bin/env bash
# Checks that a tag can be released: the version, the date in the changelog and the address of the repository.
#
#   .github/release/check.sh v0.1.0 https://github.com/OWNER/NAME
set -euo pipefail
tag=$1
address=$2
cd "$(dirname "$0")/../.."

fail() {
    echo "error: $*" >&2
    exit 1
}

of_library() {
    cargo metadata --no-deps --format-version 1 --locked |
        jq --raw-output ".packages[] | select(.name == \"deploystatus\") | .$1 // \"\""
}
version=$(of_library version)
repository=$(of_library repository)

[ "$tag" = "v$version" ] ||
    fail "tag $tag does not match version $version in Cargo.toml; expected v$version"
grep --quiet --extended-regexp "^## \[${version//./\\.}\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md ||
    fail "CHANGELOG.md has no heading \"## [$version] - YYYY-MM-DD\""
[ -n "$repository" ] ||
    fail "repository is empty in Cargo.toml; set it to \"$address\" under [workspace.package]"
[ "$repository" = "$address" ] ||
    fail "repository is \"$repository\" in Cargo.toml, but this workflow runs in $address"
echo "$tag can be released"
