//! The configuration file, and one environment variable in its last line where that begins with `DINHDANH__`.

use std::path::Path;

use dinhdanh::config::{Config, Environment};

/// Nothing that is written there makes the program do anything but run or complain in one line; what is secret shows nowhere.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Files that are named would be read: a fuzzer names too many.
    if text.contains("_file") {
        return;
    }
    let (file, variable) = match text.rsplit_once('\n') {
        Some((file, last)) if last.starts_with("DINHDANH__") => (file, last.split_once('=')),
        _ => (text, None),
    };
    let environment = Environment::from_pairs(variable);
    match Config::from_text(Some(Path::new("dinhdanh.toml")), file, &environment) {
        Ok(config) => {
            let printed = format!("{config:?}{}", serde_json::to_string(&config).unwrap_or_default());
            assert!(!printed.contains("098-secret"), "{printed}");
            assert!(config.issuer.starts_with("https://") || config.sandbox.enabled, "{}", config.issuer);
            assert!(!config.issuer.ends_with('/') && !config.issuer.contains(['?', '#']), "{}", config.issuer);
            for network in &config.http.trusted_proxies {
                assert!(network.to_string().contains('/'));
            }
        }
        Err(error) => {
            let complaint = error.to_string();
            assert!(!complaint.contains('\n') && !complaint.is_empty(), "{complaint:?}");
        }
    }
}
