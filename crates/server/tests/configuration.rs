//! The configuration as an operator meets it: what is wrong is named in one line with its place and its cure.

use std::path::Path;

use dinhdanh::config::{Config, DEMO_NATIONAL_PORTAL, Environment, reference};

const SANDBOX: &str = r#"issuer = "http://localhost:8080"
[sandbox]
enabled = true
"#;

fn load(text: &str) -> Result<Config, String> {
    Config::from_text(Some(Path::new("dinhdanh.toml")), text, &Environment::default()).map_err(|error| error.to_string())
}

fn complaint(text: &str) -> String {
    let complaint = load(text).expect_err("this configuration must be refused");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    complaint
}

fn with_environment(pairs: &[(&str, &str)]) -> Result<Config, String> {
    Config::from_text(Some(Path::new("dinhdanh.toml")), SANDBOX, &Environment::from_pairs(pairs.iter().copied()))
        .map_err(|it| it.to_string())
}

#[test]
fn three_lines_make_a_sandbox() {
    let config = load(SANDBOX).unwrap();
    assert!(config.sandbox.enabled);
    assert_eq!(config.session.idle_minutes, 15);
    assert_eq!(config.lifetimes.code_seconds, 60);
    assert_eq!(config.database.url.expose(), "sqlite://./data/dinhdanh.sqlite");
}

#[test]
fn the_sample_of_the_design_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "0123456789012345678901234567890123456789\n").unwrap();
    let text = SAMPLE.replace("SECRET_FILE", folder.path().join("secret").to_str().unwrap());
    let config = load(&text).unwrap();
    assert_eq!(config.clients.len(), 2);
    assert_eq!(config.clients[1].client_secret.as_ref().map(|it| it.expose()), Some("0123456789012345678901234567890123456789"));
}

#[test]
fn the_first_thing_wrong_is_named_with_file_line_and_key() {
    for (text, expected) in [
        ("issuer = \n", "dinhdanh.toml:1: not valid TOML"),
        ("[session]\nidle_minuts = 3\n", "dinhdanh.toml:5: session.idle_minuts: unknown key `idle_minuts`; did you mean `idle_minutes`?"),
        ("[sesion]\nidle_minutes = 3\n", "dinhdanh.toml:4: sesion: unknown key `sesion`; did you mean `session`?"),
        ("[session]\nidle_minutes = \"3\"\n", "dinhdanh.toml:5: session.idle_minutes: invalid type: string \"3\", expected u32"),
        ("[session]\nidle_minutes = 0\n", "dinhdanh.toml:5: session.idle_minutes: must be from 1 to 1440, not 0"),
        ("[log]\nlevel = \"a=b=c\"\n", "dinhdanh.toml:5: log.level: must be error, warn"),
        ("[acr]\nloa2 = \"LoA1\"\n", "dinhdanh.toml:5: acr.loa2: must differ from acr.loa1"),
        ("[http]\ntrusted_proxies = [\"10.0.0.0/99\"]\n", "dinhdanh.toml:5: http.trusted_proxies: `10.0.0.0/99` is not a network"),
        ("[database]\nurl = \"slite://x\"\n", "dinhdanh.toml:5: database.url: "),
        ("[short_lived]\nurl = \"redis://x\"\n", "dinhdanh.toml:5: short_lived.url: must be \"memory:\""),
        ("[keys]\nkey_encryption_key = \"c2hvcnQ=\"\n", "dinhdanh.toml:5: keys.key_encryption_key: must be 32 bytes in base64"),
        ("[keys]\nkey_encryption_key_file = \"/no/such\"\n", "dinhdanh.toml:5: keys.key_encryption_key_file: /no/such: no such file"),
        (
            "[[clients]]\nclient_id = \"a\"\n[[clients]]\nclient_nam = \"b\"\n",
            "dinhdanh.toml:7: clients[1].client_nam: unknown key `client_nam`; did you mean `client_name`?",
        ),
        (
            "[[clients]]\nclient_id = \"a\"\nclient_secret = 314159\n",
            "dinhdanh.toml:6: clients[0].client_secret: wrong kind of value; expected ",
        ),
        ("[tls]\ncertificate_file = \"./tls.crt\"\n", "dinhdanh.toml:4: tls: the key `key_file` is missing; add it"),
    ] {
        let complaint = complaint(
            &format!("{SANDBOX}{text}")
                .replace("issuer = \"http://localhost:8080\"\n[sandbox]\nenabled = true\nissuer = \n", "issuer = \n"),
        );
        assert!(complaint.starts_with(expected), "\n  {complaint}\nexpected\n  {expected}");
    }
}

