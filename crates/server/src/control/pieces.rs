//! The input of a command on its way to the node, in pieces with their length before them and an empty one at the end. A command that is killed
//! closes the socket as one that is done does; without the last piece the node knows that half a row is half a row.

use std::io::{self, Read, Write};

/// The largest piece that is believed.
const LARGEST: u32 = 1024 * 1024;

/// Sends one piece.
pub(super) fn piece(sender: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    for chunk in bytes.chunks(LARGEST as usize) {
        sender.write_all(&u32::try_from(chunk.len()).unwrap_or(LARGEST).to_be_bytes())?;
        sender.write_all(chunk)?;
    }
    Ok(())
}

/// Sends the end.
pub(super) fn end(sender: &mut impl Write) -> io::Result<()> {
    sender.write_all(&0_u32.to_be_bytes())
}

/// The input put together again. Ends only where the sender said so.
pub(super) struct Joined<R> {
    input: R,
    left: usize,
    ended: bool,
}

impl<R: Read> Joined<R> {
    /// From the first piece on.
    pub fn new(input: R) -> Self {
        Self { input, left: 0, ended: false }
    }
}

impl<R: Read> Read for Joined<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !self.ended {
            let mut length = [0; 4];
            self.input.read_exact(&mut length).map_err(cut_off)?;
            let length = u32::from_be_bytes(length);
            if length > LARGEST {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the input is no input of this program"));
            }
            (self.left, self.ended) = (length as usize, length == 0);
        }
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let room = buffer.len().min(self.left);
        match self.input.read(&mut buffer[..room])? {
            0 => Err(cut_off(io::ErrorKind::UnexpectedEof.into())),
            count => {
                self.left -= count;
                Ok(count)
            }
        }
    }
}

fn cut_off(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), "the command ended before its input did"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_comes_out_as_it_went_in() {
        let input: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let mut sent = Vec::new();
        piece(&mut sent, &input).unwrap();
        piece(&mut sent, b"").unwrap();
        piece(&mut sent, b"the end").unwrap();
        end(&mut sent).unwrap();
        sent.extend_from_slice(b"more");
        let mut joined = Vec::new();
        Joined::new(sent.as_slice()).read_to_end(&mut joined).unwrap();
        assert!(joined.ends_with(b"the end") && joined[..input.len()] == input);
    }

    #[test]
    fn an_input_that_is_cut_off_is_no_input_that_ended() {
        let mut sent = Vec::new();
        piece(&mut sent, b"098090000101,Nguy").unwrap();
        end(&mut sent).unwrap();
        for length in 0..sent.len() {
            let error = Joined::new(&sent[..length]).read_to_end(&mut Vec::new()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{length}");
        }
    }

    #[test]
    fn a_length_beyond_reason_is_refused() {
        let error = Joined::new([0xff; 8].as_slice()).read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
