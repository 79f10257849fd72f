#!/usr/bin/env bash
# A deployment reported with curl alone.
set -euo pipefail

repo=$EMULATOR/repos/octocat/example
api() { curl --silent --show-error --header 'Authorization: Bearer token' "$@"; }
code() { api --output /dev/null --write-out '%{http_code}' "$@"; }
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
is() { [ "$2" = "$3" ] || { echo "$1 is $2 and not $3" >&2; exit 1; }; }

id=$(api "$repo/deployments" --data '{"ref": "main", "environment": "curl"}' | field id)
statuses=$repo/deployments/$id/statuses

for state in queued in_progress success; do
  is "the answer to $state" "$(code "$statuses" --data "{\"state\": \"$state\"}")" 201
done
is "the newest state" "$(api "$statuses?per_page=1" | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["state"])')" success
is "the answer to an unknown state" "$(code "$statuses" --data '{"state": "done"}')" 422
is "the answer to what is not JSON" "$(code "$statuses" --data 'state=success')" 400
is "the answer without a deployment" "$(code "$repo/deployments/1/statuses")" 404

etag=$(api --head --request GET "$statuses" | tr -d '\r' | sed -n 's/^etag: //Ip')
is "the answer to a known tag" "$(code "$statuses" --header "If-None-Match: $etag")" 304
