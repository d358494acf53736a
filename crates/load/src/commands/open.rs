use std::path::Path;

use super::{OpenArguments, OverloadArguments, StormArguments, Target};
use crate::crowd::Crowd;
use crate::open::{self, Arrivals};
use crate::overload;
use crate::portal::Portal;
use crate::profile::Profile;
use crate::row::{self, Row};
use crate::storm::{self, Storm};

/// `load open`
pub(super) async fn run(arguments: &OpenArguments, out: Option<&Path>) -> anyhow::Result<()> {
    let mut crowd = crowd(&arguments.target).await?;
    let arrivals = Arrivals { workload: arguments.workload, rate: arguments.rate, places: arguments.places };
    Row::print_heading();
    let row = open::run(&mut crowd, arrivals, arguments.times.rounds(arguments.target.pid)).await?;
    row.print();
    row::append(out, &row)
}

/// `load overload`
pub(super) async fn overload(arguments: &OverloadArguments, out: Option<&Path>) -> anyhow::Result<()> {
    let mut crowd = crowd(&arguments.target).await?;
    let rounds = arguments.times.rounds(arguments.target.pid);
    let row = overload::run(&mut crowd, arguments.factor, arguments.places, rounds).await?;
    Row::print_heading();
    row.overload.print();
    println!(
        "peak {:.0}/s, arrivals {:.0}/s: goodput {:.2} of the peak; memory {:.0} MiB before, {:.0} at most; /healthz {} answered, {} not, p99 {:.1} ms",
        row.peak_per_s,
        row.arrivals_per_s,
        row.goodput_over_peak,
        row.rss_before_mib,
        row.rss_most_mib,
        row.healthz_ok,
        row.healthz_failed,
        row.healthz_p99_ms
    );
    row::append(out, &row)
}

/// `load storm`
pub(super) async fn storm(arguments: &StormArguments, out: Option<&Path>) -> anyhow::Result<()> {
    let mut crowd = crowd(&arguments.target).await?;
    let storm = Storm { people: arguments.people, crowd: arguments.crowd, places: arguments.places };
    let row = storm::run(&mut crowd, storm, arguments.times.rounds(arguments.target.pid)).await?;
    Row::print_heading();
    row.sso_alone.print();
    row.sso_beside_logins.print();
    println!("{} people signing in with passwords ({:.1}/s): p99 of sso {:.2} times as long", row.people, row.logins_per_s, row.p99_ratio);
    println!(
        "{} people at once: {} signed in, {} told to come again (p99 {:.0} ms, {} not told when), {} waited in vain, {} errors",
        row.crowd,
        row.crowd_served,
        row.crowd_shed,
        row.crowd_shed_p99_ms,
        row.crowd_shed_without_retry_after,
        row.crowd_timed_out,
        row.crowd_errors
    );
    row::append(out, &row)
}

async fn crowd(target: &Target) -> anyhow::Result<Crowd> {
    Ok(Crowd::new(Portal::discover(Profile::load(target.profile.as_deref())?).await?))
}
