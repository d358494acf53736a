//! How the account that is signed in stands to one portal's request: what protocol must know to decide, said by the law.

use std::collections::BTreeSet;

use account_policy::{
    AccountLevel, Admission, Attribute, AuthenticationLevel, Disclosure, DisclosureRequest, Factor, Facts, Levels, Refusal, admit, disclose,
};
use oidc_provider::authorization::{Authentication, ConsentStanding, ResolvedRequest, Situation, Standing};
use oidc_provider::client::{Client, ConsentPolicy};
use oidc_provider::subject;
use persistence::sessions::Session;
use serde_json::{Map, json};

use super::acr::{AcrNames, Reach, Requirement};
use super::catalogue::{asked_attributes, needs_level_two};
use crate::flow::Interaction;
use crate::flow::present::Present;
use crate::provider::Provider;

/// What law and levels say of one signed-in account and one request.
pub struct Assessment {
    /// Whether the account may be used at all today.
    pub admission: Result<Admission, Refusal>,
    /// What the client would be told about the sign-in.
    pub authentication: Authentication,
    /// The levels of the present sign-in.
    pub levels: Levels,
    /// The client's minimums, an essential `acr`, a guardian's consent.
    pub binding: Standing,
    /// `acr_values`, and the level that the scopes want.
    pub voluntary: Standing,
    /// Whether the guardian still has to agree to this portal.
    pub guardian_due: bool,
    /// What would be released by a sign-in as it stands.
    pub released: BTreeSet<Attribute>,
    /// Whether the citizen must be asked.
    pub consent: ConsentStanding,
}

impl Assessment {
    /// Looks at everything once.
    #[must_use]
    pub fn of(provider: &Provider, interaction: &Interaction, client: &Client, present: &Present) -> Self {
        let request = &interaction.request;
        let facts = &present.holder.facts;
        let today = provider.clock.today();
        let admission = admit(facts, today);
        let levels = levels(facts, &present.session);
        let asked = asked_attributes(&request.scope, &request.claims, client);
        let released = match disclose(facts, &DisclosureRequest { attributes: &asked, authentication_level: levels.authentication }, today)
        {
            Ok(Disclosure { released, .. }) => released,
            Err(_) => BTreeSet::new(),
        };
        let child = admission.as_ref().is_ok_and(|admission| admission.needs_guardian_consent);
        let can_get_code = child || present.holder.person.phone.is_some();
        let reach = Reach { has: levels, attainable: if can_get_code { AuthenticationLevel::Two } else { levels.authentication } };
        let consent = consent(client, request, present, &released);
        // Decree 69 Art. 14.2: the representative or guardian agrees to each portal, and to each wider release.
        let agreed_before = consent == ConsentStanding::Covered
            && client.consent == ConsentPolicy::Remembered
            && present.session.guardian_code_at.is_some();
        let guardian_due = child && !interaction.steps.guardian_agreed && !agreed_before;
        let binding = if guardian_due { Standing::Attainable } else { Standing::Satisfied };
        Self {
            authentication: authentication(provider, request, client, present, levels, reach),
            binding: worse(binding, binding_standing(&provider.acr, request, client, reach)),
            voluntary: voluntary_standing(&provider.acr, request, reach, needs_level_two(&asked, today)),
            admission,
            levels,
            guardian_due,
            released,
            consent,
        }
    }
}

/// What protocol decides on.
#[must_use]
pub fn situation<'a>(interaction: &Interaction, assessment: Option<&'a Assessment>) -> Situation<'a> {
    let Some(assessment) = assessment else {
        return Situation {
            authentication: None,
            authenticated_here: false,
            chosen_here: false,
            admitted: true,
            binding: Standing::Satisfied,
            voluntary: Standing::Satisfied,
            voluntary_declined: false,
            consent: ConsentStanding::Covered,
            consented_here: false,
        };
    };
    let authenticated = interaction.authenticated == Some(assessment.authentication.session);
    let consented_here = interaction.consented.as_ref().is_some_and(|consented| assessment.released.is_subset(consented));
    Situation {
        authentication: Some(&assessment.authentication),
        authenticated_here: authenticated,
        chosen_here: interaction.steps.account_chosen,
        admitted: assessment.admission.is_ok(),
        binding: assessment.binding,
        voluntary: assessment.voluntary,
        voluntary_declined: interaction.steps.step_up_declined,
        consent: if consented_here { ConsentStanding::Covered } else { assessment.consent },
        consented_here,
    }
}

