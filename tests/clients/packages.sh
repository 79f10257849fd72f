# shellcheck shell=bash disable=SC2034
# Versions and installation of the other clients. Sourced by `run` and `under-fire`.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.." || exit
work=${CARGO_TARGET_DIR:-target}/clients
mkdir -p "$work"
work=$(cd "$work" && pwd)
# Cargo's output folder for this workspace.
built=$(dirname "$work")/debug

octokit_rest=@octokit/rest@22.0.1
octokit=octokit@5.0.5
octokit_webhooks=@octokit/webhooks@14.2.0
openapi_webhooks=@octokit/openapi-webhooks@12.1.0
ajv=(ajv@8.20.0 ajv-formats@3.0.1)
pygithub=PyGithub==2.10.0
githubkit=githubkit==0.16.1
github3=github3.py==4.0.1
gidgethub=gidgethub==6.0.0
ghapi=ghapi==2.1.4
octocrab=octocrab@$(sed -n 's/^octocrab = .*version = "=\([^"]*\)".*/\1/p' "$here/octocrab/Cargo.toml")
octorust=octorust@$(sed -n 's/^octorust = "=\(.*\)"$/\1/p' "$here/octorust/Cargo.toml")

has() {
    command -v "$1" >/dev/null || { echo "$1 is not installed" >&2 && return 77; }
}

# npm_package PROGRAM PACKAGE…: installs the packages, copies the program beside them and prints the path of the copy.
npm_package() {
    has npm || return
    local folder=$work/$2
    npm install --silent --no-audit --no-fund --prefix "$folder" "${@:2}" >&2 || return
    cp "$here/$1" "$folder/"
    echo "$folder/$(basename "$1")"
}

# python_packages PACKAGE…: installs the packages into a virtual environment and prints the path of its interpreter.
python_packages() {
    has python3 || return
    local folder=$work/$1
    [ -d "$folder" ] || python3 -m venv "$folder" >&2 || return 77
    "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2 || return
    echo "$folder/bin/python"
}

# debian_package PROGRAM PACKAGE: checks that the program and the package of Debian are installed.
debian_package() {
    has "$1" || return
    dpkg --status "$2" >/dev/null 2>&1 || { echo "$2 is not installed" >&2 && return 77; }
}

# cargo_package FOLDER PROGRAM: builds the package in a folder beside this file and prints the path of its program.
cargo_package() {
    local folder=$work/$1
    cargo build --quiet --manifest-path "$here/$1/Cargo.toml" --target-dir "$folder" --bin "$2" >&2 || return
    echo "$folder/debug/$2"
}
