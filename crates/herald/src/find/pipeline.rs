//! One thread reads, several work, the caller writes in the order of the input. Nobody spins: who has nothing to do
//! sleeps. Memory is bounded by what may be under way.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use anyhow::bail;

use super::batch::{Batch, Sink};

/// Bytes of input that may be under way; a single larger batch goes alone.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// A buffer that grew beyond this is not worth keeping.
const WORTH_KEEPING: usize = 2 * 1024 * 1024;

/// What a worker made of a batch.
pub trait Worked: Send {
    /// Its buffer, when it has been written.
    fn buffer(self) -> Vec<u8>;
}

/// The way to the workers, with a count of what is under way.
pub struct Feed {
    to: Mutex<Option<Sender<Batch>>>,
    under_way: Mutex<UnderWay>,
    less: Condvar,
    most: usize,
}

#[derive(Default)]
struct UnderWay {
    batches: usize,
    bytes: usize,
    spare: Vec<Vec<u8>>,
    closed: bool,
}

impl Feed {
    fn new(to: Sender<Batch>, most: usize) -> Self {
        Self {
            to: Mutex::new(Some(to)),
            under_way: Mutex::default(),
            less: Condvar::new(),
            most,
        }
    }

    pub fn spare(&self) -> Vec<u8> {
        locked(&self.under_way).spare.pop().unwrap_or_default()
    }

    pub fn send(&self, batch: Batch) -> ControlFlow<()> {
        let bytes = batch.bytes.len();
        let mut now = locked(&self.under_way);
        while !now.closed
            && now.batches > 0
            && (now.batches >= self.most || now.bytes + bytes > MOST_BYTES)
        {
            now = self.less.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
        if now.closed {
            return ControlFlow::Break(());
        }
        now.batches += 1;
        now.bytes += bytes;
        drop(now);
        match locked(&self.to).as_ref().map(|to| to.send(batch)) {
            Some(Ok(())) => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }

    fn give_back(&self, mut buffer: Vec<u8>) {
        if buffer.capacity() <= WORTH_KEEPING {
            buffer.clear();
            locked(&self.under_way).spare.push(buffer);
        }
    }

    fn written(&self, bytes: usize) {
        let mut now = locked(&self.under_way);
        now.batches -= 1;
        now.bytes -= bytes;
        self.less.notify_all();
    }

    fn close(&self) {
        locked(&self.under_way).closed = true;
        self.less.notify_all();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Finished<W> {
    number: u64,
    bytes: usize,
    /// None: the worker panicked.
    worked: Option<W>,
}

/// Runs to the end of the input, or to the first error of `write`.
pub fn run<W: Worked>(
    jobs: usize,
    read: impl FnOnce(&mut Sink<'_>) -> ControlFlow<()> + Send,
    work: impl Fn(&Batch, Vec<u8>) -> W + Sync,
    mut write: impl FnMut(&mut W) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (to_workers, batches) = mpsc::channel();
    let (to_writer, finished) = mpsc::channel();
    let feed = Feed::new(to_workers, 2 * jobs + 2);
    let batches = Mutex::new(batches);
    thread::scope(|scope| {
        for _ in 0..jobs {
            let to_writer = to_writer.clone();
            scope.spawn(|| worker(&batches, to_writer, &feed, &work));
        }
        drop(to_writer);
        scope.spawn(|| {
            // Dropped when reading ends in any way, so that the workers end too.
            let _end = End(&feed);
            let _ = read(&mut Sink::new(&feed));
        });
        let outcome = in_order(&finished, &feed, &mut write);
        feed.close();
        drop(finished);
        outcome
    })
}

struct End<'f>(&'f Feed);

impl Drop for End<'_> {
    fn drop(&mut self) {
        locked(&self.0.to).take();
    }
}

fn worker<W: Worked>(
    batches: &Mutex<Receiver<Batch>>,
    to_writer: Sender<Finished<W>>,
    feed: &Feed,
    work: &impl Fn(&Batch, Vec<u8>) -> W,
) {
    loop {
        let next = locked(batches).recv();
        let Ok(batch) = next else { return };
        let worked = catch_unwind(AssertUnwindSafe(|| work(&batch, feed.spare()))).ok();
        let finished = Finished {
            number: batch.number,
            bytes: batch.bytes.len(),
            worked,
        };
        feed.give_back(batch.bytes);
        if to_writer.send(finished).is_err() {
            return;
        }
    }
}

fn in_order<W: Worked>(
    finished: &Receiver<Finished<W>>,
    feed: &Feed,
    write: &mut impl FnMut(&mut W) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut waiting = BTreeMap::new();
    let mut expected = 0;
    for done in finished {
        waiting.insert(done.number, done);
        while let Some(done) = waiting.remove(&expected) {
            let Some(mut worked) = done.worked else {
                bail!("a worker failed; nothing after what is written was read");
            };
            write(&mut worked)?;
            feed.give_back(worked.buffer());
            feed.written(done.bytes);
            expected += 1;
        }
    }
    Ok(())
}
