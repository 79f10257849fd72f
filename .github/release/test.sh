#!/usr/bin/env bash
# Tests the archive and the shell installer of a Linux build, with a server on loopback in place of GitHub,
# and the conditions of a release.
#
#   .github/release/test.sh x86_64-unknown-linux-musl target/x86_64-unknown-linux-musl/release/deploystatus
set -euo pipefail
target=$1
command=$2
scripts=$(cd "$(dirname "$0")" && pwd)

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -r "$work"' EXIT
assets=$work/assets
"$scripts/package.sh" "$target" "$command" "$assets"

# The formula needs the checksums of all archives. Those of the other targets are not installed here.
for other in {aarch64,x86_64}-{apple-darwin,unknown-linux-musl}; do
    [ "$other" = "$target" ] || echo "$other" >"$assets/deploystatus-$other.tar.gz"
done
"$scripts/render.sh" https://github.com/octocat/example 0.0.0 "$assets"
if grep --line-number '@[A-Z]' "$assets"/install.* "$assets/deploystatus.rb"; then
    echo "error: a placeholder was not replaced" >&2
    exit 1
fi

python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$assets" >"$work/server" 2>&1 &
server=$!
until port=$(sed -n 's/^Serving HTTP on .* port \([0-9]*\) .*/\1/p' "$work/server") && [ -n "$port" ]; do
    kill -0 "$server"
    sleep 0.1
done

install() {
    DEPLOYSTATUS_DOWNLOAD_URL=http://127.0.0.1:$port DEPLOYSTATUS_INSTALL_DIR=$work/bin sh "$assets/install.sh"
}
install
"$work/bin/deploystatus" --version
for page in man/deploystatus.1 man/deploystatus-run.1 completions/_deploystatus LICENSE-MIT README.md; do
    tar -xzOf "$assets/deploystatus-$target.tar.gz" "deploystatus-$target/$page" | grep --quiet .
done

echo "an altered archive" >>"$assets/deploystatus-$target.tar.gz"
if install; then
    echo "error: an altered archive was installed" >&2
    exit 1
fi
# A package of version 1.2.3, whose repository is given.
checkout=$work/checkout
mkdir -p "$checkout/.github/release" "$checkout/src"
cp "$scripts/check.sh" "$checkout/.github/release/"
touch "$checkout/src/lib.rs"
echo "## [1.2.3] - 2026-01-31" >"$checkout/CHANGELOG.md"
can_release() {
    printf '[package]\nname = "deploystatus"\nversion = "1.2.3"\nrepository = "%s"\n' "$1" >"$checkout/Cargo.toml"
    (cd "$checkout" && cargo generate-lockfile --offline)
    "$checkout/.github/release/check.sh" "$2" https://github.com/octocat/example
}
can_release https://github.com/octocat/example v1.2.3
for refused in " v1.2.3" "https://github.com/octocat/other v1.2.3" "https://github.com/octocat/example v1.2.4"; do
    if can_release "${refused% *}" "${refused#* }"; then
        echo "error: a release was accepted with repository and tag \"$refused\"" >&2
        exit 1
    fi
done
echo "the archive, the installer and the conditions of a release work"
