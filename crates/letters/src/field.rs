use terms::{Medicine, NhsNumber, vocabulary};

use crate::{
    LetterData,
    catalogue::{self, Words},
    plain,
};

vocabulary! {
    /// What a template can name: in its words, as a condition, or as what the letter needs.
    Field {
        PatientName = "patient.name", "the patient’s name";
        PatientAddress = "patient.address", "the patient’s address";
        TitleName = "patient.title_name", "how to greet the patient";
        NhsNumber = "nhs_number", "an NHS number whose check digit is right";
        Born = "born", "the date of birth";
        ServiceName = "service.name", "the name of the service";
        ServicePhone = "service.phone", "the phone number of the service";
        ServiceEmail = "service.email", "the email address of the service";
        ServiceHours = "service.hours", "when the service is open";
        AuthorName = "author.name", "who signs the letter";
        Practice = "practice", "the GP practice";
        Fracture = "fracture", "the fracture";
        FractureOn = "fracture.on", "the date of the fracture";
        FractureHow = "fracture.how", "how the fracture happened";
        Diagnosis = "gp.diagnosis", "the diagnosis for the GP";
        Action = "gp.action", "what the GP is asked to do";
        FollowUp = "gp.follow_up", "who follows up, and when";
        Medicine = "medicine", "the medicine";
        MedicineOrReferral = "medicine_or_referral", "a medicine or a referral";
        CalciumVitaminD = "calcium_vitamin_d", "advice on calcium and vitamin D";
        Findings = "findings", "what was found";
        Referrals = "referrals", "who else will help";
        Taught = "taught", "what was talked about";
        Next = "next", "what happens next";
        Appointment = "appointment", "the appointment";
        NoteToGp = "note_to_gp", "a note for the GP";
        NoteToPatient = "note_to_patient", "a note for the patient";
        PaperTitle = "paper.title", "the title of the form";
        Printable = "printable", "characters that can be printed";
    }
}

impl Field {
    /// The value as the letter prints it, on one line.
    pub(crate) fn value(self, data: &LetterData) -> Option<String> {
        let text = match self {
            Self::PatientName => data.patient.name.clone(),
            Self::PatientAddress => data.patient.address.join(", "),
            Self::TitleName => data.patient.title_name.clone(),
            Self::NhsNumber => data
                .patient
                .nhs_number
                .parse::<NhsNumber>()
                .ok()?
                .to_string(),
            Self::Born => plain::date(data.patient.born?),
            Self::ServiceName => data.service.name.clone(),
            Self::ServicePhone => data.service.phone.clone(),
            Self::ServiceEmail => data.service.email.clone(),
            Self::ServiceHours => data.service.hours.clone(),
            Self::AuthorName => data.author.name.clone(),
            Self::Practice => data.practice.as_ref()?.name.clone(),
            Self::Fracture => data.fracture.as_ref()?.words.clone(),
            Self::FractureOn => plain::date(data.fracture.as_ref()?.on?),
            Self::FractureHow => data.fracture.as_ref()?.how.clone()?,
            Self::Diagnosis => data.gp.diagnosis.clone()?,
            Self::Action => data.gp.action.clone()?,
            Self::FollowUp => data.gp.follow_up.clone()?,
            Self::Medicine => {
                let advice = data.medicine.as_ref()?;
                return plain::some_line(&advice.name)
                    .or_else(|| Some(Medicine::from_code(advice.code.trim())?.words().to_owned()));
            }
            Self::MedicineOrReferral => {
                return Self::Medicine
                    .value(data)
                    .or_else(|| Self::Referrals.value(data));
            }
            Self::CalciumVitaminD => data.calcium_vitamin_d.clone()?,
            Self::Findings => data
                .findings
                .iter()
                .map(|f| format!("{} {}", f.name, f.value))
                .collect::<Vec<_>>()
                .join(", "),
            Self::Referrals => data.referrals.join(", "),
            Self::Taught => data.taught.join(", "),
            Self::Next => data
                .next
                .iter()
                .map(|n| format!("{} {}", n.what, n.when))
                .collect::<Vec<_>>()
                .join(", "),
            Self::Appointment => data.appointment.clone()?,
            Self::NoteToGp => data.note_to_gp.clone()?,
            Self::NoteToPatient => data.note_to_patient.clone()?,
            Self::PaperTitle | Self::Printable => return None,
        };
        plain::some_line(&text)
    }

    /// What shows in place of a value that is not there.
    pub(crate) fn gap(self, words: &Words) -> String {
        format!("[{}: {}]", words.missing, self.words())
    }
}

/// Something that the letter may not go out without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub field: &'static str,
    /// For people, such as "the patient’s address".
    pub words: String,
}

/// What the template needs and the letter has not, in the order of the template. Also names characters that the
/// letter’s font does not have and that would be printed as "?".
pub fn missing(data: &LetterData) -> Vec<Missing> {
    let needs = catalogue::find(data.template).map_or(&[][..], |template| &template.needs);
    let mut missing: Vec<Missing> = needs
        .iter()
        .filter(|field| field.value(data).is_none())
        .map(|field| Missing {
            field: field.code(),
            words: field.words().to_owned(),
        })
        .collect();
    let odd = crate::render::unprintable(data);
    if !odd.is_empty() {
        missing.push(Missing {
            field: Field::Printable.code(),
            words: format!("{}, not {odd}", Field::Printable.words()),
        });
    }
    missing
}
