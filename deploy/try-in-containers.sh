#!/bin/bash
# Tries the containers where a Docker engine answers and no image can be pulled: makes a base by debootstrap (as root), images of
# Kafka and PostgreSQL on it, those of Tocsin; brings deploy/compose.yaml up on them, has an advisory find a download and tell of it by
# webhook and mail, has Prometheus look where there is one (Debian's), and takes all of it down again. TRY_BASE names a base that is
# there already, TRY_CONTAINERS=yes runs the tests on containers besides.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$(cd .. && pwd)
work=$(mktemp -d)
suite=${TRY_SUITE:-bookworm}
compose=(docker-compose)
docker compose version >/dev/null 2>&1 && compose=(docker compose)
export COMPOSE_FILE=compose.yaml:try/surroundings.yaml COMPOSE_PROJECT_NAME=tocsin-try COMPOSE_PROFILES=
surroundings=
say() { printf '%s  %s\n' "$(date +%T)" "$*"; }
# By the builder that every engine has; it says each time that there is a newer one.
image() { DOCKER_BUILDKIT=0 docker build --quiet --tag "$1" "$2" 2>&1 >/dev/null | { grep -v -i 'legacy builder\|BuildKit\|environment-variable\|^$' >&2 || true; }; }
down() {
    [ -z "$surroundings" ] || kill "$surroundings" 2>/dev/null || true
    "${compose[@]}" down --volumes --timeout 30 >/dev/null 2>&1 || true
    rm -rf "$work"
}
docker info >/dev/null 2>&1 || {
    echo "try-in-containers: no Docker engine answers here" >&2
    exit 1
}
export TOCSIN_IMAGES=tocsin-try TOCSIN_TAG=try KAFKA_IMAGE=tocsin-try/kafka:try POSTGRES_IMAGE=tocsin-try/postgres:try
export PROMETHEUS_IMAGE=tocsin-try/prometheus:try
TRY_GATEWAY=$(docker network inspect bridge --format '{{(index .IPAM.Config 0).Gateway}}')
export TRY_GATEWAY TRY_SURROUNDINGS=$work/surroundings
trap down EXIT

base=${TRY_BASE:-tocsin-try/base:try}
if ! docker image inspect "$base" >/dev/null 2>&1; then
    say "a base, by debootstrap"
    debootstrap --variant=minbase "$suite" "$work/base" >"$work/debootstrap.log"
    tar --create --directory "$work/base" . | docker import - "$base" >/dev/null
fi

say "images of Tocsin on $base"
docker save "$base" --output "$work/base.tar"
"$root/tocsin" images --base "tar://$work/base.tar" --offline --registry "$TOCSIN_IMAGES" --tag "$TOCSIN_TAG"

say "what lies in them is what was built"
for service in download-tracker advisory-matcher notification-dispatcher webhook-sender tools; do
    module=$service
    [ "$service" != tools ] || module=end-to-end
    container=$(docker create "$TOCSIN_IMAGES/$service:$TOCSIN_TAG")
    mkdir -p "$work/inside/$service"
    docker cp "$container:/opt/tocsin/$module/target" "$work/inside/$service"
    docker rm "$container" >/dev/null
    cmp "$work/inside/$service/target/$module.jar" "$root/$module/target/$module.jar"
    diff --recursive --brief "$work/inside/$service/target/lib" "$root/$module/target/lib"
done
rm -rf "$work/inside"

say "an image of PostgreSQL, Debian's"
if ! docker image inspect tocsin-try/debian-postgres:try >/dev/null 2>&1; then
    debootstrap --variant=minbase --include=postgresql "$suite" "$work/debian-postgres" >"$work/debootstrap-postgres.log"
    tar --create --directory "$work/debian-postgres" . | docker import - tocsin-try/debian-postgres:try >/dev/null
fi
mkdir "$work/postgres"
install -m 0755 try/postgres-run.sh "$work/postgres/run.sh"
printf 'FROM tocsin-try/debian-postgres:try\nCOPY run.sh /run.sh\nENTRYPOINT ["/run.sh"]\nSTOPSIGNAL SIGINT\n' >"$work/postgres/Dockerfile"
image "$POSTGRES_IMAGE" "$work/postgres"

say "an image of Kafka, from the libraries of the build"
mkdir "$work/kafka"
cp -r "$root/target/image-parts/runtime" "$work/kafka/runtime"
cp -r "$root/end-to-end/target/lib" "$work/kafka/lib"
install -m 0755 try/kafka-run.sh "$work/kafka/run"
printf 'FROM %s\nCOPY runtime /opt/runtime\nCOPY lib /opt/kafka\nCOPY run /etc/kafka/docker/run\nCMD ["/etc/kafka/docker/run"]\n' "$base" >"$work/kafka/Dockerfile"
image "$KAFKA_IMAGE" "$work/kafka"

