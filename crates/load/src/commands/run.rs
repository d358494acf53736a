use std::path::Path;

use super::RunArguments;
use crate::closed;
use crate::crowd::Crowd;
use crate::portal::Portal;
use crate::profile::Profile;
use crate::row::{self, Row};
use crate::workload::Workload;

/// `load run`: a row for each workload and number of users. A workload that fails does not stop the others.
pub(super) async fn run(arguments: &RunArguments, out: Option<&Path>) -> anyhow::Result<()> {
    let profile = Profile::load(arguments.target.profile.as_deref())?;
    let mut crowd = Crowd::new(Portal::discover(profile).await?).with_people_each(arguments.people_each);
    let workloads = if arguments.workloads.is_empty() { &Workload::ALL[..] } else { &arguments.workloads };
    let rounds = arguments.times.rounds(arguments.target.pid);
    println!("{}", crowd.name());
    Row::print_heading();
    let mut failed = Vec::new();
    for &workload in workloads {
        for &users in &arguments.users {
            match closed::run(&mut crowd, workload, users, rounds).await {
                Ok(row) => {
                    row.print();
                    row::append(out, &row)?;
                }
                Err(error) => {
                    println!("{:<18} {users:>5} failed: {error}", workload.name());
                    failed.push(workload.name());
                }
            }
        }
    }
    anyhow::ensure!(failed.is_empty(), "not measured: {}", failed.join(", "));
    Ok(())
}
