//! The bytes of an import: unpacked where they are packed, counted and hashed as they are used up.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// Bytes read ahead.
const BUFFER: usize = 128 * 1024;
/// RFC 1952 §2.3.1.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Unpacked bytes, used up one record after the other.
pub(super) struct Stream<'a> {
    input: Box<dyn BufRead + 'a>,
    packed: Rc<Cell<u64>>,
    bytes: u64,
    digest: Sha256,
}

impl<'a> Stream<'a> {
    /// Looks whether the input is gzip by its first bytes.
    pub fn open(input: &'a mut dyn BufRead) -> io::Result<Self> {
        let packed = Rc::new(Cell::new(0));
        let mut input = Counted { input, read: Rc::clone(&packed) };
        let mut first = Vec::new();
        (&mut input).take(GZIP.len() as u64).read_to_end(&mut first)?;
        let is_gzip = first == GZIP;
        let whole = BufReader::with_capacity(BUFFER, io::Cursor::new(first).chain(input));
        let input: Box<dyn BufRead + 'a> =
            if is_gzip { Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(whole))) } else { Box::new(whole) };
        Ok(Self { input, packed, bytes: 0, digest: Sha256::new() })
    }

    /// What can be used next; empty at the end.
    pub fn ahead(&mut self) -> io::Result<&[u8]> {
        loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome.map(drop)?,
            }
        }
        self.input.fill_buf()
    }

    /// Uses up so many bytes of [`Self::ahead`].
    pub fn consume(&mut self, count: usize) -> io::Result<()> {
        let used = self.input.fill_buf()?;
        self.digest.update(used.get(..count).unwrap_or(used));
        self.input.consume(count);
        self.bytes += count as u64;
        Ok(())
    }

    /// Uses up everything up to the position; false where the input ends before.
    pub fn skip_to(&mut self, position: u64) -> io::Result<bool> {
        while self.bytes < position {
            let left = usize::try_from(position - self.bytes).unwrap_or(usize::MAX);
            let count = self.ahead()?.len().min(left);
            if count == 0 {
                return Ok(false);
            }
            self.consume(count)?;
        }
        Ok(true)
    }

    /// Unpacked bytes used up.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of them.
    pub fn digest(&self) -> [u8; 32] {
        self.digest.clone().finalize().into()
    }

    /// Bytes of the input that were read, as they came.
    pub fn packed(&self) -> u64 {
        self.packed.get()
    }
}

struct Counted<'a> {
    input: &'a mut dyn BufRead,
    read: Rc<Cell<u64>>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}
