#!/usr/bin/env bash
# One sign-in by hand: every request a browser and a portal make, with curl. Needs bash, curl, openssl and jq.
#   bash sign-in.sh            level 1: number and password
#   LEVEL=2 bash sign-in.sh    level 2: a one-time code as well
set -euo pipefail

issuer=${ISSUER:-http://localhost:8080}
client_id=${CLIENT_ID:-sandbox-portal}
client_secret=${CLIENT_SECRET:-demo-secret-that-is-public-and-for-the-sandbox-only}
redirect_uri=${REDIRECT_URI:-http://127.0.0.1:3000/callback}
citizen_id=${CITIZEN_ID:-098090000001}
password=${PASSWORD:-Sandbox#2024}
scope="openid profile citizen_id" acr_values=
if [ "${LEVEL:-1}" = 2 ]; then scope="$scope address offline_access" acr_values=LoA2; fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
say() { printf '\n== %s\n' "$*" >&2; }
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
random() { openssl rand 32 | base64url; }

say "1. Discovery: where everything is"
metadata=$(curl -sSf "$issuer/.well-known/openid-configuration")
[ "$(jq -r .issuer <<<"$metadata")" = "$issuer" ] || { echo "the provider calls itself something else" >&2; exit 1; }
at() { jq -r ".$1" <<<"$metadata"; }

say "2. The portal makes state, nonce and a PKCE verifier, and sends the browser away"
state=$(random) nonce=$(random) verifier=$(random)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64url)

# The browser: one cookie jar, no scripts. It prints the address it is sent to, and leaves the page in $folder/page.
browser() {
  curl -sS -b "$folder/cookies" -c "$folder/cookies" -o "$folder/page" -w '%{redirect_url}' "$@"
}
# Hidden fields of the first form of the page, as curl arguments.
hidden() {
  local form field name value
  form=$(tr '\n' ' ' <"$folder/page" | sed 's/<\/form>.*//')
  while read -r field; do
    name=$(sed -E 's/.*name="([^"]*)".*/\1/' <<<"$field")
    value=$(sed -E 's/.*value="([^"]*)".*/\1/; s/&#x2[bB];/+/g; s/&#43;/+/g; s/&#x2[fF];/\//g; s/&#61;/=/g; s/&#38;/\&/g; s/&amp;/\&/g' <<<"$field")
    printf '%s\0%s\0' --data-urlencode "$name=$value"
  done < <(grep -oE '<input[^>]*>' <<<"$form" | grep -E 'type="?hidden' || true)
}
submit() { # address, then further fields
  local action=$1 fields=()
  shift
  mapfile -d '' -t fields < <(hidden)
  browser "$issuer$action" -H "Origin: $issuer" "${fields[@]}" "$@"
}
shows() { grep -q "name=\"$1\"" "$folder/page"; }

to=$(browser --get "$(at authorization_endpoint)" \
  --data-urlencode response_type=code --data-urlencode "client_id=$client_id" --data-urlencode "redirect_uri=$redirect_uri" \
  --data-urlencode "scope=$scope" --data-urlencode "state=$state" --data-urlencode "nonce=$nonce" \
  --data-urlencode "code_challenge=$challenge" --data-urlencode code_challenge_method=S256 \
  ${acr_values:+--data-urlencode "acr_values=$acr_values"})

for _ in 1 2 3 4 5 6 7 8; do
  case $to in
    "$redirect_uri"*) break ;;
    ?*) to=$(browser "$to") ; continue ;;
  esac
  if shows password; then
    say "3. The citizen types number and password (POST /interaction/login)"
    to=$(submit /interaction/login --data-urlencode "citizen_id=$citizen_id" --data-urlencode "password=$password")
  elif shows otp; then
    say "4. … and the code from the phone (POST /interaction/otp)"
    otp=$(curl -sSf "$issuer/sandbox/outbox?citizen_id=$citizen_id" | jq -r '.[0].code')
    to=$(submit /interaction/otp --data-urlencode "otp=$otp")
  elif shows decision; then
    say "5. … and agrees to what the portal will learn (POST /interaction/consent)"
    to=$(submit /interaction/consent --data-urlencode decision=allow)
  else
    echo "a page that this walk does not know:" >&2
    sed 's/<[^>]*>//g' "$folder/page" | grep -v '^ *$' >&2
    exit 1
  fi
done

say "6. The browser is back at the portal: $to"
answer() { # one parameter of the answer, percent-decoded
  local value
  value=$(grep -oE "[?&]$1=[^&#]*" <<<"$to" | head -1 | cut -d= -f2-) || true
  printf '%b' "$(sed 's/+/ /g; s/%/\\x/g' <<<"$value")"
}
[ -z "$(answer error)" ] || { echo "refused: $(answer error)" >&2; exit 1; }
[ "$(answer state)" = "$state" ] || { echo "this answer is not for us: state" >&2; exit 1; }
[ "$(answer iss)" = "$issuer" ] || { echo "this answer is of another issuer: iss (RFC 9207)" >&2; exit 1; }

say "7. The portal redeems the code, server to server"
tokens=$(curl -sSf -u "$client_id:$client_secret" "$(at token_endpoint)" \
  --data-urlencode grant_type=authorization_code --data-urlencode "code=$(answer code)" \
  --data-urlencode "redirect_uri=$redirect_uri" --data-urlencode "code_verifier=$verifier")

say "8. The ID token. This walk only looks into it: a portal must verify its signature with a library"
payload() { cut -d. -f2 <<<"$1" | tr '_-' '/+' | { read -r body; printf '%s%s' "$body" "$(printf '%*s' $(((4 - ${#body} % 4) % 4)) '' | tr ' ' '=')"; } | openssl base64 -d -A; }
id_token=$(payload "$(jq -r .id_token <<<"$tokens")")
jq . <<<"$id_token"
[ "$(jq -r .nonce <<<"$id_token")" = "$nonce" ] || { echo "not of this sign-in: nonce" >&2; exit 1; }
[ "$(jq -r .iss <<<"$id_token")" = "$issuer" ] || { echo "of another issuer: iss" >&2; exit 1; }

say "9. Userinfo: what the citizen agreed to share"
userinfo=$(curl -sSf -H "Authorization: Bearer $(jq -r .access_token <<<"$tokens")" "$(at userinfo_endpoint)")
jq . <<<"$userinfo"
[ "$(jq -r .sub <<<"$userinfo")" = "$(jq -r .sub <<<"$id_token")" ] || { echo "of somebody else: sub" >&2; exit 1; }

if [ "$(jq -r '.refresh_token // empty' <<<"$tokens")" ]; then
  say "10. A refresh: new tokens; the refresh token rotates"
  curl -sSf -u "$client_id:$client_secret" "$(at token_endpoint)" --data-urlencode grant_type=refresh_token \
    --data-urlencode "refresh_token=$(jq -r .refresh_token <<<"$tokens")" | jq 'keys'
fi
