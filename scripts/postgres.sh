# shellcheck shell=bash
# A private PostgreSQL for one test run: own folder, own free port, gone afterwards. Sourced after tools.sh.

# start_postgres: sets PG_URL (without a database name) and stops the cluster when the script ends.
start_postgres() {
  local bin
  bin=$(dirname "$(initdb_path)")
  pg_dir=$(mktemp -d "${TMPDIR:-/tmp}/jumun-pg.XXXXXX")
  pg_port=$(free_port)
  # initdb refuses root: the cluster then belongs to nobody.
  as_nobody=()
  if [ "$(id -u)" = 0 ]; then
    chown nobody "$pg_dir"
    as_nobody=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  fi
  trap stop_postgres EXIT
  (
    cd "$pg_dir"
    "${as_nobody[@]}" "$bin/initdb" -D "$pg_dir/data" -U postgres -A trust -E UTF8 --no-sync >"$pg_dir/initdb.log" 2>&1
    "${as_nobody[@]}" "$bin/pg_ctl" -D "$pg_dir/data" -w -l "$pg_dir/log" \
      -o "-p $pg_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$pg_dir -c fsync=off -c max_connections=300" start >/dev/null
  ) || { cat "$pg_dir"/*.log "$pg_dir/log" 2>/dev/null >&2; return 1; }
  PG_BIN=$(dirname "$(readlink -f "$(initdb_path)")")
  export PG_BIN
  export PG_URL="postgres://postgres@127.0.0.1:$pg_port"
}

stop_postgres() {
  [ -n "${pg_dir:-}" ] || return 0
  (cd / && "${as_nobody[@]}" "$(dirname "$(initdb_path)")/pg_ctl" -D "$pg_dir/data" -m immediate stop >/dev/null 2>&1)
  rm -rf "$pg_dir"
  pg_dir=
}