#[test]
fn a_secret_never_appears_in_a_complaint_or_in_debug() {
    let text = format!("{SANDBOX}[sms]\nurl = \"http://localhost\"\nbearer_token = \"hunter2\"\n");
    let config = load(&text).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(!serde_json::to_string(&config).unwrap().contains("hunter2"));
    let broken = format!("{text}bearer_token_file = \"x\"\n[sms\n");
    assert!(!complaint(&broken).contains("hunter2"));
}

#[test]
fn the_issuer_is_an_origin() {
    for issuer in [
        "http://localhost:8080/",
        "https://a.example/x",
        "https://a.example?x=1",
        "https://a.example#x",
        "HTTPS://A.example",
        "https://u@a.example",
        "a.example",
        "ftp://a.example",
        "https://a.example:443",
    ] {
        let complaint = complaint(&SANDBOX.replace("http://localhost:8080", issuer));
        assert!(complaint.starts_with("dinhdanh.toml:1: issuer: "), "{complaint}");
    }
}

#[test]
fn production_refuses_what_only_a_sandbox_may_have() {
    let production = |issuer: &str, rest: &str| format!("issuer = \"{issuer}\"\n{rest}");
    let kek = "[keys]\nkey_encryption_key = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"\n";
    let sms = "[sms]\nurl = \"https://sms.example/send\"\n";
    for (text, expected) in [
        (production("http://a.example", kek), "dinhdanh.toml:1: issuer: must be https in production"),
        (production("https://a.example", sms), "dinhdanh.toml: keys.key_encryption_key_file: production needs it"),
        (production("https://a.example", kek), "dinhdanh.toml: sms.url: production needs an SMS gateway"),
        (
            production("https://a.example", &format!("{kek}{}", sms.replace("https", "http"))),
            "dinhdanh.toml:5: sms.url: must be https in production",
        ),
        (
            production("https://a.example", &format!("{kek}{sms}[sandbox]\nfixed_otp = \"123456\"\n")),
            "dinhdanh.toml:7: sandbox.fixed_otp: is for the sandbox only",
        ),
        (
            production("https://a.example", &format!("{kek}{sms}[sandbox]\nrate_limits = false\n")),
            "dinhdanh.toml:7: sandbox.rate_limits: is for the sandbox only",
        ),
    ] {
        let complaint = complaint(&text);
        assert!(complaint.starts_with(expected), "\n  {complaint}\nexpected\n  {expected}");
    }
    load(&production("https://a.example", &format!("{kek}{sms}"))).unwrap();
}

#[test]
fn the_environment_overrides_the_file() {
    let config = with_environment(&[
        ("DINHDANH__SESSION__IDLE_MINUTES", "20"),
        ("DINHDANH__SANDBOX__FIXED_OTP", "123456"),
        ("DINHDANH__SANDBOX__RATE_LIMITS", "false"),
        ("DINHDANH__LISTEN", "127.0.0.1:9999"),
        ("DINHDANH__HTTP__TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8"),
        ("DINHDANH__LOG__FORMAT", "json"),
        ("DINHDANH_TEST_POSTGRES", "not ours"),
        ("PATH", "/usr/bin"),
    ])
    .unwrap();
    assert_eq!(config.session.idle_minutes, 20);
    assert_eq!(config.sandbox.fixed_otp.unwrap().expose(), "123456");
    assert!(!config.sandbox.rate_limits);
    assert_eq!(config.listen, "127.0.0.1:9999");
    assert_eq!(config.http.trusted_proxies.len(), 2);
    assert_eq!(config.log.format, dinhdanh::config::LogFormat::Json);
}

