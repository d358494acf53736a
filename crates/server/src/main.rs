//! The program. Everything it does lies in the library, where tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    dinhdanh::cli::main()
}
