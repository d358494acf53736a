//! Whom to measure, and as whom: a JSON file. The same form describes other providers to the referee in `../shared/bench`, of which this
//! tool reads what it needs: a provider whose sign-in is one plain form.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

const OURS: &str = include_str!("../profiles/dinhdanh.json");

/// A provider and the clients and people that it knows.
#[derive(Debug, Clone, Deserialize)]
pub struct Profile {
    /// Stands in every row.
    pub name: String,
    /// The issuer: metadata is read below it, and tokens must name it.
    pub issuer: String,
    /// The client of `sso` and `login`; `introspect` asks as this one, too.
    pub client: ClientProfile,
    /// The client of `client_credentials`.
    #[serde(default)]
    pub cc_client: Option<ClientProfile>,
    /// The client of `refresh`, where it is another one.
    #[serde(default)]
    pub refresh_client: Option<ClientProfile>,
    /// Who signs in.
    pub users: UsersProfile,
    /// Further parameters of an authorization request when there is a session.
    #[serde(default)]
    pub sso_extra: BTreeMap<String, String>,
    /// Further parameters of an authorization request of a fresh browser.
    #[serde(default)]
    pub login_extra: BTreeMap<String, String>,
    /// Further parameters of an authorization request that wants a refresh token.
    #[serde(default)]
    pub refresh_extra: BTreeMap<String, String>,
    #[serde(default)]
    rules: Vec<Rule>,
}

/// A registered client (`client_secret_basic`, RFC 6749 §2.3.1).
#[derive(Debug, Clone, Deserialize)]
pub struct ClientProfile {
    /// `client_id`
    pub id: String,
    /// `client_secret`
    pub secret: String,
    /// Its redirect URI, which is never fetched.
    #[serde(default)]
    pub redirect_uri: String,
    /// What it asks for.
    #[serde(default)]
    pub scope: String,
    /// Further parameters of its token requests.
    #[serde(default)]
    pub token_extra: BTreeMap<String, String>,
}

/// People who differ by a number.
#[derive(Debug, Clone, Deserialize)]
pub struct UsersProfile {
    name: String,
    password: String,
    /// How many there are.
    pub count: usize,
    /// From one to the next, so that few can stand for all.
    #[serde(default = "one")]
    stride: usize,
}

fn one() -> usize {
    1
}

#[derive(Debug, Clone, Deserialize)]
struct Rule {
    form: Option<FormRule>,
}

#[derive(Debug, Clone, Deserialize)]
struct FormRule {
    fields: BTreeMap<String, String>,
}

impl Profile {
    /// From a file, or that of our own `scripts/bench`.
    ///
    /// # Errors
    /// When the file cannot be read, or is of another form.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        let text = match path {
            Some(path) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
            None => OURS.to_owned(),
        };
        serde_json::from_str(&text).context("the profile is not of the form that this tool reads")
    }

    /// The client whose refresh tokens are rotated.
    #[must_use]
    pub fn refresh_client(&self) -> &ClientProfile {
        self.refresh_client.as_ref().unwrap_or(&self.client)
    }

    /// What the person with this number fills into the sign-in form.
    #[must_use]
    pub fn fields(&self, number: usize) -> Vec<(String, String)> {
        let number = number.wrapping_mul(self.users.stride) % self.users.count.max(1);
        let fill = |text: &str| text.replace("{n6}", &format!("{number:06}")).replace("{n}", &number.to_string());
        let (user, password) = (fill(&self.users.name), fill(&self.users.password));
        let forms = self.rules.iter().filter_map(|rule| rule.form.as_ref());
        let fields = forms.flat_map(|form| &form.fields);
        fields.map(|(name, value)| (name.clone(), value.replace("{user}", &user).replace("{password}", &password))).collect()
    }
}
