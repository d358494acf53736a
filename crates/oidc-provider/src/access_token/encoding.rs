//! The bytes inside a sealed token: fixed fields, then two texts with their lengths.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{AccessToken, InvalidAccessToken};
use crate::scope::Scope;

pub(super) fn encode(token: &AccessToken) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    bytes.extend_from_slice(token.token_id.as_bytes());
    bytes.push(token.grant_id.is_some().into());
    bytes.extend_from_slice(token.grant_id.unwrap_or_default().as_bytes());
    bytes.extend_from_slice(&token.issued_at.unix_timestamp().to_be_bytes());
    bytes.extend_from_slice(&token.expires_at.unix_timestamp().to_be_bytes());
    for text in [&token.client_id, &token.scope.to_string()] {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

pub(super) fn decode(bytes: &[u8]) -> Result<AccessToken, InvalidAccessToken> {
    let mut rest = bytes;
    let token_id = Uuid::from_bytes(take(&mut rest)?);
    let has_grant = take::<1>(&mut rest)? == [1];
    let grant_id = Uuid::from_bytes(take(&mut rest)?);
    let issued_at = moment(&mut rest)?;
    let expires_at = moment(&mut rest)?;
    let client_id = text(&mut rest)?;
    let scope = Scope::parse(&text(&mut rest)?).map_err(|_| InvalidAccessToken)?;
    if !rest.is_empty() {
        return Err(InvalidAccessToken);
    }
    Ok(AccessToken { token_id, grant_id: has_grant.then_some(grant_id), client_id, scope, issued_at, expires_at })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], InvalidAccessToken> {
    let (taken, left) = rest.split_first_chunk::<N>().ok_or(InvalidAccessToken)?;
    *rest = left;
    Ok(*taken)
}

fn moment(rest: &mut &[u8]) -> Result<OffsetDateTime, InvalidAccessToken> {
    OffsetDateTime::from_unix_timestamp(i64::from_be_bytes(take(rest)?)).map_err(|_| InvalidAccessToken)
}

fn text(rest: &mut &[u8]) -> Result<String, InvalidAccessToken> {
    let length = usize::try_from(u64::from_be_bytes(take(rest)?)).map_err(|_| InvalidAccessToken)?;
    let (taken, left) = rest.split_at_checked(length).ok_or(InvalidAccessToken)?;
    *rest = left;
    String::from_utf8(taken.to_vec()).map_err(|_| InvalidAccessToken)
}
