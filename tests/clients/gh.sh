#!/usr/bin/env bash
# A deployment reported and read with GitHub's own command line.
#
# It calls only https, but for a host called github.localhost, and finds the emulator there by taking it for a proxy.
set -euo pipefail

export HTTP_PROXY=$EMULATOR http_proxy=$EMULATOR GH_HOST=github.localhost GH_TOKEN=token GH_ENTERPRISE_TOKEN=token
is() { [ "$2" = "$3" ] || { echo "$1 is $2 and not $3" >&2; exit 1; }; }

deployments=repos/octocat/example/deployments
id=$(gh api $deployments -f ref=main -f environment=gh --jq .id)
statuses=$deployments/$id/statuses

is "the created state" "$(gh api "$statuses" -f state=in_progress -f log_url=https://ci.example/runs/7 --jq .state)" in_progress
is "the created state" "$(gh api "$statuses" -f state=success --jq .state)" success
is "the list" "$(gh api --paginate "$statuses?per_page=1" --jq '.[].state' | tr '\n' ' ')" "success in_progress "
refused=$(gh api "$statuses" -f state=done 2>&1 >/dev/null || true)
is "the refusal" "$refused" "gh: Validation Failed (HTTP 422)"
