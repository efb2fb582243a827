#!/usr/bin/env bash
# Runs `lockgate check` once, and hands over what it says: summary, annotations, outputs. It ends with 0 whatever
# the verdict is, so that the steps behind it still run; the last step of the action ends with lockgate's code.
set -euo pipefail

# shellcheck source=.github/action/common.sh
. "${GITHUB_ACTION_PATH//\\//}/.github/action/common.sh"

# Whether a switch is on. A typing error must not open the gate.
is_on() {
    case $2 in
    true) return 0 ;;
    false | "") return 1 ;;
    *) fail "the input \`$1\` is \`$2\`: write true or false" ;;
    esac
}

# An option of lockgate whose value is an input, if there is one.
option() {
    if [ -n "$2" ]; then
        arguments+=("$1=$2")
    fi
}

# The same once for each line of the input.
options() {
    local line
    while IFS= read -r line; do
        option "$1" "${line%$'\r'}"
    done <<< "$2"
}

# A report in a file that the workflow asked for. What lay there before is none of this run.
report_file() {
    case $2 in
    *$'\n'* | *$'\r'*) fail "the input \`$1-file\` has several lines" ;;
    esac
    if [ -n "$2" ]; then
        if [ -f "$2" ]; then rm -f -- "$2"; fi
        arguments+=("--report=$1=$2")
    fi
}

folder=$(new_folder)
arguments=(
    check
    --report=text
    "--report=outputs=$folder/outputs"
    "--report=markdown=$folder/report.md"
    "--report=github=$folder/annotations"
)
for report in sarif html json junit; do
    variable=INPUT_$(printf '%s' "$report" | tr '[:lower:]' '[:upper:]')_FILE
    report_file "$report" "${!variable}"
done
option --policy "$INPUT_POLICY"
option --db "$INPUT_DB"
options --vex "$INPUT_VEX"
if is_on offline "$INPUT_OFFLINE"; then arguments+=(--offline); fi
if is_on tickets "$INPUT_TICKETS"; then arguments+=(--tickets); fi
if is_on release "$INPUT_RELEASE"; then
    if is_on tickets "$INPUT_TICKETS"; then
        fail "the inputs \`release\` and \`tickets\` exclude each other: a release reads issues by itself and writes none"
    fi
    arguments+=(--release)
    options --subject "$INPUT_SUBJECT"
    report_file attestation "$INPUT_ATTESTATION_FILE"
else
    case $INPUT_BASE in
    event) arguments+=(--base-from-event) ;;
    none) ;;
    *) option --base "$INPUT_BASE" ;;
    esac
fi
case $INPUT_COMMENT in
never | "") ;;
on-failure | on-findings | always)
    arguments+=("--comment=$INPUT_COMMENT")
    option --comment-key "$INPUT_COMMENT_KEY"
    ;;
*) fail "the input \`comment\` is \`$INPUT_COMMENT\`: write never, on-failure, on-findings or always" ;;
esac
arguments+=(--)
while IFS= read -r path; do
    path=${path%$'\r'}
    if [ -n "$path" ]; then arguments+=("$path"); fi
done <<< "$INPUT_PATH"

# What lockgate says quotes lockfiles and advisories: until the token comes, the runner acts on no line of it.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
code=0
printf '::stop-commands::%s\n' "$token"
"$LOCKGATE" "${arguments[@]}" 2>&1 || code=$?
printf '\n::%s::\n' "$token"

case $code in
0 | 1 | 3) ;;
*)
    printf '::error title=lockgate::nothing was decided (exit code %s): the log of this step says why\n' "$code"
    printf '## ❔ lockgate: nothing was decided\n\nExit code %s. The log says why.\n' "$code" >> "$GITHUB_STEP_SUMMARY"
    ;;
esac
if [ -f "$folder/annotations" ]; then cat "$folder/annotations"; fi
if [ -f "$folder/report.md" ]; then cat "$folder/report.md" >> "$GITHUB_STEP_SUMMARY"; fi
if [ -f "$folder/outputs" ]; then cat "$folder/outputs" >> "$GITHUB_OUTPUT"; fi
case $code in
0 | 1 | 3) ;;
*) hand_over verdict error ;;
esac
hand_over exit-code "$code"
if [ -f "$folder/report.md" ]; then hand_over report-file "$folder/report.md"; fi
for report in sarif html json junit attestation; do
    variable=INPUT_$(printf '%s' "$report" | tr '[:lower:]' '[:upper:]')_FILE
    if [ -f "${!variable}" ]; then hand_over "$report-file" "${!variable}"; fi
done
