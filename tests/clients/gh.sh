# Creates a deployment, reports its statuses and reads them with `gh api`.
# shellcheck shell=bash
set -euo pipefail

export GH_TOKEN=token GH_CONFIG_DIR
GH_CONFIG_DIR=$(mktemp -d)
trap 'rm -r "$GH_CONFIG_DIR"' EXIT

deployments=$GITHUB_API/repos/octocat/example/deployments
call() {
    gh api --header "Authorization: Bearer token" "$@"
}
expect() {
    [ "$1" = "$2" ] || { echo "expected $2, found $1" >&2; exit 1; }
}

deployment=$(call "$deployments" --raw-field ref=main --raw-field environment=staging --jq .id)
for state in queued in_progress success; do
    call "$deployments/$deployment/statuses" --raw-field "state=$state" --silent
done
listed=$(call --paginate "$deployments/$deployment/statuses?per_page=1" --jq '.[].state')
expect "${listed//$'\n'/ }" "success in_progress queued"
if call "$deployments/$deployment/statuses" --raw-field state=done --silent 2>/dev/null; then
    echo "an unknown state was accepted" >&2
    exit 1
fi
