use std::{
    ops::{Deref, DerefMut},
    sync::{Condvar, Mutex, MutexGuard},
};

use crate::error::Result;

/// A handful of connections lent one at a time; whoever finds none waits for the next to come back.
pub struct Pool<C> {
    state: Mutex<State<C>>,
    returned: Condvar,
    most: usize,
}

struct State<C> {
    idle: Vec<C>,
    open: usize,
}

pub struct Lent<'a, C> {
    pool: &'a Pool<C>,
    connection: Option<C>,
}

impl<C> Pool<C> {
    pub fn new(most: usize) -> Self {
        Self {
            state: Mutex::new(State {
                idle: Vec::new(),
                open: 0,
            }),
            returned: Condvar::new(),
            most,
        }
    }

    pub fn get(
        &self,
        open: impl FnOnce() -> Result<C>,
        usable: impl Fn(&C) -> bool,
    ) -> Result<Lent<'_, C>> {
        let mut state = self.lock();
        loop {
            while let Some(connection) = state.idle.pop() {
                if usable(&connection) {
                    return Ok(Lent {
                        pool: self,
                        connection: Some(connection),
                    });
                }
                state.open -= 1;
            }
            if state.open < self.most {
                state.open += 1;
                drop(state);
                return match open() {
                    Ok(connection) => Ok(Lent {
                        pool: self,
                        connection: Some(connection),
                    }),
                    Err(error) => {
                        self.lock().open -= 1;
                        self.returned.notify_one();
                        Err(error)
                    }
                };
            }
            state = self
                .returned
                .wait(state)
                .unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<C>> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl<C> Drop for Lent<'_, C> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.lock().idle.push(connection);
            self.pool.returned.notify_one();
        }
    }
}

impl<C> Deref for Lent<'_, C> {
    type Target = C;
    fn deref(&self) -> &C {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("a lent connection is there until it is dropped"),
        }
    }
}

impl<C> DerefMut for Lent<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        match &mut self.connection {
            Some(connection) => connection,
            None => unreachable!("a lent connection is there until it is dropped"),
        }
    }
}
