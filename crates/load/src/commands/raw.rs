use std::path::Path;
use std::time::Duration;

use oidc_provider::signing_alg::SigningAlg;

use crate::raw;
use crate::row;

/// `load raw`
pub(super) async fn run(measured: Duration, out: Option<&Path>) -> anyhow::Result<()> {
    for alg in [SigningAlg::RS256, SigningAlg::ES256] {
        say(&raw::signing(alg, measured)?, out)?;
    }
    say(&raw::argon2id(measured).await?, out)
}

fn say(row: &raw::RawRow, out: Option<&Path>) -> anyhow::Result<()> {
    println!("{:<10} {:>10.1}/s", row.raw, row.ops_per_s);
    row::append(out, row)
}
