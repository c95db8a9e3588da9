//! Ids made from what they stand for. The same input twice gives the same id, so that a step repeated after
//! a crash, or a file taken in twice, cannot make a second person, episode or message.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// SHA-256 over parts, each preceded by its length so that no two lists of parts collide.
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// A version 8 (custom) UUID from the digest of the parts.
pub fn derived(kind: &str, parts: &[&[u8]]) -> Uuid {
    let mut all: Vec<&[u8]> = vec![kind.as_bytes()];
    all.extend(parts);
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest(&all)) {
        *to = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_parts_same_id_and_borders_matter() {
        assert_eq!(
            derived("person", &[b"a", b"b"]),
            derived("person", &[b"a", b"b"])
        );
        assert_ne!(
            derived("person", &[b"ab"]),
            derived("person", &[b"a", b"b"])
        );
        assert_ne!(derived("person", &[b"a"]), derived("episode", &[b"a"]));
    }
}
