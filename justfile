# What is done often. `just` lists it; every line can as well be typed.

_default:
    @just --list --unsorted

# All tests, on SQLite and, where it is installed, on PostgreSQL.
test *arguments:
    cargo test {{ arguments }}

# The program killed many times while all that a market does is done, on both databases.
kills number="50":
    BFW_TEST_KILLS={{ number }} cargo test --test it operations::campaign -- --nocapture

# Format, lints, documentation, dependencies: what .ci/run does before the tests.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items
    cargo deny check --hide-inclusion-graph bans licenses sources

# Everything, as on the build machine; that one sets CI=true, and then what is missing is a failure.
ci:
    bash .ci/run

# A fuzzer at one of the readers in fuzz/fuzz_targets; needs cargo-fuzz.
fuzz target *arguments:
    RUSTC_BOOTSTRAP=1 cargo fuzz run --dev --sanitizer none {{ target }} -- {{ arguments }}

# The service with the demo marketplace, on http://127.0.0.1:8080/graphql.
demo:
    cargo run --release -- serve --demo

# Write tests/schema.graphql anew after a change to the API.
schema:
    cargo run --quiet -- schema > tests/schema.graphql

# Known vulnerabilities in dependencies; needs the network.
advisories:
    cargo deny check advisories

# Throughput and latency beside the floor; how: benches/api/main.rs.
bench *arguments:
    cargo bench --bench api -- {{ arguments }}

# Credentials signed and verified a second, beside bare Ed25519.
bench-credentials:
    cargo bench --bench credentials

# Every organization held against every definition of women's ownership.
bench-assessment *arguments:
    cargo bench --bench assessment -- {{ arguments }}

# The documentation of the code, in a browser.
doc:
    cargo doc --workspace --no-deps --document-private-items --open
