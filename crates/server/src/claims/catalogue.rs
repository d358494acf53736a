//! One line a claim: the scope that asks for it and the attribute that the law knows it by (design section 7).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use account_policy::{AccountLevel, Attribute};
use oidc_provider::claims_request::ClaimsRequest;
use oidc_provider::client::{ClaimsProfile, Client};
use oidc_provider::scope::Scope;
use time::Date;

/// A claim, its scope, its attribute.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Name on the wire.
    pub claim: &'static str,
    /// The scope that asks for it.
    pub scope: &'static str,
    /// What the law decides about.
    pub attribute: Attribute,
}

const fn entry(claim: &'static str, scope: &'static str, attribute: Attribute) -> Entry {
    Entry { claim, scope, attribute }
}

/// Every claim that a person's record can fill.
pub const CATALOGUE: &[Entry] = &[
    entry("name", "profile", Attribute::Name),
    entry("family_name", "profile", Attribute::Name),
    entry("middle_name", "profile", Attribute::Name),
    entry("given_name", "profile", Attribute::Name),
    entry("birthdate", "profile", Attribute::Birthdate),
    entry("gender", "profile", Attribute::Gender),
    entry("locale", "profile", Attribute::Locale),
    entry("updated_at", "profile", Attribute::Name),
    entry("phone_number", "phone", Attribute::Phone),
    entry("phone_number_verified", "phone", Attribute::Phone),
    entry("email", "email", Attribute::Email),
    entry("email_verified", "email", Attribute::Email),
    entry("citizen_id", "citizen_id", Attribute::CitizenIdNumber),
    entry("old_id_number", "citizen_id", Attribute::OldIdNumber),
    entry("address", "address", Attribute::PermanentResidence),
    entry("permanent_residence", "residence", Attribute::PermanentResidence),
    entry("temporary_residence", "residence", Attribute::TemporaryResidence),
    entry("current_residence", "residence", Attribute::CurrentResidence),
    entry("household", "residence", Attribute::Household),
    entry("electronic_id", "eid", Attribute::EidCard),
    entry("driving_licence", "driving_licence", Attribute::DrivingLicence),
    entry("vehicle_registration", "vehicle_registration", Attribute::VehicleRegistration),
    entry("health_insurance", "health_insurance", Attribute::HealthInsurance),
    entry("social_insurance", "social_insurance", Attribute::SocialInsurance),
    entry("legacy_account_id", "legacy_account", Attribute::LegacyAccount),
    entry("legacy_account_status", "legacy_account", Attribute::LegacyAccount),
    entry("organization", "organization", Attribute::Organization),
    entry("foreigner", "foreigner", Attribute::ForeignerDocument),
];

/// Claims about the sign-in itself, which need no attribute.
pub const SIGN_IN_CLAIMS: [&str; 12] =
    ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "sid", "account_level"];

/// Every scope that a request may ask for.
#[must_use]
pub fn known_scopes() -> &'static Scope {
    static SCOPES: LazyLock<Scope> = LazyLock::new(|| {
        let mut names = vec!["openid"];
        for entry in CATALOGUE {
            if !names.contains(&entry.scope) {
                names.push(entry.scope);
            }
        }
        names.push("offline_access");
        Scope::parse(&names.join(" ")).expect("the catalogue's scopes are scope tokens")
    });
    &SCOPES
}

/// Every claim name that metadata lists.
#[must_use]
pub fn supported_claims() -> Vec<&'static str> {
    let mut names: Vec<_> = SIGN_IN_CLAIMS.to_vec();
    names.push("authentication_level");
    names.extend(CATALOGUE.iter().map(|entry| entry.claim));
    names
}

/// What a request asks for, by scope and claim by claim, as far as the client's registered scope covers it today.
#[must_use]
pub fn asked_attributes(scope: &Scope, claims: &ClaimsRequest, client: &Client) -> BTreeSet<Attribute> {
    let by_name = |claim: &str| claims.userinfo.contains_key(claim) || claims.id_token.contains_key(claim);
    let by_profile = client.claims_profile == ClaimsProfile::Vnconnect && scope.contains("openid");
    CATALOGUE
        .iter()
        .filter(|entry| client.scope.contains(entry.scope) && (scope.contains(entry.scope) || by_name(entry.claim)))
        .map(|entry| entry.attribute)
        .chain(by_profile.then_some(Attribute::LegacyAccount))
        .collect()
}

/// Whether some of these are released to a sign-in of authentication level 2 only.
#[must_use]
pub fn needs_level_two(attributes: &BTreeSet<Attribute>, today: Date) -> bool {
    attributes.iter().any(|attribute| attribute.rule(today).is_some_and(|rule| rule.account_level == AccountLevel::Two))
}
