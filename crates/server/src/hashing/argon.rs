//! Argon2id itself (RFC 9106), and the PHC strings it is stored as.

use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{HasherError, Verified};
use crate::config::PasswordsConfig;

const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;
/// What an imported hash may ask of us: 256 MiB, sixteen passes. More would be an attack by import file.
pub(super) const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_ITERATIONS: u32 = 16;
const MOST_LANES: u32 = 16;

/// Why a stored or imported hash is not one that [`Hasher::verify`] could ever say yes to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnacceptableHash {
    /// Not a PHC string.
    #[error("not a PHC string")]
    Malformed,
    /// Another algorithm than Argon2.
    #[error("algorithm {0} is not supported; argon2id, argon2i and argon2d are")]
    Algorithm(String),
    /// Parameters out of range, or salt or output missing.
    #[error("parameters out of range, or salt or output missing")]
    Parameters,
}

/// Whether an imported PHC string can be verified here. The import refuses the others by line.
///
/// # Errors
/// The reason it cannot.
pub fn acceptable(phc: &str) -> Result<(), UnacceptableHash> {
    Stored::parse(phc).map(|_| ())
}

/// The parameters that new hashes get.
#[derive(Clone)]
pub(super) struct Current {
    params: Params,
}

impl Current {
    pub(super) fn new(passwords: &PasswordsConfig) -> Result<Self, HasherError> {
        let &PasswordsConfig { memory_kib, iterations, parallelism, .. } = passwords;
        if memory_kib > MOST_MEMORY_KIB || iterations > MOST_ITERATIONS || parallelism > MOST_LANES {
            return Err(HasherError::Parameters(format!(
                "at most memory_kib={MOST_MEMORY_KIB}, iterations={MOST_ITERATIONS}, parallelism={MOST_LANES}"
            )));
        }
        let params = Params::new(memory_kib, iterations, parallelism, Some(OUTPUT_BYTES))
            .map_err(|error| HasherError::Parameters(error.to_string()))?;
        Ok(Self { params })
    }

    /// The memory one hash needs, for a thread to keep.
    pub(super) fn memory<'a>(&self, filled: &'a AtomicU64) -> Memory<'a> {
        Memory { blocks: vec![Block::new(); self.params.block_count()], filled }
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    pub(super) fn hash(&self, memory: &mut Memory<'_>, password: &[u8], salt: [u8; SALT_BYTES]) -> Result<String, UnacceptableHash> {
        let mut output = Zeroizing::new([0; OUTPUT_BYTES]);
        if !memory.run(&self.argon2(), password, &salt, output.as_mut_slice()) {
            return Err(UnacceptableHash::Parameters);
        }
        let phc = PasswordHash {
            algorithm: Ident::new("argon2id").map_err(|_| UnacceptableHash::Malformed)?,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(|_| UnacceptableHash::Parameters)?,
            salt: Some(Salt::new(&salt).map_err(|_| UnacceptableHash::Parameters)?),
            hash: Some(Output::new(output.as_slice()).map_err(|_| UnacceptableHash::Parameters)?),
        };
        Ok(phc.to_string())
    }

    /// One Argon2 run whatever `stored` is; a second one only to renew a right password's hash.
    pub(super) fn verify(
        &self,
        memory: &mut Memory<'_>,
        password: &[u8],
        stored: &str,
        mut salt: impl FnMut() -> [u8; SALT_BYTES],
    ) -> Verified {
        let wrong = Verified { ok: false, rehash: None };
        let Some(stored) = Stored::usable(stored) else {
            self.refuse(memory, password, None);
            return wrong;
        };
        if !stored.matches(memory, password) {
            return wrong;
        }
        let rehash = if stored.is_current(&self.params) { None } else { self.hash(memory, password, salt()).ok() };
        Verified { ok: true, rehash }
    }

    /// What [`Self::verify`] does for a wrong password of the account whose hash `stand_in` is; without one, of an account with the current
    /// parameters. Whatever comes out is thrown away.
    pub(super) fn refuse(&self, memory: &mut Memory<'_>, password: &[u8], stand_in: Option<&str>) {
        let thrown_away = match stand_in.and_then(Stored::usable) {
            Some(stored) => stored.matches(memory, password),
            None => {
                let mut output = Zeroizing::new([0; OUTPUT_BYTES]);
                memory.run(&self.argon2(), password, &[0; SALT_BYTES], output.as_mut_slice())
            }
        };
        std::hint::black_box(thrown_away);
    }
}

/// A stored hash, taken apart and found affordable.
struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Stored {
    fn usable(phc: &str) -> Option<Self> {
        Self::parse(phc).inspect_err(|error| tracing::error!(%error, "a stored password hash is unusable")).ok()
    }

    fn parse(phc: &str) -> Result<Self, UnacceptableHash> {
        let hash = PasswordHash::new(phc).map_err(|_| UnacceptableHash::Malformed)?;
        let algorithm =
            Algorithm::try_from(hash.algorithm.as_str()).map_err(|_| UnacceptableHash::Algorithm(hash.algorithm.as_str().to_owned()))?;
        let version = match hash.version {
            None => Version::V0x10,
            Some(version) => Version::try_from(version).map_err(|_| UnacceptableHash::Parameters)?,
        };
        let params = Params::try_from(&hash).map_err(|_| UnacceptableHash::Parameters)?;
        let affordable = params.m_cost() <= MOST_MEMORY_KIB && params.t_cost() <= MOST_ITERATIONS && params.p_cost() <= MOST_LANES;
        match (hash.salt, hash.hash) {
            (Some(salt), Some(output)) if affordable => {
                Ok(Self { algorithm, version, params, salt: salt.as_ref().to_vec(), output: output.as_bytes().to_vec() })
            }
            _ => Err(UnacceptableHash::Parameters),
        }
    }

    fn is_current(&self, params: &Params) -> bool {
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && self.output.len() == OUTPUT_BYTES
            && (self.params.m_cost(), self.params.t_cost(), self.params.p_cost()) == (params.m_cost(), params.t_cost(), params.p_cost())
    }

    fn matches(&self, memory: &mut Memory<'_>, password: &[u8]) -> bool {
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        memory.run(&argon2, password, &self.salt, output.as_mut_slice()) && bool::from(output.as_slice().ct_eq(&self.output))
    }
}

/// What a thread hashes in.
pub(super) struct Memory<'a> {
    blocks: Vec<Block>,
    /// Blocks that were filled, in every thread.
    filled: &'a AtomicU64,
}

impl Memory<'_> {
    /// The one place where Argon2 runs, in the thread's own blocks where they are enough.
    fn run(&mut self, argon2: &Argon2<'_>, password: &[u8], salt: &[u8], output: &mut [u8]) -> bool {
        let needed = argon2.params().block_count();
        let filled = u64::try_from(needed).unwrap_or(u64::MAX).saturating_mul(argon2.params().t_cost().into());
        self.filled.fetch_add(filled, Ordering::Relaxed);
        let outcome = match self.blocks.get_mut(..needed) {
            Some(blocks) => argon2.hash_password_into_with_memory(password, salt, output, blocks),
            None => argon2.hash_password_into_with_memory(password, salt, output, vec![Block::new(); needed]),
        };
        outcome.is_ok()
    }
}
