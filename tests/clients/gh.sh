# A deployment and its statuses with `gh api`.
set -euo pipefail

export GH_TOKEN=token GH_CONFIG_DIR
GH_CONFIG_DIR=$(mktemp -d)
trap 'rm -r "$GH_CONFIG_DIR"' EXIT

deployments=$GITHUB_API/repos/octocat/example/deployments
ask() {
    gh api --header "Authorization: Bearer token" "$@"
}
expect() {
    [ "$1" = "$2" ] || { echo "expected $2, found $1" >&2; exit 1; }
}

deployment=$(ask "$deployments" --raw-field ref=main --raw-field environment=staging --jq .id)
for state in queued in_progress success; do
    ask "$deployments/$deployment/statuses" --raw-field state=$state --silent
done
listed=$(ask --paginate "$deployments/$deployment/statuses?per_page=1" --jq '.[].state')
expect "$(echo $listed)" "success in_progress queued"
! ask "$deployments/$deployment/statuses" --raw-field state=done --silent 2>/dev/null
