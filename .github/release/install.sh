#!/bin/sh
# Installs the command `deploystatus` @VERSION@ for Linux or macOS.
#
# Environment:
#   DEPLOYSTATUS_INSTALL_DIR   directory of the command [default: ~/.local/bin]
#   DEPLOYSTATUS_DOWNLOAD_URL  URL of the folder with the archives [default: @DOWNLOAD_URL@]
set -eu

fail() {
    echo "error: $*" >&2
    exit 1
}

target() {
    case "$(uname -s) $(uname -m)" in
        "Linux x86_64") echo x86_64-unknown-linux-musl ;;
        "Linux aarch64" | "Linux arm64") echo aarch64-unknown-linux-musl ;;
        "Darwin x86_64") echo x86_64-apple-darwin ;;
        "Darwin arm64") echo aarch64-apple-darwin ;;
        *) fail "no archive for $(uname -s) on $(uname -m); use \`cargo install deploystatus-cli --locked\`" ;;
    esac
}

download() {
    if command -v curl >/dev/null; then
        curl --fail --silent --show-error --location --proto-redir =https --output "$2" "$1"
    elif command -v wget >/dev/null; then
        wget -q -O "$2" "$1"
    else
        fail "neither curl nor wget is installed"
    fi
}

verify() {
    if command -v sha256sum >/dev/null; then
        grep " [ *]$1\$" SHA256SUMS | sha256sum -c - >/dev/null
    else
        grep " [ *]$1\$" SHA256SUMS | shasum -a 256 -c - >/dev/null
    fi || fail "checksum of $1 does not match SHA256SUMS"
}

# A function, so that nothing is run if this file is received in part only.
main() {
    url=${DEPLOYSTATUS_DOWNLOAD_URL:-@DOWNLOAD_URL@}
    directory=${DEPLOYSTATUS_INSTALL_DIR:-$HOME/.local/bin}
    folder=deploystatus-$(target)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT

    mkdir -p "$directory"
    directory=$(cd "$directory" && pwd)
    cd "$work"
    download "$url/$folder.tar.gz" "$folder.tar.gz"
    download "$url/SHA256SUMS" SHA256SUMS
    verify "$folder.tar.gz"
    tar -xzf "$folder.tar.gz"
    install -m 755 "$folder/deploystatus" "$directory/deploystatus"

    echo "installed $directory/deploystatus"
    case ":$PATH:" in
        *":$directory:"*) ;;
        *) echo "note: $directory is not in PATH" ;;
    esac
}
main
