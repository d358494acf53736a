//! The names of levels on the wire (design section 7). They are configuration, because the draft law may bring a third level.

use account_policy::{AccountLevel, AuthenticationLevel, Levels};
use oidc_provider::authorization::Standing;

/// The configured `acr` values.
#[derive(Clone, Debug)]
pub struct AcrNames {
    loa1: String,
    loa2: String,
    nd69_prefix: String,
    supported: Vec<String>,
}

/// What an `acr` value, or a client's minimum, demands of account and sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// How the person was registered, at least.
    pub account: AccountLevel,
    /// How strong the sign-in was, at least.
    pub authentication: AuthenticationLevel,
}

/// What the account has, and what it could reach in this sign-in with a factor that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Levels of the present sign-in.
    pub has: Levels,
    /// The strongest sign-in that the account's means allow.
    pub attainable: AuthenticationLevel,
}

impl Requirement {
    /// How far the sign-in is from it. An account level is never attained by another factor.
    #[must_use]
    pub fn standing(self, reach: Reach) -> Standing {
        if reach.has.account < self.account || reach.attainable.max(reach.has.authentication) < self.authentication {
            Standing::Unattainable
        } else if reach.has.authentication < self.authentication {
            Standing::Attainable
        } else {
            Standing::Satisfied
        }
    }
}

impl AcrNames {
    /// The names as configured.
    #[must_use]
    pub fn new(loa1: String, loa2: String, nd69_prefix: String) -> Self {
        let nd69 = [AuthenticationLevel::One, AuthenticationLevel::Two].map(|level| format!("{nd69_prefix}{}", level.number()));
        let supported = [loa1.clone(), loa2.clone()].into_iter().chain(nd69).collect();
        Self { loa1, loa2, nd69_prefix, supported }
    }

    /// Every value that metadata lists: those that a sign-in here can satisfy. Levels 3 and 4 need a biometric, which no page of ours takes;
    /// asked for as essential they are still understood, and answered by `unmet_authentication_requirements`.
    #[must_use]
    pub fn supported(&self) -> &[String] {
        &self.supported
    }

    /// What that value demands; `None` for a value that is not ours.
    #[must_use]
    pub fn requirement(&self, acr: &str) -> Option<Requirement> {
        if acr == self.loa1 {
            return Some(Requirement { account: AccountLevel::One, authentication: AuthenticationLevel::One });
        }
        if acr == self.loa2 {
            return Some(Requirement { account: AccountLevel::Two, authentication: AuthenticationLevel::Two });
        }
        let number = acr.strip_prefix(&self.nd69_prefix)?;
        let authentication = AuthenticationLevel::ALL.into_iter().find(|level| level.number().to_string() == number)?;
        Some(Requirement { account: AccountLevel::One, authentication })
    }

    /// The `acr` of the answer: the first requested value that is satisfied, else the highest LoA that is.
    #[must_use]
    pub fn answer<'a>(&self, requested: impl Iterator<Item = &'a str>, reach: Reach) -> String {
        let satisfied = |acr: &str| self.requirement(acr).is_some_and(|requirement| requirement.standing(reach) == Standing::Satisfied);
        let mut requested = requested;
        requested
            .find(|acr| satisfied(acr))
            .map_or_else(|| if satisfied(&self.loa2) { self.loa2.clone() } else { self.loa1.clone() }, str::to_owned)
    }

    /// How the sign-in stands to a list of alternatives, in the client's order of preference:
    /// it goes for the first that can be had. Values that are not ours cannot be.
    #[must_use]
    pub fn standing_of_any<'a>(&self, values: impl Iterator<Item = &'a str>, reach: Reach) -> Standing {
        values
            .filter_map(|acr| self.requirement(acr))
            .map(|requirement| requirement.standing(reach))
            .find(|standing| *standing != Standing::Unattainable)
            .unwrap_or(Standing::Unattainable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> AcrNames {
        AcrNames::new("LoA1".to_owned(), "LoA2".to_owned(), "urn:vn:nd69:xacthuc:".to_owned())
    }

    fn reach(account: AccountLevel, authentication: AuthenticationLevel) -> Reach {
        Reach { has: Levels { account, authentication }, attainable: AuthenticationLevel::Two }
    }

    const STRONG: fn() -> Reach = || reach(AccountLevel::Two, AuthenticationLevel::Two);
    const WEAK: fn() -> Reach = || reach(AccountLevel::Two, AuthenticationLevel::One);
    const LOW: fn() -> Reach = || reach(AccountLevel::One, AuthenticationLevel::Two);

    #[test]
    fn the_first_satisfied_value_is_the_answer() {
        let answer = |asked: &[&str], reach| names().answer(asked.iter().copied(), reach);
        assert_eq!(answer(&["LoA1", "LoA2"], STRONG()), "LoA1");
        assert_eq!(answer(&["LoA2", "LoA1"], STRONG()), "LoA2");
        assert_eq!(answer(&["LoA2", "LoA1"], WEAK()), "LoA1");
        assert_eq!(answer(&["urn:vn:nd69:xacthuc:2"], STRONG()), "urn:vn:nd69:xacthuc:2");
        assert_eq!(answer(&["urn:vn:nd69:xacthuc:3"], STRONG()), "LoA2");
        assert_eq!(answer(&["unknown"], WEAK()), "LoA1");
        assert_eq!(answer(&[], LOW()), "LoA1");
    }

    #[test]
    fn a_level_two_account_can_attain_loa2_and_a_level_one_account_cannot() {
        let standing = |asked: &[&str], reach| names().standing_of_any(asked.iter().copied(), reach);
        assert_eq!(standing(&["LoA2"], WEAK()), Standing::Attainable);
        assert_eq!(standing(&["LoA2"], LOW()), Standing::Unattainable);
        assert_eq!(standing(&["LoA2"], STRONG()), Standing::Satisfied);
        assert_eq!(standing(&["LoA2", "LoA1"], LOW()), Standing::Satisfied);
        assert_eq!(standing(&["urn:vn:nd69:xacthuc:4"], STRONG()), Standing::Unattainable);
        assert_eq!(standing(&["unknown"], STRONG()), Standing::Unattainable);
    }

    #[test]
    fn every_supported_value_has_a_requirement() {
        assert!(names().supported().iter().all(|acr| names().requirement(acr).is_some()));
        assert_eq!(names().requirement("urn:vn:nd69:xacthuc:5"), None);
        assert_eq!(names().requirement("urn:vn:nd69:xacthuc:02"), None);
    }
}
