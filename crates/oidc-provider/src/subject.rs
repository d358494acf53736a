//! What the citizen and the session are called towards a client (OpenID Connect Core §8, Front-Channel Logout §3).
//!
//! All names are HMACs with one key, each kind under its own label and each field with its length before it: no name of one kind
//! or sector can be computed from, or mistaken for, another.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::client::{Client, SubjectType};

/// The key of all subject identifiers. Losing or changing it renames every citizen at every portal.
#[derive(Clone)]
pub struct PairwiseKey(Zeroizing<[u8; 32]>);

impl PairwiseKey {
    /// A key from 256 random bits.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for PairwiseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairwiseKey(…)")
    }
}

/// The `sub` that this client knows the account by, as it is registered.
pub fn subject(key: &PairwiseKey, client: &Client, account: Uuid) -> String {
    match client.subject_type {
        SubjectType::Pairwise => pairwise(key, &client.sector, account),
        SubjectType::Public => public_subject(key, account),
    }
}

/// The `sub` of an account within a sector. OpenID Connect Core §8.1: it "MUST NOT be reversible by any party other than the OpenID Provider".
pub fn pairwise(key: &PairwiseKey, sector: &str, account: Uuid) -> String {
    name(key, "pairwise subject", &[sector.as_bytes(), account.as_bytes()])
}

/// The `sub` of an account for clients with `subject_type` public: the same everywhere, and still not the account's id.
pub fn public_subject(key: &PairwiseKey, account: Uuid) -> String {
    name(key, "public subject", &[account.as_bytes()])
}

/// The `sid` of a session for one client: two portals cannot tell by it that they serve the same browser.
pub fn sid(key: &PairwiseKey, client_id: &str, session: Uuid) -> String {
    name(key, "session", &[client_id.as_bytes(), session.as_bytes()])
}

fn name(key: &PairwiseKey, kind: &str, fields: &[&[u8]]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104 §3)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.0.as_slice()).expect("HMAC takes a key of any length");
    for field in [&[b"dinhdanh name 1" as &[u8], kind.as_bytes()], fields].concat() {
        mac.update(&(field.len() as u64).to_be_bytes());
        mac.update(field);
    }
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

const _: fn(&PairwiseKey) = |key| crate::secret::wiped(&key.0);

#[cfg(test)]
mod tests {
    use uuid::uuid;

    use super::*;
    use crate::token::fixtures::{confidential_client, other_client};

    const ACCOUNT: Uuid = uuid!("0195a000-0000-7000-8000-000000000001");
    const OTHER: Uuid = uuid!("0195a000-0000-7000-8000-000000000002");

    fn key() -> PairwiseKey {
        PairwiseKey::new([1; 32])
    }

    /// A changed value here would rename every citizen at every portal.
    #[test]
    fn names_are_pinned_for_ever() {
        let names = [pairwise(&key(), "portal-a.example", ACCOUNT), public_subject(&key(), ACCOUNT), sid(&key(), "portal-a", ACCOUNT)];
        let expected = [
            "xmKUp-t1s2_OsTkOSoK1c7x3ftww7Dv0_IFf2iE3c4o",
            "N7i1vQar59pny-f3-5_6FQRafX-MOn3enr-4HavUZt4",
            "da12JPsFkW2h98s32StSRGBg4Ia3ZY719G_RTIk0nAE",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn sub_differs_between_sectors_and_accounts_and_keys() {
        let sub = pairwise(&key(), "a.example", ACCOUNT);
        assert_eq!(sub, pairwise(&key(), "a.example", ACCOUNT));
        assert_ne!(sub, pairwise(&key(), "b.example", ACCOUNT));
        assert_ne!(sub, pairwise(&key(), "a.example", OTHER));
        assert_ne!(sub, pairwise(&PairwiseKey::new([2; 32]), "a.example", ACCOUNT));
    }

    #[test]
    fn names_of_different_kinds_never_meet() {
        let names = [pairwise(&key(), "x", ACCOUNT), public_subject(&key(), ACCOUNT), sid(&key(), "x", ACCOUNT)];
        assert!(names[0] != names[1] && names[1] != names[2] && names[0] != names[2]);
    }

    #[test]
    fn two_portals_see_different_names_unless_both_are_public() {
        let (a, b) = (confidential_client(), other_client());
        assert_ne!(subject(&key(), &a, ACCOUNT), subject(&key(), &b, ACCOUNT));
        let public = |client: Client| Client { subject_type: SubjectType::Public, ..client };
        assert_eq!(subject(&key(), &public(a), ACCOUNT), subject(&key(), &public(b), ACCOUNT));
    }
}
