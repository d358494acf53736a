//! Administration leaves a trace in the audit log, in the transaction that it belongs to.

use persistence::audit::AuditEvent;
use serde_json::Value;
use uuid::Uuid;

use crate::cli::Opened;

/// An event of the command line, to be appended by the transaction that does what it says. No personal data in `detail`.
pub(super) fn event(opened: &Opened, action: &str, subject: Option<Uuid>, detail: &Value) -> AuditEvent {
    let at = opened.clock.now();
    AuditEvent { id: opened.randomness.uuid(at), at, actor: "cli".to_owned(), action: action.to_owned(), subject, detail: detail.clone() }
}
