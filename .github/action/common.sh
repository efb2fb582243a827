# What the scripts of the action share. Sourced, never run.
# shellcheck shell=bash

# One line of a workflow command, as GitHub's runner turns it back: text in it cannot end it.
escaped() {
    local text=$1
    text=${text//\%/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    printf '%s' "$text"
}

# Ends the step, and with it the job, with what is wrong: nothing was decided.
fail() {
    printf '::error title=lockgate::%s\n' "$(escaped "$1")"
    exit 2
}

# Hands over an output of the step. A value of several lines could hand over others.
hand_over() {
    case $2 in
    *$'\n'* | *$'\r'*) fail "the output \`$1\` has several lines" ;;
    esac
    printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"
}

# A folder of this run alone. Windows writes it with backslashes, which bash takes for something else.
new_folder() {
    local temporary=${RUNNER_TEMP//\\//}
    mktemp -d "$temporary/lockgate-XXXXXX"
}
