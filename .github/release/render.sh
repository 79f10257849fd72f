#!/usr/bin/env bash
# Adds the installers, the Homebrew formula and the checksums to a folder of release archives.
#
#   .github/release/render.sh https://github.com/OWNER/NAME 0.1.0 FOLDER
set -euo pipefail
address=$1
version=$2
templates=$(cd "$(dirname "$0")" && pwd)
cd "$3"

sum_of() {
    sha256sum "deploystatus-$1.tar.gz" | cut -d ' ' -f 1
}
substitutions=(
    -e "s|@HOMEPAGE@|$address|g"
    -e "s|@VERSION@|$version|g"
    -e "s|@DOWNLOAD_URL@|$address/releases/download/v$version|g"
)
for target in {aarch64,x86_64}-{apple-darwin,unknown-linux-musl}; do
    sum=$(sum_of "$target")
    substitutions+=(-e "s|@SHA256:$target@|$sum|g")
done
for file in install.sh install.ps1 deploystatus.rb; do
    sed "${substitutions[@]}" "$templates/$file" >"$file"
done
rm -f SHA256SUMS
sums=$(sha256sum -- *)
echo "$sums" >SHA256SUMS
