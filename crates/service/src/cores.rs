use crate::error::{Error, Result};

/// Does the same with each of many, shared between the cores; answers in their order.
pub(crate) fn each<T: Sync, R: Send>(
    all: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(4);
    let share = all.len().div_ceil(workers).max(1);
    std::thread::scope(|threads| {
        let work = &work;
        let running: Vec<_> = all
            .chunks(share)
            .map(|part| threads.spawn(move || part.iter().map(work).collect::<Result<Vec<_>>>()))
            .collect();
        let mut done = Vec::with_capacity(all.len());
        for thread in running {
            let part = thread
                .join()
                .map_err(|_| Error::Internal("reading a message panicked".to_owned()))?;
            done.extend(part?);
        }
        Ok(done)
    })
}
