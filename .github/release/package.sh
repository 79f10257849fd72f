#!/usr/bin/env bash
# Writes the release archive of one target: the command, manual pages, shell completions, licences and documents.
#
#   .github/release/package.sh x86_64-unknown-linux-musl target/x86_64-unknown-linux-musl/release/deploystatus FOLDER
#
# The command is run to print its manual pages and completions, so it must be built for this machine.
set -euo pipefail
target=$1
command=$2
mkdir -p "$3"
output=$(cd "$3" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
folder=$work/deploystatus-$target
mkdir -p "$folder/man" "$folder/completions"

cp "$command" "$folder/"
cp "$root"/LICENSE-* "$root/CHANGELOG.md" "$folder/"
cp "$root/crates/deploystatus-cli/README.md" "$folder/README.md"

"$command" man >"$folder/man/deploystatus.1"
for subcommand in create list get latest wait run timeline flush doctor emulator demo completions man; do
    "$command" man "$subcommand" >"$folder/man/deploystatus-$subcommand.1"
done
"$command" completions bash >"$folder/completions/deploystatus.bash"
"$command" completions elvish >"$folder/completions/deploystatus.elv"
"$command" completions fish >"$folder/completions/deploystatus.fish"
"$command" completions powershell >"$folder/completions/_deploystatus.ps1"
"$command" completions zsh >"$folder/completions/_deploystatus"

cd "$work"
case $target in
    *-windows-*) 7z a -bd "$output/deploystatus-$target.zip" "deploystatus-$target" >/dev/null ;;
    *) tar -czf "$output/deploystatus-$target.tar.gz" "deploystatus-$target" ;;
esac
