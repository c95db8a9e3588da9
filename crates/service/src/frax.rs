//! FRAX for one person: what to type into the tool, in its order, and what to ask about the score as recorded. Nothing is
//! worked out in FRAX's place.

use guidance::{
    calculators::Ask,
    frax::{
        self, Adjusted, Question, Recorded, ToolField, adjustments, nogg_link, questions,
        tool_order,
    },
    record::FraxOnRecord,
};
use jiff::civil::Date;
use pathway::{Episode, EpisodeId, Person};

use crate::{
    App, May, Scope,
    access::demand,
    candidate,
    care::log,
    error::{Error, Result},
    guidance::{Use, usable},
    views::PersonCard,
};

pub struct FraxView {
    pub card: PersonCard,
    pub episode: EpisodeId,
    pub use_: Use,
    /// Nothing while sums are off.
    pub sheet: Option<Sheet>,
}

pub struct Sheet {
    /// What to type into the tool today.
    pub fields: Vec<ToolField>,
    /// Those whose value a feed says and nobody has saved, by id.
    pub unsaved: Vec<&'static str>,
    /// Values that cannot be right: kept as they are on record, and left out of `fields`.
    pub asks: Vec<Ask>,
    /// The tool's own address, and NOGG's with age, figure and factors. Nothing in them says who it is.
    pub tool: &'static str,
    pub nogg: Option<String>,
    pub score: Option<Recorded>,
    /// Somebody saved the score; else a scan's report prints it.
    pub saved: bool,
    pub questions: Vec<Question>,
    pub adjusted: Option<Adjusted>,
    /// What is not recorded about the score.
    pub open: Vec<&'static str>,
    /// What went into FRAX otherwise, as somebody typed it.
    pub differs: String,
}

pub fn view(app: &App, scope: &Scope, episode: EpisodeId) -> Result<FraxView> {
    demand(scope, May::SeePeople)?;
    let today = app.clock.today();
    let view = app.store.read(|tx| -> Result<FraxView> {
        let (person, _) = candidate::load(tx, scope, episode)?;
        let held = person.episode(episode).ok_or(Error::NotFound)?;
        let use_ = usable(app, tx)?;
        Ok(FraxView {
            episode,
            sheet: use_.on().then(|| sheet(&person, held, today)),
            use_,
            card: PersonCard::of_person(&person, today),
        })
    })?;
    log(app, scope, "frax_opened", view.card.id, episode)?;
    Ok(view)
}

fn sheet(person: &Person, episode: &Episode, today: Date) -> Sheet {
    let found = FraxOnRecord::read(person, episode, today);
    let fields = tool_order(&found.inputs);
    let saved = tool_order(&FraxOnRecord::saved(person, episode, today).inputs);
    let unsaved = fields
        .iter()
        .filter(|field| field.value.is_some() && !saved.contains(field))
        .map(|field| field.id)
        .collect();
    let score = found.score;
    Sheet {
        fields,
        unsaved,
        saved: found.saved,
        tool: frax::link(),
        nogg: score
            .as_ref()
            .and_then(|score| nogg_link(score, &found.at_score)),
        questions: score
            .as_ref()
            .map(|score| questions(score, &found.at_score, today))
            .unwrap_or_default(),
        adjusted: score
            .as_ref()
            .map(|score| adjustments(score, &found.adjust)),
        score,
        asks: found.asks,
        open: found.open,
        differs: found.differs,
    }
}
