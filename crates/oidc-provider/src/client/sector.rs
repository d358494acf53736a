//! The sector of a client: within it, and only within it, a citizen has one pairwise `sub` (OpenID Connect Core §8.1).

use std::collections::BTreeSet;

use url::Url;

use super::{ApplicationType, ClientMetadata, ClientMetadataError, SubjectType, redirect_uri::is_loopback};

/// The sector's name: `sector`, or the host of `sector_identifier_uri`, or the one host of all redirect URIs.
///
/// A client without a host of its own (loopback addresses, an application's own scheme, no redirect URI at all) is a sector by itself.
pub(super) fn sector(metadata: &ClientMetadata, document: Option<&[String]>) -> Result<String, ClientMetadataError> {
    if let Some(uri) = &metadata.sector_identifier_uri {
        return from_document(uri, metadata, document);
    }
    if let Some(sector) = &metadata.sector {
        let readable = !sector.trim().is_empty() && sector.len() <= 255 && !sector.chars().any(char::is_control);
        return if readable { Ok(sector.clone()) } else { Err(ClientMetadataError::Text { key: "sector" }) };
    }
    let native = metadata.application_type == ApplicationType::Native;
    let with_host = metadata.redirect_uris.iter().filter(|uri| !(native && is_loopback(uri)));
    let hosts: BTreeSet<String> = with_host.filter_map(|uri| http_host(uri)).collect();
    let mut hosts = hosts.into_iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => Ok(host),
        (Some(_), Some(_)) if metadata.subject_type == SubjectType::Pairwise => Err(ClientMetadataError::SectorUnclear),
        _ => Ok(format!("client:{}", metadata.client_id)),
    }
}

/// OpenID Connect Core §8.1: "The values of the registered redirect_uris MUST be included in the elements of the array".
fn from_document(uri: &str, metadata: &ClientMetadata, document: Option<&[String]>) -> Result<String, ClientMetadataError> {
    if metadata.sector.is_some() {
        return Err(ClientMetadataError::SectorTwice);
    }
    let listed = document.ok_or(ClientMetadataError::SectorDocumentMissing)?;
    if let Some(missing) = metadata.redirect_uris.iter().find(|uri| !listed.contains(uri)) {
        return Err(ClientMetadataError::SectorDocumentLacks { uri: missing.clone() });
    }
    http_host(uri).ok_or(ClientMetadataError::SectorUnclear)
}

fn http_host(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    if matches!(url.scheme(), "http" | "https") { url.host_str().map(str::to_owned) } else { None }
}
