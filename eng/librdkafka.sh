#!/usr/bin/env bash
# Packs librdkafka 2.15.1 as the package librdkafka.redist into .local-feed, built from the source that
# @confluentinc/kafka-javascript carries. Needed only where NuGet does not serve librdkafka.redist itself.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=2.15.1
[ -f ".local-feed/librdkafka.redist.$version.nupkg" ] && exit 0

log=artifacts/librdkafka.log
mkdir -p .local-feed artifacts
fail() { echo "librdkafka: $*; the whole output is in $log" >&2; tail -15 "$log" >&2; exit 1; }

missing=()
for tool in gcc g++ make pkg-config; do command -v "$tool" > /dev/null || missing+=("$tool"); done
for package in libssl-dev zlib1g-dev libzstd-dev; do dpkg -s "$package" > /dev/null 2>&1 || missing+=("$package"); done
if [ ${#missing[@]} -gt 0 ]; then
  echo "librdkafka: installing ${missing[*]}"
  { apt-get update && apt-get install -y "${missing[@]}"; } > "$log" 2>&1 || fail "apt-get could not install ${missing[*]}"
fi

echo "librdkafka: fetching the source of $version"
npm ci --prefix eng/native --ignore-scripts >> "$log" 2>&1 || fail "npm could not fetch the source"
source=eng/native/node_modules/@confluentinc/kafka-javascript/deps/librdkafka

echo "librdkafka: building (about a minute and a half)"
(cd "$source" && ./configure --disable-gssapi --disable-curl --disable-lz4-ext && make -j"$(nproc)" -C src librdkafka.so.1) \
  >> "$log" 2>&1 || fail "the build failed"
strip -s -o artifacts/librdkafka.so "$source/src/librdkafka.so.1"
dotnet pack eng/native/librdkafka.redist.csproj -c Release -o .local-feed -p:LibrdkafkaSo="$PWD/artifacts/librdkafka.so" \
  >> "$log" 2>&1 || fail "packing failed"
# A package of an earlier build under the same version would win over this one.
rm -rf "${NUGET_PACKAGES:-$HOME/.nuget/packages}/librdkafka.redist/$version"
echo "librdkafka: packed into .local-feed"
