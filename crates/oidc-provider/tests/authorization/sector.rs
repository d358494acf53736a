//! OpenID Connect Core §8.1: with whom a client shares its subjects.

use oidc_provider::client::{ApplicationType, ClientMetadata, ClientMetadataError, RegistrationRules, SubjectType};

use crate::actors::{portal_metadata, rules};

fn sector(metadata: ClientMetadata, document: Option<&[&str]>) -> Result<String, ClientMetadataError> {
    let listed = document.map(|uris| uris.iter().map(|uri| (*uri).to_owned()).collect());
    metadata.register(&RegistrationRules { sector_redirect_uris: listed, ..rules() }).map(|client| client.sector)
}

fn with_uris(uris: &[&str]) -> ClientMetadata {
    ClientMetadata { redirect_uris: uris.iter().map(|uri| (*uri).to_owned()).collect(), ..portal_metadata() }
}

const TWO_HOSTS: [&str; 2] = ["https://portal-a.example/cb", "https://portal-b.example/cb"];

#[test]
fn it_is_the_one_host_of_the_redirect_uris() {
    assert_eq!(sector(portal_metadata(), None).unwrap(), "portal-a.example");
    assert_eq!(sector(with_uris(&["https://a.example/1", "https://a.example:8443/2"]), None).unwrap(), "a.example");
}

#[test]
fn hosts_that_differ_need_a_sector() {
    assert_eq!(sector(with_uris(&TWO_HOSTS), None), Err(ClientMetadataError::SectorUnclear));
    assert!(ClientMetadataError::SectorUnclear.to_string().contains("set sector"));
    let named = ClientMetadata { sector: Some("portals".to_owned()), ..with_uris(&TWO_HOSTS) };
    assert_eq!(sector(named, None).unwrap(), "portals");
    let public = ClientMetadata { subject_type: SubjectType::Public, ..with_uris(&TWO_HOSTS) };
    assert!(sector(public, None).is_ok());
}

#[test]
fn a_sector_document_must_list_every_redirect_uri() {
    let uri = "https://sector.example/uris.json".to_owned();
    let metadata = || ClientMetadata { sector_identifier_uri: Some(uri.clone()), ..with_uris(&TWO_HOSTS) };
    assert_eq!(sector(metadata(), Some(&TWO_HOSTS)).unwrap(), "sector.example");
    assert_eq!(sector(metadata(), None), Err(ClientMetadataError::SectorDocumentMissing));
    let lacks = ClientMetadataError::SectorDocumentLacks { uri: TWO_HOSTS[1].to_owned() };
    assert_eq!(sector(metadata(), Some(&TWO_HOSTS[..1])), Err(lacks));
    let twice = ClientMetadata { sector: Some("x".to_owned()), ..metadata() };
    assert_eq!(sector(twice, Some(&TWO_HOSTS)), Err(ClientMetadataError::SectorTwice));
}

#[test]
fn a_client_without_a_host_of_its_own_is_a_sector_by_itself() {
    for uri in ["http://127.0.0.1/cb", "vn.example.app:/cb"] {
        let metadata = ClientMetadata { application_type: ApplicationType::Native, ..with_uris(&[uri]) };
        assert_eq!(sector(metadata, None).unwrap(), "client:portal-a");
    }
}
