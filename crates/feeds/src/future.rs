use jiff::civil::Date;

use crate::fault::Fault;
use crate::message::{Death, Kind, Message};

/// Dates after `today`, which this crate cannot know by itself. Appointments may lie ahead; nothing else may.
/// The faults have line 0: the caller knows the item's line.
pub fn future_dates(message: &Message, today: Date) -> Vec<Fault> {
    let planned = match &message.kind {
        Kind::ClinicAppointment => true,
        Kind::Adt { event } => matches!(event.as_str(), "A05" | "A14" | "A38"),
        _ => false,
    };
    let died = match message.person.death {
        Death::Died(date) => date,
        Death::Alive | Death::NotStated => None,
    };
    let dates = [
        ("birth date", message.person.born),
        ("date of death", died),
        ("date of the event", message.event.date.filter(|_| !planned)),
        ("date of injury", message.event.injury_date),
    ];
    let performed = message
        .reports
        .iter()
        .map(|report| ("examination date", report.performed));
    let taken = message
        .results
        .iter()
        .map(|result| ("date of the test", result.taken_on));
    dates
        .into_iter()
        .chain(performed)
        .chain(taken)
        .filter_map(|(what, date)| Some((what, date.filter(|date| *date > today)?)))
        .map(|(what, date)| {
            let said = date.strftime("%d/%m/%Y").to_string();
            Fault::warning(
                0,
                format!("The {what} {said} is in the future."),
                "Correct it at the source; day and month may be swapped.",
            )
            .with_value(&said)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::message::{Event, Person, Sender};

    fn message(kind: Kind) -> Message {
        Message {
            kind,
            sender: Sender::default(),
            person: Person {
                born: Some(date(2030, 1, 1)),
                ..Person::default()
            },
            event: Event {
                date: Some(date(2026, 12, 1)),
                ..Event::default()
            },
            codes: Vec::new(),
            reports: Vec::new(),
            results: Vec::new(),
        }
    }

    #[test]
    fn births_and_arrivals_cannot_be_tomorrow_but_appointments_can() {
        let today = date(2026, 11, 22);
        let problems = |kind| future_dates(&message(kind), today).len();
        assert_eq!(problems(Kind::EmergencyAttendance), 2);
        assert_eq!(problems(Kind::ClinicAppointment), 1);
        assert_eq!(
            problems(Kind::Adt {
                event: "A05".into()
            }),
            1
        );
        assert!(future_dates(&message(Kind::Report), date(2031, 1, 1)).is_empty());
    }
}
