//! `dinhdanh demo`.

use crate::config::{Config, Environment};
use crate::observe;

/// Starts the sandbox and runs until Ctrl-C.
pub(super) fn demo(port_base: u16) -> anyhow::Result<()> {
    let config = Config::for_demo(port_base, &Environment::of_process())?;
    observe::start_log(&config.log);
    super::serve::block_on(crate::demo::run(port_base))
}
