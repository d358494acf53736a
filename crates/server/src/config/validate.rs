//! What the types cannot say: rules between keys, and what production does not permit.

use std::collections::BTreeSet;

use oidc_provider::client::RegistrationRules;
use serde_json::Value;
use url::Url;

use super::error::Problem;
use super::schema::Node;
use super::{Config, kek};
use crate::claims::catalogue::known_scopes;

impl Config {
    /// The first rule that is broken. `Config::load` asks this already.
    pub(super) fn validate(&self) -> Result<(), Problem> {
        self.issuer_is_an_origin()?;
        self.numbers_are_in_range()?;
        self.names_are_sound()?;
        self.sections_agree()?;
        if self.sandbox.enabled { self.sandbox_is_permitted() } else { self.production_is_safe() }?;
        self.clients_are_sound()
    }

    fn issuer_is_an_origin(&self) -> Result<(), Problem> {
        let refuse = |what: String| Err(Problem::new("issuer", what));
        let Ok(url) = Url::parse(&self.issuer) else {
            return refuse("is not a URL; write it as https://dinhdanh.example.gov.vn".to_owned());
        };
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return refuse("must be an https URL".to_owned());
        }
        let origin = url.origin().ascii_serialization();
        if self.issuer != origin {
            return refuse(format!(
                "must be scheme, host and port alone, without path, query, fragment or slash at the end; write \"{origin}\""
            ));
        }
        if url.scheme() == "http" && !self.sandbox.enabled {
            return refuse("must be https in production; plain http is for the sandbox".to_owned());
        }
        if url.scheme() == "http" && self.tls.is_some() {
            return refuse("must be https when the section [tls] is there".to_owned());
        }
        Ok(())
    }

    fn numbers_are_in_range(&self) -> Result<(), Problem> {
        let Ok(value) = serde_json::to_value(self) else { return Ok(()) };
        in_range(Node::root(), &value, "")
    }

    fn names_are_sound(&self) -> Result<(), Problem> {
        for (key, name) in [("acr.loa1", &self.acr.loa1), ("acr.loa2", &self.acr.loa2), ("acr.nd69_prefix", &self.acr.nd69_prefix)] {
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(Problem::new(key, "must be visible ASCII without spaces: portals list several in one parameter"));
            }
        }
        if self.acr.loa1 == self.acr.loa2 {
            return Err(Problem::new("acr.loa2", "must differ from acr.loa1"));
        }
        if tracing_subscriber::EnvFilter::try_new(&self.log.level).is_err() {
            return Err(Problem::new("log.level", "must be error, warn, info, debug or trace, or directives such as info,dinhdanh=debug"));
        }
        let mut seen = BTreeSet::new();
        for (index, client) in self.clients.iter().enumerate() {
            if !seen.insert(&client.client_id) {
                let what = format!("`{}` is there twice; each client has its own", client.client_id);
                return Err(Problem::new(format!("clients[{index}].client_id"), what));
            }
        }
        Ok(())
    }

    fn sections_agree(&self) -> Result<(), Problem> {
        if let Err(what) = persistence::DatabaseUrl::parse(self.database.url.expose()) {
            return Err(Problem::new("database.url", what.to_string()));
        }
        if self.short_lived.url.expose() != "memory:" {
            return Err(Problem::new("short_lived.url", "must be \"memory:\"; this version has no other store for short-lived records"));
        }
        if self.session.idle() > self.session.absolute() {
            return Err(Problem::new("session.idle_minutes", "must not exceed session.absolute_hours"));
        }
        if self.limits.first_delay_seconds > self.limits.longest_delay_seconds {
            return Err(Problem::new("limits.first_delay_seconds", "must not exceed limits.longest_delay_seconds"));
        }
        is_address("listen", &self.listen)?;
        if let Some(listen) = &self.metrics.listen {
            is_address("metrics.listen", listen)?;
            if *listen == self.listen {
                return Err(Problem::new("metrics.listen", "must differ from listen"));
            }
        }
        kek::check(&self.keys)
    }

    /// RFC 7591 and our own rules for each portal.
    fn clients_are_sound(&self) -> Result<(), Problem> {
        for (index, client) in self.clients.iter().enumerate() {
            // A sector_identifier_uri is fetched when a node starts, not here; its document counts as good.
            let document = client.sector_identifier_uri.is_some().then(|| client.redirect_uris.clone());
            if let Err(error) = client.clone().register(&self.registration_rules(document)) {
                return Err(Problem::new(format!("clients[{index}].{}", error.key()), error.to_string()));
            }
        }
        Ok(())
    }

    /// What the registration of a portal is held to; `document` is what stands at its `sector_identifier_uri`.
    #[must_use]
    pub fn registration_rules(&self, document: Option<Vec<String>>) -> RegistrationRules {
        RegistrationRules { production: !self.sandbox.enabled, known_scopes: known_scopes().clone(), sector_redirect_uris: document }
    }

    fn sandbox_is_permitted(&self) -> Result<(), Problem> {
        if !cfg!(feature = "sandbox") {
            return Err(Problem::new(
                "sandbox.enabled",
                "this program was built without the sandbox; set it to false or use a build with it",
            ));
        }
        match &self.sandbox.fixed_otp {
            Some(code) if code.expose().len() != 6 || !code.expose().bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(Problem::new("sandbox.fixed_otp", "must be six digits"))
            }
            _ => Ok(()),
        }
    }

    fn production_is_safe(&self) -> Result<(), Problem> {
        let sandbox_only = [
            ("sandbox.fixed_otp", self.sandbox.fixed_otp.is_some()),
            ("sandbox.rate_limits", !self.sandbox.rate_limits),
            ("sandbox.outbound_ca_file", self.sandbox.outbound_ca_file.is_some()),
        ];
        if let Some((key, _)) = sandbox_only.into_iter().find(|(_, set)| *set) {
            return Err(Problem::new(key, "is for the sandbox only; remove it, or set sandbox.enabled = true"));
        }
        if self.keys.key_encryption_key.is_none() {
            let cure = "production needs it; make one with `openssl rand -base64 32` and keep a copy apart from the backups";
            return Err(Problem::new("keys.key_encryption_key_file", cure));
        }
        let Some(sms) = &self.sms else {
            return Err(Problem::new("sms.url", "production needs an SMS gateway for one-time codes; add the section [sms]"));
        };
        if !sms.url.starts_with("https://") {
            return Err(Problem::new("sms.url", "must be https in production: the messages hold one-time codes"));
        }
        Ok(())
    }
}

fn is_address(key: &str, address: &str) -> Result<(), Problem> {
    let sound = address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if sound { Ok(()) } else { Err(Problem::new(key, "must be address and port, as in 127.0.0.1:8080")) }
}

fn in_range(node: Node, value: &Value, prefix: &str) -> Result<(), Problem> {
    for (name, field) in node.properties() {
        let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        let Some(value) = value.get(name) else { continue };
        if field.is_table() {
            in_range(field, value, &key)?;
        } else if let (Some((least, most)), Some(number)) = (field.range(), value.as_i64())
            && !(least..=most).contains(&number)
        {
            return Err(Problem::new(key, format!("must be from {least} to {most}, not {number}")));
        }
    }
    Ok(())
}
