# Creates a deployment, reports its statuses and reads them with curl.
# shellcheck shell=bash
set -euo pipefail

deployments=$GITHUB_API/repos/octocat/example/deployments
call() {
    curl --silent --show-error --fail --header "Authorization: Bearer token" "$@"
}
id() {
    sed -n 's/^  "id": \([0-9]*\),$/\1/p' | head -1
}
expect() {
    [ "$1" = "$2" ] || { echo "expected $2, found $1" >&2; exit 1; }
}

deployment=$(call "$deployments" --data '{"ref": "main", "environment": "staging"}' | id)
for state in queued in_progress success; do
    status=$(call "$deployments/$deployment/statuses" --data "{\"state\": \"$state\"}" | id)
done
expect "$(call "$deployments/$deployment/statuses" | grep -c '"state"')" 3
call --compressed "$deployments/$deployment/statuses/$status" | grep -q '"state": "success"'

code() {
    curl --silent --output /dev/null --write-out '%{http_code}' --header "Authorization: Bearer token" "$@"
}
expect "$(code "$deployments/$deployment/statuses" --data '{"state": "done"}')" 422
expect "$(code "$deployments/$deployment/statuses/1")" 404

tag=$(curl --silent --head --header "Authorization: Bearer token" "$deployments/$deployment" |
    tr -d '\r' | sed -n 's/^etag: //p')
expect "$(code --header "If-None-Match: $tag" "$deployments/$deployment")" 304
