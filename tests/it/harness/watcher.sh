# Watches one run of tests: starts its PostgreSQL server, and when the run is over, however it ended, stops the
# server and the browsers and removes what was left on the disk.
#
#   watcher.sh FOLDER PROCESS [POSTGRESQL-BINARIES]
set -u
folder=$1
run=$2
binaries=${3:-}

# An interrupt is meant for the tests; the cleaning comes after it.
trap '' INT HUP

# PostgreSQL refuses to run as root; Debian's package has made a user for it.
as_server_user() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
    else
        "$@"
    fi
}

running() {
    # A zombie counts as ended: whoever should have reaped it may be waiting for us.
    [ -d "/proc/$run" ] && ! grep -qs '^State:[[:space:]]*Z' "/proc/$run/status"
}

if [ -n "$binaries" ]; then
    mkdir "$folder/postgres" || exit 1
    if [ "$(id -u)" = 0 ]; then
        chown postgres:postgres "$folder/postgres" || exit 1
        chmod 755 "$folder"
    fi
    cd "$folder/postgres" || exit 1
    as_server_user "$binaries/initdb" --pgdata=data --username=postgres --auth=trust --no-sync \
        --encoding=UTF8 --locale=C.UTF-8 >&2 || exit 1
    # No durability: a crash of this server loses nothing that anyone wants back.
    as_server_user "$binaries/pg_ctl" --pgdata=data --log=server.log --wait --silent start -o "\
        -k $folder/postgres -c listen_addresses='' -c max_connections=200 -c shared_buffers=64MB \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 \
        -c autovacuum=off -c timezone=UTC" >&2 || { cat server.log >&2; exit 1; }
fi
: >"$folder/ready"

while running; do
    sleep 0.5
done

# The browsers' driver leads a group to which the browsers belong.
if [ -s "$folder/chromedriver.group" ]; then
    kill -s KILL -- "-$(cat "$folder/chromedriver.group")"
fi
if [ -n "$binaries" ]; then
    as_server_user "$binaries/pg_ctl" --pgdata=data --mode=immediate --silent stop >&2
    cd /
fi
rm -rf "$folder"