say "what is around: issuer of tokens, mail server, receiver of webhooks"
chmod 0755 "$work"
mkdir "$TRY_SURROUNDINGS"
"$root/target/image-parts/runtime/bin/java" -XX:TieredStopAtLevel=1 -cp "$root/end-to-end/target/end-to-end.jar:$root/end-to-end/target/lib/*" \
    tocsin.local.trial.TrialMain "$TRY_SURROUNDINGS" "$TRY_GATEWAY" try-in-containers >"$work/told" 2>"$work/surroundings.log" &
surroundings=$!
for _ in $(seq 60); do
    [ ! -e "$TRY_SURROUNDINGS/surroundings" ] || break
    sleep 1
done
. "$TRY_SURROUNDINGS/surroundings"

say "up, by compose-up.sh"
./compose-up.sh
say "all is well"
grep -h 'Startup completed' <(docker logs "$("${compose[@]}" ps --quiet webhook-sender)" 2>&1) | head -n 1 | cut -c 1-300

say "an organisation registers, by the services' routes and the link in its mail"
touch "$TRY_SURROUNDINGS/well"
for _ in $(seq 60); do
    [ ! -e "$TRY_SURROUNDINGS/registered" ] || break
    sleep 1
done
[ -e "$TRY_SURROUNDINGS/registered" ] || {
    cat "$work/surroundings.log"
    exit 1
}

say "a download, and an advisory that finds it"
tools() {
    docker run --rm --network tocsin-try_inside --read-only --tmpfs /tmp:exec --cap-drop ALL \
        "${mounts[@]}" "$TOCSIN_IMAGES/tools:$TOCSIN_TAG" "$@"
}
mounts=()
tools produce download npm try-in-containers 1.0.1 --org example-org --principal ci_cd:build --bootstrap kafka:9092
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
cat >"$work/advisory.json" <<JSON
{"schema_version": "1.6.0", "id": "MAL-2026-1", "modified": "$now", "published": "$now", "summary": "Malicious code",
 "affected": [{"package": {"ecosystem": "npm", "name": "try-in-containers"}, "versions": ["1.0.1"]}]}
JSON
mounts=(--volume "$work/advisory.json:/advisory.json:ro")
tools produce advisory /advisory.json --bootstrap kafka:9092
for _ in $(seq 40); do
    matches=$(curl --silent --fail http://127.0.0.1:18081/metrics | grep '^tocsin_matcher_matches_total' || true)
    [ -z "$matches" ] || break
    sleep 1
done
[ -n "$matches" ] || {
    say "no match"
    exit 1
}
say "matched: $matches"
if wait "$surroundings"; then
    surroundings=
    say "told:"
    cat "$work/told"
else
    surroundings=
    say "not told"
    cat "$work/told" "$work/surroundings.log"
    exit 1
fi

if command -v prometheus >/dev/null; then
    say "Prometheus, Debian's"
    mkdir "$work/prometheus"
    cp "$(command -v prometheus)" "$work/prometheus/prometheus"
    printf 'FROM %s\nCOPY prometheus /bin/prometheus\nENTRYPOINT ["/bin/prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]\n' \
        "$base" >"$work/prometheus/Dockerfile"
    image "$PROMETHEUS_IMAGE" "$work/prometheus"
    "${compose[@]}" up --detach --no-deps prometheus
    for _ in $(seq 40); do
        up=$(curl --silent --fail 'http://127.0.0.1:18090/api/v1/query?query=sum(up)' | grep -o '"4"' || true)
        [ -z "$up" ] || break
        sleep 1
    done
    [ -n "$up" ] || {
        say "Prometheus does not see all four"
        exit 1
    }
    say "sees all four services; rules: $(curl --silent http://127.0.0.1:18090/api/v1/rules | grep -o '"type":"alerting"' | wc -l)"
fi

if [ "${TRY_CONTAINERS:-no}" = yes ]; then
    say "the tests, on containers; on the PostgreSQL of the build, which is of the version that they want"
    tests_postgres=tocsin-try/build-postgres:try
    mkdir -p "$work/build-postgres/postgres"
    unzip -p "$root"/end-to-end/target/lib/embedded-postgres-binaries-linux-"$(dpkg --print-architecture | sed 's/arm64/arm64v8/')"-*.jar '*.txz' |
        tar --extract --xz --directory "$work/build-postgres/postgres"
    install -m 0755 try/postgres-run.sh "$work/build-postgres/run.sh"
    printf 'FROM %s\nCOPY postgres /opt/postgres\nCOPY run.sh /run.sh\nRUN useradd postgres\nENTRYPOINT ["/run.sh"]\nSTOPSIGNAL SIGINT\n' \
        "$base" >"$work/build-postgres/Dockerfile"
    image "$tests_postgres" "$work/build-postgres"
    TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1 TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_CHECKS_DISABLE=true \
        "$root/tocsin" test -Ptestcontainers -pl test-support \
        "-Dtocsin.test.kafka.image=$KAFKA_IMAGE" "-Dtocsin.test.postgres.image=$tests_postgres"
fi
say "done"
