//! The program `load`; what it does is in the library.

fn main() -> anyhow::Result<()> {
    load::commands::main()
}
