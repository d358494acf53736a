//! The program as an operator starts it: one line that names cause and cure, an exit code that tells, and nothing damaged.

mod commands;
mod import;
mod operator;
mod start;
mod usage;
