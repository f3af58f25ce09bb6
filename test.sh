#!/usr/bin/env bash
# make test: installs what is missing, starts a PostgreSQL of its own, and runs
# everything. `test.sh soak` runs the long forms of the property tests.
set -euo pipefail
cd "$(dirname "$0")"
export CGO_ENABLED=0 GOFLAGS="${GOFLAGS:-} -trimpath" # as make has it

say() { printf '\n== %s\n' "$*"; }

# Debian's packages, if a program is not there.
missing=()
for program in chromium chromium-headless-shell; do
	command -v $program >/dev/null || missing+=($program)
done
initdb() { ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1; }
[ -n "$(initdb)" ] || missing+=(postgresql)
[ -x /usr/sbin/ip ] || command -v ip >/dev/null || missing+=(iproute2)
[ -x /usr/sbin/nft ] || command -v nft >/dev/null || missing+=(nftables)
if [ ${#missing[@]} -gt 0 ]; then
	say "install ${missing[*]}"
	sudo=$([ "$(id -u)" = 0 ] || echo sudo)
	$sudo apt-get update -qq
	DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
pgbin=$(dirname "$(initdb)")

# PostgreSQL on a free loopback port, in a folder that goes when we go.
tmp=$(mktemp -d)
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
cleanup() {
	(cd / && as "$pgbin/pg_ctl" -D "$tmp/pg" -m immediate -s stop >/dev/null 2>&1) || true
	rm -rf "$tmp"
}
trap cleanup EXIT
[ "$(id -u)" != 0 ] || chown postgres "$tmp"
port=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
say "PostgreSQL on 127.0.0.1:$port"
(
	cd /
	as "$pgbin/initdb" -D "$tmp/pg" -U caunoi -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
	as "$pgbin/pg_ctl" -D "$tmp/pg" -s -w -l "$tmp/pg.log" \
		-o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$tmp -c max_connections=200" start
)
export CAUNOI_TEST_PG="postgres://caunoi@127.0.0.1:$port/postgres?sslmode=disable"

say "build"
# While npm brings the UI's tools: what Go needs of others, and its linters.
(go build ./store/... && go tool -n staticcheck && go tool -n gofumpt) >/dev/null &
make -s build
wait $!

if [ "${1:-}" = soak ]; then
	say "soak: property tests, ${SOAK_CHECKS:-5000} cases each"
	go test -count=1 -timeout 80m ./store/sqlite ./store/postgres -run 'TestStore/(Order|Pushers)' -rapid.checks="${SOAK_CHECKS:-5000}"
	say "soak: ${SOAK_KILLS:-300} kills of the server under load"
	go test -count=1 -timeout 80m ./cmd/caunoi -run TestKill -v -kills="${SOAK_KILLS:-300}"
	say "soak: ${SIM_WORLDS:=10000} worlds of a server and 200 phones"
	GOGC=400 go test -count=1 -timeout 3h ./fieldsync/phonesim -run TestWorlds -v -worlds="$SIM_WORLDS"
	say "soak: ${FIELD_SEEDS:=500} worlds of the phone, with a model of the server and with the server"
	export FIELD_SEEDS CAUNOI_BIN="$PWD/bin/caunoi" FIELD_TRACES="$tmp/traces"
	(cd ui && npx vitest run field/sync && npx vitest run --config vitest.e2e.config.ts e2e/courier.test.ts)
	go test -count=1 ./fieldsync/phonesim -run 'TestReplay$' -v -traces="$FIELD_TRACES"
	exit
fi

say "lint"
make -s lint
make -s size
say "Go tests, SQLite and PostgreSQL"
# Many wait for disks and clocks; vet was part of lint. What the stores promise is
# tried by half as many worlds as elsewhere: soak tries thousands.
go test -p 2 -vet=off -timeout 20m ./store/sqlite ./store/postgres -rapid.checks=50 &
stores=$!
go test -p 3 -vet=off -timeout 20m $(go list ./... | grep -v -e '/store/sqlite$' -e '/store/postgres$')
wait $stores
say "UI unit tests"
(cd ui && npm test --silent)
say "browser tests"
(cd ui && CAUNOI_BIN="$PWD/../bin/caunoi" npm run --silent e2e)
say "all passed"