#[test]
fn a_wrong_override_names_the_variable() {
    for (name, value, expected) in [
        (
            "DINHDANH__SESSION__IDLE_MINUTS",
            "20",
            "environment variable DINHDANH__SESSION__IDLE_MINUTS: unknown key `idle_minuts`; did you mean `idle_minutes`?",
        ),
        ("DINHDANH__SESSION__IDLE_MINUTES", "soon", "environment variable DINHDANH__SESSION__IDLE_MINUTES: must be a whole number"),
        ("DINHDANH__SESSION__IDLE_MINUTES", "0", "environment variable DINHDANH__SESSION__IDLE_MINUTES: must be from 1 to 1440, not 0"),
        ("DINHDANH__SANDBOX__ENABLED", "yes", "environment variable DINHDANH__SANDBOX__ENABLED: must be true or false"),
        ("DINHDANH__LISTEN", "localhost", "environment variable DINHDANH__LISTEN: must be address and port"),
        ("DINHDANH__SESSION", "1", "environment variable DINHDANH__SESSION: is a section"),
        ("DINHDANH__CLIENTS", "[]", "environment variable DINHDANH__CLIENTS: can be set in the file only"),
        ("DINHDANH__", "", "environment variable DINHDANH__: unknown key ``"),
        ("DINHDANH__LOG__FORMAT", "xml", "environment variable DINHDANH__LOG__FORMAT: unknown variant"),
    ] {
        let complaint = with_environment(&[(name, value)]).expect_err(name);
        assert!(complaint.starts_with(expected), "\n  {complaint}\nexpected\n  {expected}");
        assert_eq!(complaint.lines().count(), 1);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.toml");
    let not_text = folder.path().join("bytes.toml");
    std::fs::write(&not_text, [0xff, 0xfe]).unwrap();
    for (path, cause) in [(missing.as_path(), "no such file"), (folder.path(), "is a folder"), (not_text.as_path(), "is not valid UTF-8")] {
        let complaint = Config::load(Some(path), &Environment::default()).unwrap_err().to_string();
        assert!(complaint.starts_with(&path.display().to_string()) && complaint.contains(cause), "{complaint}");
    }
}

#[test]
fn the_demo_is_a_configuration_like_any_other() {
    let config = Config::for_demo(18_080, &Environment::default()).unwrap();
    assert_eq!(config.issuer, "http://localhost:18080");
    assert_eq!(config.clients[0].client_id, DEMO_NATIONAL_PORTAL);
    assert!(config.clients[0].redirect_uris[0].starts_with("http://localhost:18081/"));
}

#[test]
fn the_shipped_example_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key-encryption-key"), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
    std::fs::write(folder.path().join("sms-token"), "token\n").unwrap();
    std::fs::write(folder.path().join("portal-a-secret"), "0123456789012345678901234567890123456789\n").unwrap();
    let example =
        include_str!("../../../deploy/dinhdanh.toml").replace("/run/credentials/dinhdanh.service", folder.path().to_str().unwrap());
    load(&example).unwrap();
}

#[test]
fn the_manual_is_written_from_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, reference()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == reference(),
        "docs/configuration.md is stale: run `UPDATE=1 cargo test --release -p dinhdanh --test configuration`"
    );
}

#[test]
fn every_key_has_a_meaning_in_the_manual() {
    for line in reference().lines().filter(|line| line.starts_with("| `")) {
        let meaning = line.trim_end_matches('|').rsplit(" | ").next().unwrap_or_default().trim();
        assert!(meaning.len() > 3, "{line}");
    }
}

/// The sample of the design, its two ways of giving a secret side by side.
const SAMPLE: &str = r#"
issuer = "http://localhost:8080"
listen = "127.0.0.1:8080"
data_dir = "./data"
[database]
url = "sqlite://./data/dinhdanh.sqlite"
[short_lived]
url = "memory:"
[sandbox]
enabled = true
fixed_otp = "123456"
rate_limits = true
outbound_ca_file = "./ca.pem"
[[clients]]
client_id = "portal-a"
client_secret = "a-secret-of-at-least-32-characters-for-tests"
client_name = "Cổng dịch vụ A"
redirect_uris = ["https://portal-a.example/cb"]
post_logout_redirect_uris = ["https://portal-a.example/"]
token_endpoint_auth_method = "client_secret_basic"
grant_types = ["authorization_code", "refresh_token"]
scope = "openid profile phone email address eid offline_access"
subject_type = "pairwise"
id_token_signed_response_alg = "RS256"
min_account_level = 1
min_authentication_level = 1
purpose = "Xác định người nộp hồ sơ"
purpose_en = "To know who files the dossier"
agreement_number = "12/2026"
agreement_expires_on = "2027-12-31"
consent = "remembered"
require_pkce = true
claims_profile = "standard"
[[clients]]
client_id = "portal-b"
client_secret_file = "SECRET_FILE"
client_name = "B"
redirect_uris = ["https://portal-b.example/cb"]
purpose = "Thử"
"#;
