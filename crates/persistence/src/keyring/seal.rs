//! AES-256-GCM with a 24-byte random nonce: its first half derives a key of this one value, its second half is GCM's nonce.
//! So random nonces stay safe beyond the 2^32 values per key of NIST SP 800-38D §8.3; a busy portal seals more in a month.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use zeroize::Zeroizing;

use super::data_keys::Generation;
use super::mac;
use crate::Unsealable;

/// Bytes of randomness a seal needs.
pub(super) const NONCE: usize = 24;
const VERSION: u8 = 1;
const HEADER: usize = 2;

/// Where a sealed value lives; part of the seal's additional data.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub row: &'a [u8],
    /// The column.
    pub column: &'static str,
}

/// version ‖ key id ‖ nonce ‖ ciphertext and tag.
pub(super) fn seal(key: &Generation, place: Place<'_>, plain: &[u8], nonce: [u8; NONCE]) -> Vec<u8> {
    let data = additional_data(key.id, place);
    let gcm = cipher(key, &nonce);
    let Ok(secret) = gcm.encrypt(&gcm_nonce(&nonce), Payload { msg: plain, aad: &data }) else {
        unreachable!("AES-GCM seals everything below 64 GiB")
    };
    [&[VERSION, key.id], nonce.as_slice(), &secret].concat()
}

pub(super) fn unseal(keys: &[Generation], place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
    let unsealable = Unsealable { table: place.table, column: place.column };
    let (header, rest) = sealed.split_at_checked(HEADER).ok_or(unsealable)?;
    let (nonce, secret) = rest.split_first_chunk::<NONCE>().ok_or(unsealable)?;
    let key = keys.iter().find(|key| header == [VERSION, key.id]).ok_or(unsealable)?;
    let data = additional_data(key.id, place);
    let plain = cipher(key, nonce).decrypt(&gcm_nonce(nonce), Payload { msg: secret, aad: &data });
    plain.map(Zeroizing::new).map_err(|_| unsealable)
}

fn cipher(key: &Generation, nonce: &[u8; NONCE]) -> Aes256Gcm {
    let derived = Zeroizing::new(mac(&key.key, b"seal", &nonce[..NONCE / 2]));
    Aes256Gcm::new(&(*derived).into())
}

fn gcm_nonce(nonce: &[u8; NONCE]) -> Nonce<aes_gcm::aead::consts::U12> {
    let mut half = [0; NONCE / 2];
    half.copy_from_slice(&nonce[NONCE / 2..]);
    half.into()
}

/// Every part with its length before it, so that no two places read alike.
fn additional_data(key: u8, place: Place<'_>) -> Vec<u8> {
    let mut data = vec![VERSION, key];
    for part in [place.table.as_bytes(), place.row, place.column.as_bytes()] {
        data.extend_from_slice(&(part.len() as u64).to_be_bytes());
        data.extend_from_slice(part);
    }
    data
}
