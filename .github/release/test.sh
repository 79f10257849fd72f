#!/usr/bin/env bash
# Tests the archive and the shell installer of a Linux build, with a server on loopback in place of GitHub.
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
echo "the archive and the installer work"
