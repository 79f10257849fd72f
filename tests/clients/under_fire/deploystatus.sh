# Creates a status or lists all statuses with the command of this project, whose path is the first argument.
# shellcheck shell=bash

report() {
    "$1" create success --deployment "$DEPLOYMENT" --description Deployed --jsonl --quiet
}
list() {
    "$1" list --all --deployment "$DEPLOYMENT" --jsonl --quiet
}

if output=$("$2" "$1" 2>&1); then
    statuses=$(printf '%s\n' "$output" | sed 's/^{"id":\([0-9]*\),.*"state":"\([^"]*\)",.*/\1:\2/')
    echo ok "${statuses//$'\n'/ }"
else
    # The kind, the message and the advice, without the JSON around them.
    printf '%s\n' "$output" | sed -e 's/^{"error":"\([a-z_]*\)",.*"message":"/error \1: /' -e 's/","help":"/ /' \
        -e 's/","request_id":.*//' -e 's/"}$//' -e 's/\\n/ /g' -e 's/\\"/"/g'
fi
