//! HL7 v2 files: each message is handed on as it came; what it says is read by the workers.

use std::{io::BufRead, ops::ControlFlow, sync::Arc};

use feeds::{Format, Profiles, Refusal};

use crate::find::batch::{Place, Problem, Sink, What};

pub fn read(
    input: impl BufRead,
    name: &Arc<str>,
    from: Place,
    eager: bool,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let items = match feeds::items(input, &Format::Hl7, &Profiles::built_in()) {
        Ok(items) => items,
        Err(Refusal { problem, advice }) => {
            sink.problem(
                name,
                0,
                Problem::new(format!("is refused: {problem}"), advice),
            );
            return ControlFlow::Continue(());
        }
    };
    let mut next = from;
    for (number, item) in (0..).zip(items) {
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                sink.problem(name, next.line, super::broken(&error));
                return ControlFlow::Continue(());
            }
        };
        if number < from.at {
            continue;
        }
        next.at = number + 1;
        next.line = item.line;
        next.within += item.raw.len() as u64;
        if item.raw.is_empty() {
            if let Some(fault) = item.fault {
                sink.problem(
                    name,
                    item.line,
                    Problem::new(format!("is no message: {}", fault.problem), fault.advice),
                );
            }
        } else {
            let bytes = sink.keep(&item.raw);
            sink.add(name, item.line, bytes, What::Message);
        }
        if eager {
            sink.flush(next)?;
        } else {
            sink.pause(next)?;
        }
    }
    ControlFlow::Continue(())
}
