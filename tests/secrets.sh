#!/usr/bin/env bash
# Fails when a file of the repository holds what looks like a real secret.
set -u
cd "$1" || exit 2
. tests/tools.sh
need git grep xargs
bad=0

files() { git ls-files -z 2>/dev/null | grep -zv '^tests/secrets.sh$'; }
# Amazon's documentation has a key of its own, which signatures are tested with.
found() { grep -v 'AKIAIOSFODNN7EXAMPLE' | cut -c1-120; }

# NAME PATTERN: where a secret of that kind stands. Tokens of tests say that they are none.
look_for() {
  local hits
  hits=$(files | xargs -0 -r grep -nIE -- "$2" | found)
  [ -z "$hits" ] || { printf '%s:\n%s\n' "$1" "$hits"; bad=1; }
}
look_for "token of a Telegram bot" '(^|[^0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{33}([^A-Za-z0-9_-]|$)'
look_for "key of OpenAI" 'sk-(proj-)?[A-Za-z0-9]{20,}'
look_for "key of AWS" '(AKIA|ASIA)[0-9A-Z]{16}'
look_for "private key" 'BEGIN ([A-Z]+ )?PRIVATE KEY'

# What is shipped sets no secret: only empty values, and references to the environment.
secret_names='BOT_TOKEN|DATABASE_URL|KIE_API_KEY|OPENAI_API_KEY|AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|REDIS_URL|TELEGRAM_WEBHOOK_SECRET|KIE_WEBHOOK_KEY|HTTP_TOKEN|HTTP_READ_TOKEN|RUNWARE_API_KEY|[A-Z_]*PASSWORD'
hits=$(git ls-files -z .env.example cluster.conf deploy | xargs -0 -r grep -nIE -- "^[ -]*(export |Environment=)?($secret_names) *[=:] *[^ \$#]" \
  | grep -vF '${' | cut -c1-120)
[ -z "$hits" ] || { printf 'a shipped file sets a secret:\n%s\n' "$hits"; bad=1; }

# A test that finds nothing must be able to find something.
probe() { printf 'AKIA%s\n' 0123456789ABCDEF | xargs -r printf '%s\n' | grep -IE -- '(AKIA|ASIA)[0-9A-Z]{16}' | found; }
[ -n "$(probe)" ] || { echo "a planted key was not found"; bad=1; }

[ "$(files | tr -cd '\0' | wc -c)" -gt 100 ] || { echo "no files were found: is this a git checkout?"; bad=1; }
[ $bad != 0 ] || passed "no secret in the files of the repository"
exit $bad
