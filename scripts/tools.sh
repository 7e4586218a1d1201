# shellcheck shell=bash
# What a build and a test run need beyond rustup, gcc, make and node. Sourced by the other scripts.
#
#   need_toolchain   the pinned Rust and its wasm target          (rust-toolchain.toml)
#   need_build_tools cargo-leptos, wasm-bindgen, wasm-opt         (make run, make test, make build)
#   need_test_tools  cargo-deny, leptosfmt, schemathesis, Chromium, PostgreSQL, a Korean font, Playwright   (make test)
#
# Built tools live in a versioned folder outside the clone, so that a second clone finds them.

CARGO_LEPTOS=0.3.11
WASM_BINDGEN=0.2.130
BINARYEN=132.0.0
CARGO_DENY=0.20.2
LEPTOSFMT=0.1.33
SCHEMATHESIS=4.32.5

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${JUMUN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/jumun}
tools=$cache/tools/leptos-$CARGO_LEPTOS-bindgen-$WASM_BINDGEN-binaryen-$BINARYEN
schemathesis=$cache/tools/schemathesis-$SCHEMATHESIS/bin/schemathesis
export PATH="$tools/bin:$tools/node_modules/.bin:$PATH"

say() { printf '\033[1;36m▸ %s\033[0m\n' "$*" >&2; }
die() { printf '\033[1;31m✗ %s\033[0m\n' "$*" >&2; exit 1; }

# stage NAME COMMAND… runs a command and remembers how long it took; `stages` prints the table.
stage_names=() stage_seconds=()
stage() {
  local name=$1 started=$SECONDS; shift
  say "$name"
  "$@" || die "$name failed"
  stage_names+=("$name"); stage_seconds+=($((SECONDS - started)))
}
stages() {
  local i total=0
  printf '\n%-44s %s\n' stage minutes
  for i in "${!stage_names[@]}"; do
    printf '%-44s %d:%02d\n' "${stage_names[$i]}" $((stage_seconds[i] / 60)) $((stage_seconds[i] % 60))
    total=$((total + stage_seconds[i]))
  done
  printf '%-44s %d:%02d\n\n' total $((total / 60)) $((total % 60))
}

need_toolchain() {
  command -v rustup >/dev/null || die "rustup is missing: install it from https://rustup.rs and run this again"
  command -v cc >/dev/null || die "a C compiler is missing: on Debian, apt-get install gcc"
  command -v npm >/dev/null || die "node and npm are missing: install Node 20 or newer"
  (cd "$root" && rustup show active-toolchain >/dev/null 2>&1 && rustup target list --installed 2>/dev/null | grep -q wasm32-unknown-unknown) \
    || (cd "$root" && say "installing the pinned Rust toolchain" && rustup toolchain install >&2)
}

# quick_install CRATE ARGS…: a tool is used, not shipped, so it is built for speed of building.
quick_install() {
  CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 \
    CARGO_TARGET_DIR="$tools/build" cargo install --root "$tools" "$@"
}

need_build_tools() {
  need_toolchain
  mkdir -p "$tools"
  (
    cd "$root" || exit 1
    [ -x "$tools/bin/wasm-bindgen" ] || { say "building wasm-bindgen $WASM_BINDGEN (once, about 2 minutes)"; quick_install wasm-bindgen-cli --version $WASM_BINDGEN; } || exit 1
    [ -x "$tools/bin/cargo-leptos" ] || { say "building cargo-leptos $CARGO_LEPTOS (once, about 3 minutes)"; quick_install cargo-leptos --version $CARGO_LEPTOS --locked --features no_downloads; } || exit 1
    rm -rf "$tools/build"
  ) || die "a build tool could not be installed; the lines above say why"
  [ -x "$tools/node_modules/.bin/wasm-opt" ] || { say "fetching wasm-opt"; npm install --silent --no-audit --no-fund --prefix "$tools" "binaryen@$BINARYEN" >&2; } \
    || die "wasm-opt could not be installed from npm"
}

# as_root COMMAND…: packages need root; without it, say the one command to type.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif sudo -n true 2>/dev/null; then sudo "$@"
  else die "please run once:  sudo $*"; fi
}

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }
chromium_path() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
initdb_path() { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1; }

need_test_tools() {
  need_build_tools
  [ -x "$tools/bin/cargo-deny" ] || (cd "$root" && say "building cargo-deny $CARGO_DENY (once, about 2 minutes)" && quick_install cargo-deny --version $CARGO_DENY --locked; rm -rf "$tools/build") \
    || die "cargo-deny could not be installed"
  [ -x "$tools/bin/leptosfmt" ] || (cd "$root" && say "building leptosfmt $LEPTOSFMT (once, about 1 minute)" && quick_install leptosfmt --version $LEPTOSFMT --locked; rm -rf "$tools/build") \
    || die "leptosfmt could not be installed"
  local packages=()
  python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
  [ -n "$(chromium_path)" ] || packages+=(chromium)
  [ -n "$(initdb_path)" ] || packages+=(postgresql)
  fc-list :lang=ko 2>/dev/null | grep -q . || packages+=(fontconfig fonts-nanum)
  if [ ${#packages[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || die "please install: ${packages[*]}"
    say "installing ${packages[*]}"
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2 \
      || die "could not install ${packages[*]}"
  fi
  [ -x "$schemathesis" ] || {
    say "fetching schemathesis $SCHEMATHESIS"
    python3 -m venv "${schemathesis%/bin/*}" && "${schemathesis%/bin/*}/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$SCHEMATHESIS" >&2
  } || die "schemathesis could not be installed"
  (cd "$root/end2end" && { [ -d node_modules ] && [ node_modules -nt package-lock.json ] || { say "fetching Playwright"; npm ci --silent --no-audit --no-fund >&2; }; }) \
    || die "the browser tests' packages could not be installed"
}
