//! How the fuzzer spoils a text that was good.

/// The text with these edits: each pair of bytes puts the second at the place that the first names, counted from the edit before; `\0` cuts
/// the byte out, `\x01` doubles it.
pub(crate) fn edited(good: &str, edits: &[u8]) -> String {
    let mut bytes = good.as_bytes().to_vec();
    let mut at = 0;
    for edit in edits.chunks_exact(2).take(64) {
        if bytes.is_empty() {
            break;
        }
        at = (at + usize::from(edit[0])) % bytes.len();
        match edit[1] {
            0 => _ = bytes.remove(at),
            1 => bytes.insert(at, bytes[at]),
            byte => bytes[at] = byte,
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
