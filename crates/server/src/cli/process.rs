//! What the operating system may do with this process: write no image of its memory to disk, and let it open as many files as allowed.

/// No core dump, and no other process of the same user may look into the memory that holds keys and passwords. Also where the program is
/// started by hand: the systemd unit says the same.
pub(super) fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
            tracing::warn!(%error, "core dumps cannot be switched off");
        }
    }
    // A core pattern that is a pipe is not bound by the limit.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "the memory of this process cannot be made private");
    }
}

/// Many systems start programs with 1,024 file descriptors and allow many more; every connection takes one.
pub(super) fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        if current != maximum
            && let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
        {
            tracing::warn!(%error, "the limit of open files cannot be raised");
        }
    }
}
