use jiff::Timestamp;
use serde::Serialize;
use terms::id::digest;

/// One link of a stream's chain. The body enters only through its hash, so that it can be erased when its
/// retention ends and the chain still verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub body: [u8; 32],
    pub chain: [u8; 32],
}

impl Link {
    pub fn after(previous: &[u8], seq: u32, at: Timestamp, body: [u8; 32]) -> Self {
        let at = at.as_microsecond().to_be_bytes();
        Self {
            body,
            chain: digest(&[previous, &seq.to_be_bytes(), &at, &body]),
        }
    }
}

/// JSON with sorted keys and no spaces: the same whatever a database did to its layout.
pub fn canonical(value: &serde_json::Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

pub fn body_hash(body: &impl Serialize) -> Result<[u8; 32], serde_json::Error> {
    Ok(digest(&[&canonical(&serde_json::to_value(body)?)]))
}
