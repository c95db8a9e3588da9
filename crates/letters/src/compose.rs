//! From the data of a letter to its words in order.

use terms::NhsNumber;

use crate::{
    LetterData, NotRendered, Service,
    catalogue::{self, Catalogue, List, Part, Words, fill},
    field::Field,
    plain,
    sheet::{Box, Line, Piece, Sheet},
};

pub(crate) fn compose(data: &LetterData) -> Result<(Sheet, String), NotRendered> {
    let catalogue = catalogue::read()?;
    let template = catalogue
        .template(data.template)
        .ok_or(NotRendered::NoTemplate(data.template.code()))?;
    let words = &catalogue.words;
    let letter = Letter {
        data,
        catalogue,
        words,
    };
    let needs = |field: Field| template.needs.contains(&field);
    let version = template.info.version.clone();
    let sheet = Sheet {
        title: template.info.title.clone(),
        author: letter.required(Field::ServiceName),
        date: data.written_on.into(),
        large_print: data.large_print,
        demo: data.demo.then(|| words.demo.clone()),
        letterhead: letterhead(&data.service, words),
        marking: words.marking.clone(),
        address: letter.address(),
        reference: letter.reference(),
        gp: letter.gp(needs(Field::Action)),
        greeting: format!("{} {},", words.dear, letter.greeting()),
        parts: catalogue
            .parts(template)
            .filter_map(|part| letter.piece(part))
            .collect(),
        closing: words.closing.clone(),
        signature: letter.signature(),
        copies: letter.copies(needs(Field::Practice)),
        foot: format!("{} {} {version}", template.info.id.code(), words.version),
        words: words.into(),
    };
    Ok((sheet, version))
}

pub(crate) fn letterhead(service: &Service, words: &Words) -> Vec<String> {
    let name = plain::some_line(&service.name).unwrap_or_else(|| Field::ServiceName.gap(words));
    let labelled =
        |label: &str, text: &str| plain::some_line(text).map(|text| format!("{label}: {text}"));
    let address = service.address.iter().filter_map(|l| plain::some_line(l));
    std::iter::once(name)
        .chain(address)
        .chain(labelled(&words.phone, &service.phone))
        .chain(labelled(&words.email, &service.email))
        .chain(labelled(&words.hours, &service.hours))
        .collect()
}

struct Letter<'a> {
    data: &'a LetterData,
    catalogue: &'a Catalogue,
    words: &'a Words,
}

impl Letter<'_> {
    fn required(&self, field: Field) -> String {
        field
            .value(self.data)
            .unwrap_or_else(|| field.gap(self.words))
    }

    fn address(&self) -> Vec<String> {
        let lines: Vec<String> = self
            .data
            .patient
            .address
            .iter()
            .filter_map(|l| plain::some_line(l))
            .collect();
        let lines = if lines.is_empty() {
            vec![Field::PatientAddress.gap(self.words)]
        } else {
            lines
        };
        std::iter::once(self.required(Field::PatientName))
            .chain(lines)
            .collect()
    }

    fn reference(&self) -> Vec<String> {
        let number = match self.data.patient.nhs_number.parse::<NhsNumber>() {
            Ok(number) => number.to_string(),
            Err(_) => Field::NhsNumber.gap(self.words),
        };
        let mut lines = vec![
            plain::date(self.data.written_on),
            format!("{}: {number}", self.words.nhs_number),
        ];
        if let Some(born) = Field::Born.value(self.data) {
            lines.push(format!("{}: {born}", self.words.born));
        }
        lines
    }

    fn greeting(&self) -> String {
        Field::TitleName
            .value(self.data)
            .unwrap_or_else(|| self.required(Field::PatientName))
    }

    /// The box: with gaps where the letter needs the lines, otherwise only if there is one.
    fn gp(&self, needed: bool) -> Option<Box> {
        let labels = [
            (&self.words.diagnosis, Field::Diagnosis),
            (&self.words.action, Field::Action),
            (&self.words.follow_up, Field::FollowUp),
        ];
        let lines: Vec<Line> = labels
            .into_iter()
            .filter(|(_, field)| needed || field.value(self.data).is_some())
            .map(|(label, field)| Line {
                label: label.clone(),
                text: self.required(field),
            })
            .collect();
        (!lines.is_empty()).then(|| Box {
            title: self.words.for_gp.clone(),
            lines,
        })
    }

    fn signature(&self) -> Vec<String> {
        [
            self.required(Field::AuthorName),
            plain::line(&self.data.author.role),
        ]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect()
    }

    fn copies(&self, needed: bool) -> Vec<String> {
        let copy = |to: String| vec![format!("{}: {to}", self.words.copy_to)];
        match &self.data.practice {
            Some(practice) if Field::Practice.value(self.data).is_some() => copy(
                std::iter::once(&practice.name)
                    .chain(&practice.address)
                    .filter_map(|l| plain::some_line(l))
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            _ if needed => copy(Field::Practice.gap(self.words)),
            _ => Vec::new(),
        }
    }

    fn piece(&self, part: &Part) -> Option<Piece> {
        let has = |field: Field| field.value(self.data).is_some();
        if part.when.is_some_and(|field| !has(field)) || part.unless.is_some_and(has) {
            return None;
        }
        let mut paragraphs: Vec<String> = part
            .paragraphs
            .iter()
            .map(|sentences| self.paragraph(sentences))
            .filter(|paragraph| !paragraph.is_empty())
            .collect();
        let mut list = Vec::new();
        match part.list {
            Some(List::NoteToPatient) => paragraphs.extend(notes(&self.data.note_to_patient)),
            Some(List::NoteToGp) => paragraphs.extend(notes(&self.data.note_to_gp)),
            Some(kind) => list = self.list(kind),
            None => {}
        }
        (!paragraphs.is_empty() || !list.is_empty()).then(|| Piece {
            heading: part.heading.clone(),
            paragraphs,
            list,
        })
    }

    fn paragraph(&self, sentences: &[String]) -> String {
        sentences
            .iter()
            .filter_map(|sentence| {
                fill(
                    sentence,
                    |field| field.value(self.data),
                    |field| field.gap(self.words),
                )
            })
            .map(|sentence| one_stop(&sentence))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn list(&self, kind: List) -> Vec<String> {
        let data = self.data;
        let medicine = data
            .medicine
            .as_ref()
            .and_then(|m| self.catalogue.medicine(&m.code));
        let items: Vec<String> = match kind {
            List::Findings => data
                .findings
                .iter()
                .map(|f| match f.date {
                    Some(on) => format!("{}: {} ({})", f.name, f.value, plain::date(on)),
                    None => format!("{}: {}", f.name, f.value),
                })
                .collect(),
            List::Referrals => data.referrals.clone(),
            List::Taught => data.taught.clone(),
            List::Next => data
                .next
                .iter()
                .map(|n| format!("{} {}", n.what, n.when))
                .collect(),
            List::MedicineHow => medicine.map_or_else(Vec::new, |m| m.how.clone()),
            List::MedicineWatch => medicine.map_or_else(Vec::new, |m| m.watch.clone()),
            List::NoteToPatient | List::NoteToGp => Vec::new(),
        };
        items
            .iter()
            .filter_map(|item| plain::some_line(item))
            .collect()
    }
}

fn notes(note: &Option<String>) -> Vec<String> {
    note.as_deref().map_or_else(Vec::new, plain::paragraphs)
}

/// A value may end in its own full stop.
fn one_stop(sentence: &str) -> String {
    match sentence.strip_suffix("..") {
        Some(rest) if !rest.ends_with('.') => format!("{rest}."),
        _ => sentence.to_owned(),
    }
}
