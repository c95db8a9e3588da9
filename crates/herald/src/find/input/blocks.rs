//! Cuts a stream into blocks of whole records, in memory bounded by one record.

use std::io::{self, BufRead, Read};

use crate::find::batch::FULL;

/// A record longer than this is not a radiology report.
pub const LONGEST: usize = 16 * 1024 * 1024;

/// Knows where records end. Keeps what it has seen of a record that comes in several parts.
pub trait Splitter {
    /// The end of the first or last whole record in `window`, going on behind what was seen before.
    fn end(&mut self, window: &[u8], which: Which) -> Option<usize>;
    /// `window` is new; the record goes on in it.
    fn turn(&mut self);
    /// `window` now begins with a new record.
    fn restart(&mut self);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    First,
    Last,
}

pub struct Blocks<R, S> {
    input: R,
    /// Hands on what has come without waiting for more: somebody may be typing.
    eager: bool,
    window: Vec<u8>,
    splitter: S,
}

pub enum Block<'w> {
    Records(&'w [u8]),
    /// A record beyond [`LONGEST`], of which nothing is kept.
    TooLong {
        bytes: u64,
        lines: u64,
    },
}

pub fn lines_in(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

impl<R: BufRead, S: Splitter> Blocks<R, S> {
    pub fn new(input: R, eager: bool, splitter: S) -> Self {
        Self {
            input,
            eager,
            window: Vec::new(),
            splitter,
        }
    }

    pub fn into_input(self) -> R {
        self.input
    }

    /// The next block with `what` done to it.
    pub fn next<T>(
        &mut self,
        which: Which,
        what: impl FnOnce(Block<'_>) -> T,
    ) -> io::Result<Option<T>> {
        let mut target = FULL;
        loop {
            let mut ended = !self.eager && !self.fill(target)?;
            let mut cut = self.splitter.end(&self.window, which);
            if self.eager && cut.is_none() {
                ended = !self.fill(target)?;
                if !ended {
                    cut = self.splitter.end(&self.window, which);
                }
            }
            if ended && (cut.is_none() || which == Which::Last) {
                cut = Some(self.window.len());
            }
            match cut {
                Some(0) => return Ok(None),
                Some(cut) => {
                    let done = what(Block::Records(self.window.get(..cut).unwrap_or_default()));
                    self.window.drain(..cut);
                    if self.window.capacity() > 8 * FULL {
                        self.window.shrink_to(FULL);
                    }
                    self.splitter.restart();
                    return Ok(Some(done));
                }
                None if self.window.len() > LONGEST => {
                    let (bytes, lines) = self.skip()?;
                    return Ok(Some(what(Block::TooLong { bytes, lines })));
                }
                None => target = self.window.len() + FULL,
            }
        }
    }

    /// Reads until the window is so long, or once if eager. False at the end of the input.
    fn fill(&mut self, target: usize) -> io::Result<bool> {
        if self.eager {
            let come = self.input.fill_buf()?;
            let count = come.len().min(FULL);
            self.window
                .extend_from_slice(come.get(..count).unwrap_or(come));
            self.input.consume(count);
            return Ok(count > 0);
        }
        let wanted = target.saturating_sub(self.window.len());
        let got = (&mut self.input)
            .take(wanted as u64)
            .read_to_end(&mut self.window)?;
        Ok(got == wanted)
    }

    /// Reads past the record in the window.
    fn skip(&mut self) -> io::Result<(u64, u64)> {
        let (mut bytes, mut lines) = (0, 0);
        loop {
            bytes += self.window.len() as u64;
            lines += lines_in(&self.window);
            self.window.clear();
            self.splitter.turn();
            let more = self.fill(FULL)?;
            if let Some(end) = self.splitter.end(&self.window, Which::First) {
                bytes += end as u64;
                lines += lines_in(self.window.get(..end).unwrap_or_default());
                self.window.drain(..end);
                self.splitter.restart();
                return Ok((bytes, lines));
            }
            if !more {
                bytes += self.window.len() as u64;
                lines += lines_in(&self.window);
                self.window.clear();
                return Ok((bytes, lines));
            }
        }
    }
}
