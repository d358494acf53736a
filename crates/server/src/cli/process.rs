//! What the operating system may do with this process: write no image of its memory to disk.

/// No core dump, and no other process of the same user may look into the memory that holds keys and passwords. Also where the program is
/// started by hand: the systemd unit says the same. The log has not begun yet.
pub(super) fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
            eprintln!("warning: core dumps cannot be switched off: {error}");
        }
    }
    // A core pattern that is a pipe is not bound by the limit.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        eprintln!("warning: the memory of this process cannot be made private: {error}");
    }
}