/// The levels that a session has reached (Decree 69 Art. 20).
#[must_use]
pub fn levels(facts: &Facts, session: &Session) -> Levels {
    let mut factors = vec![Factor::Password];
    if session.code_at.is_some() || session.guardian_code_at.is_some() {
        factors.push(Factor::OneTimeCode);
    }
    let authentication = AuthenticationLevel::from_factors(&factors).unwrap_or(AuthenticationLevel::One);
    Levels { account: facts.account_level, authentication }
}

fn authentication(
    provider: &Provider,
    request: &ResolvedRequest,
    client: &Client,
    present: &Present,
    levels: Levels,
    reach: Reach,
) -> Authentication {
    let session = &present.session;
    let account = present.holder.account.id;
    let pairwise = provider.pairwise_key();
    let essential = request.claims.essential_acr().unwrap_or_default();
    let requested = essential.iter().chain(&request.acr_values);
    let code_at = session.code_at.into_iter().chain(session.guardian_code_at);
    let mut amr = vec!["pwd".to_owned()];
    if levels.authentication >= AuthenticationLevel::Two {
        amr.extend(["otp".to_owned(), "mfa".to_owned()]);
    }
    let mut claims = Map::new();
    claims.insert("account_level".to_owned(), json!(levels.account.number()));
    claims.insert("authentication_level".to_owned(), json!(levels.authentication.number()));
    Authentication {
        account,
        sub: subject::subject(pairwise, client, account),
        session: session.id,
        sid: subject::sid(pairwise, &client.client_id, session.id),
        auth_time: code_at.chain([session.password_at]).min().unwrap_or(session.password_at),
        acr: provider.acr.answer(requested.map(String::as_str), reach),
        amr,
        claims,
    }
}

fn binding_standing(names: &AcrNames, request: &ResolvedRequest, client: &Client, reach: Reach) -> Standing {
    let minimum = Requirement {
        account: if client.min_account_level >= 2 { AccountLevel::Two } else { AccountLevel::One },
        authentication: AuthenticationLevel::ALL
            .into_iter()
            .find(|level| level.number() >= client.min_authentication_level)
            .unwrap_or(AuthenticationLevel::Four),
    };
    let essential = match request.claims.essential_acr() {
        Some(values) => names.standing_of_any(values.iter().map(String::as_str), reach),
        None => Standing::Satisfied,
    };
    worse(minimum.standing(reach), essential)
}

fn voluntary_standing(names: &AcrNames, request: &ResolvedRequest, reach: Reach, level_two_asked: bool) -> Standing {
    let by_scope = if level_two_asked && reach.has.account == AccountLevel::Two {
        Requirement { account: AccountLevel::Two, authentication: AuthenticationLevel::Two }.standing(reach)
    } else {
        Standing::Satisfied
    };
    let asked = &request.acr_values;
    let by_acr = if asked.is_empty() { Standing::Satisfied } else { names.standing_of_any(asked.iter().map(String::as_str), reach) };
    // What cannot be had is left out, what can be had is worth a step: attainable wins.
    if by_scope == Standing::Attainable || by_acr == Standing::Attainable { Standing::Attainable } else { worse(by_scope, by_acr) }
}

fn worse(one: Standing, other: Standing) -> Standing {
    match (one, other) {
        (Standing::Unattainable, _) | (_, Standing::Unattainable) => Standing::Unattainable,
        (Standing::Attainable, _) | (_, Standing::Attainable) => Standing::Attainable,
        (Standing::Satisfied, Standing::Satisfied) => Standing::Satisfied,
    }
}

/// Remembered consent covers the same purpose and no more than was shown; a wider request is shown again.
fn consent(client: &Client, request: &ResolvedRequest, present: &Present, released: &BTreeSet<Attribute>) -> ConsentStanding {
    match client.consent {
        ConsentPolicy::None => ConsentStanding::Covered,
        ConsentPolicy::Always => ConsentStanding::Due,
        ConsentPolicy::Remembered => match &present.consent {
            Some(consent)
                if consent.purpose_hash == purpose_hash(client)
                    && released.iter().all(|attribute| consent.claims.contains(attribute.name()))
                    && (!request.scope.contains("offline_access") || consent.scope.contains("offline_access")) =>
            {
                ConsentStanding::Covered
            }
            _ => ConsentStanding::Due,
        },
    }
}

/// The version of the purpose text that was shown: a new wording is a new question (Law 91/2025 on personal data, consent for a stated purpose).
#[must_use]
pub fn purpose_hash(client: &Client) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::new()
        .chain_update(&client.purpose)
        .chain_update([0])
        .chain_update(client.purpose_en.as_deref().unwrap_or_default())
        .finalize()
        .into()
}
