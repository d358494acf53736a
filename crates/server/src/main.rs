//! The program. Everything it does lies in the library, where tests reach it.

use std::process::ExitCode;

/// A sign-in allocates some hundred small things; the system's allocator took an eighth of its time (docs/performance.md). SQLite and OpenSSL use this
/// one, too (feature `override`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    dinhdanh::cli::main()
}
