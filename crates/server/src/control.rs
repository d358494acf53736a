//! One node, one data folder: the lock that says so, and the socket through which commands reach a running node.
//!
//! A command first looks for a running node ([`RunningNode::of`]). There is one: the node runs the same command function and streams what
//! it says back, so that the command never fights for the database and the node's caches obey at once. There is none: the command
//! takes the lock of the data folder ([`DataDir::claim`]) and opens the database itself.

mod data_dir;
mod forward;
mod listen;
mod pieces;
mod protocol;
mod socket_path;

pub use data_dir::{DataDir, DataDirError};
pub use forward::RunningNode;
pub use listen::{ControlSocket, OnChange, listen, read_request};

/// Name of the socket in the data folder.
const SOCKET: &str = "control.sock";
