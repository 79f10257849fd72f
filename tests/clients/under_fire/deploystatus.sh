# Reports or lists with this project's command; the first argument says where it is.

report() {
    "$1" create success --deployment "$DEPLOYMENT" --description Deployed --jsonl
}
list() {
    "$1" list --all --deployment "$DEPLOYMENT" --jsonl
}

if said=$("$2" "$1" 2>&1); then
    echo ok $(echo "$said" | sed 's/^{"id":\([0-9]*\),.*"state":"\([^"]*\)",.*/\1:\2/')
else
    # The word, the message and the hint, without the JSON around them.
    echo "$said" | sed -e 's/^{"error":"\([a-z_]*\)",.*"message":"/error \1: /' -e 's/","hint":"/ /' \
        -e 's/","request_id":.*//' -e 's/"}$//' -e 's/\\n/ /g' -e 's/\\"/"/g'
fi
