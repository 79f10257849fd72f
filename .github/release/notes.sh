#!/usr/bin/env bash
# Prints the section of CHANGELOG.md about one version.
#
#   .github/release/notes.sh 0.1.0
set -euo pipefail
awk -v heading="## [$1]" '
    /^## / { is_wanted = index($0, heading) == 1; next }
    /^\[[^]]*\]: / { next }
    is_wanted
' "$(dirname "$0")/../../CHANGELOG.md"
