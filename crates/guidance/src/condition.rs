//! Conditions over facts, as packs write them:
//!
//! ```text
//! age >= 50 and (fractures.hip or fractures.vertebral)
//! t.lowest <= -2.5 and not blood.calcium = low
//! fracture.site in (rib, pelvis) and at least 2 of (risk.smoker, risk.alcohol, falls.two)
//! ```
//!
//! `and` binds closer than `or`. A bare name is a yes-or-no fact, or a definition made of others.

use terms::Answer;

use crate::{
    facts::{Catalogue, Facts, Kind, Slot, Value},
    logic,
};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    AtLeast(usize, Vec<Condition>),
    Not(Box<Condition>),
    Fact(Slot),
    Compare(Slot, Sign, f64),
    /// One of these options.
    Is(Slot, Vec<usize>),
    Defined(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Less,
    AtMost,
    AtLeast,
    More,
    Equal,
}

/// What is wrong with a condition, and at which character.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} (character {at})")]
pub struct Unclear {
    pub at: usize,
    pub what: String,
}

/// Facts, and what was worked out of them.
pub(crate) struct Ground<'a> {
    pub facts: &'a Facts,
    pub defined: &'a [Answer],
}

impl Condition {
    pub(crate) fn holds(&self, ground: &Ground<'_>) -> Answer {
        match self {
            Self::All(parts) => logic::all(parts.iter().map(|part| part.holds(ground))),
            Self::Any(parts) => logic::any(parts.iter().map(|part| part.holds(ground))),
            Self::AtLeast(least, parts) => {
                logic::at_least(*least, parts.iter().map(|part| part.holds(ground)))
            }
            Self::Not(part) => logic::not(part.holds(ground)),
            Self::Fact(slot) => ground.facts.yes_no(*slot),
            Self::Compare(slot, sign, than) => match ground.facts.get(*slot) {
                Some(Value::Number(number)) => answer(sign.holds(number, *than)),
                Some(Value::OrMore(least)) => sign.holds_from(least, *than),
                _ => Answer::NotKnown,
            },
            Self::Is(slot, options) => match ground.facts.get(*slot) {
                Some(Value::Choice(at)) => answer(options.contains(&at)),
                _ => Answer::NotKnown,
            },
            Self::Defined(at) => ground.defined.get(*at).copied().unwrap_or(Answer::NotKnown),
        }
    }

    /// The facts that make the answer what it is: for yes and no those that decide it, for not known those that are
    /// missing. Definitions are opened up.
    pub(crate) fn reasons(
        &self,
        ground: &Ground<'_>,
        definitions: &[Condition],
        into: &mut Vec<Slot>,
    ) {
        let answer = self.holds(ground);
        let same = |parts: &[Self], into: &mut Vec<Slot>| {
            for part in parts.iter().filter(|part| part.holds(ground) == answer) {
                part.reasons(ground, definitions, into);
            }
        };
        match self {
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => same(parts, into),
            Self::Not(part) => part.reasons(ground, definitions, into),
            Self::Fact(slot) | Self::Compare(slot, ..) | Self::Is(slot, _) => {
                if !into.contains(slot) {
                    into.push(*slot);
                }
            }
            Self::Defined(at) => {
                if let Some(definition) = definitions.get(*at) {
                    definition.reasons(ground, definitions, into);
                }
            }
        }
    }

    /// Every fact named, through definitions too.
    pub(crate) fn names(&self, definitions: &[Condition], into: &mut Vec<Slot>) {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                for part in parts {
                    part.names(definitions, into);
                }
            }
            Self::Not(part) => part.names(definitions, into),
            Self::Fact(slot) | Self::Compare(slot, ..) | Self::Is(slot, _) => into.push(*slot),
            Self::Defined(at) => {
                if let Some(definition) = definitions.get(*at) {
                    definition.names(definitions, into);
                }
            }
        }
    }
}

fn answer(yes: bool) -> Answer {
    if yes { Answer::Yes } else { Answer::No }
}

impl Sign {
    pub(crate) fn holds(self, number: f64, than: f64) -> bool {
        match self {
            Self::Less => number < than,
            Self::AtMost => number <= than,
            Self::AtLeast => number >= than,
            Self::More => number > than,
            Self::Equal => number == than,
        }
    }
}

impl Sign {
    /// Where the number is `least` or more.
    fn holds_from(self, least: f64, than: f64) -> Answer {
        match self {
            Self::AtLeast if least >= than => Answer::Yes,
            Self::More if least > than => Answer::Yes,
            Self::Less if least >= than => Answer::No,
            Self::AtMost | Self::Equal if least > than => Answer::No,
            _ => Answer::NotKnown,
        }
    }
}

/// Read a condition. `defined` are the names that may stand for a condition made earlier.
pub(crate) fn read(
    text: &str,
    catalogue: &Catalogue,
    defined: &[String],
) -> Result<Condition, Unclear> {
    let mut reader = Reader {
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
        end: text.chars().count() + 1,
        catalogue,
        defined,
    };
    let condition = reader.any()?;
    match reader.peek() {
        None => Ok(condition),
        Some(token) => Err(Unclear {
            at: token.at,
            what: format!("expected “and” or “or”, not “{}”", token.text),
        }),
    }
}

#[derive(Debug, Clone)]
struct Token {
    at: usize,
    text: String,
}

fn tokens(text: &str) -> Result<Vec<Token>, Unclear> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut open = false;
    for (index, char) in text.chars().enumerate() {
        let at = index + 1;
        let sign = matches!(char, '<' | '>' | '=');
        let part = char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '-');
        if char.is_whitespace() {
            open = false;
        } else if sign || part {
            let joins = tokens
                .last()
                .is_some_and(|last| last.text.starts_with(['<', '>', '=']) == sign);
            match tokens.last_mut() {
                Some(last) if open && joins => last.text.push(char),
                _ => tokens.push(Token {
                    at,
                    text: char.to_string(),
                }),
            }
            open = true;
        } else if matches!(char, '(' | ')' | ',') {
            tokens.push(Token {
                at,
                text: char.to_string(),
            });
            open = false;
        } else {
            return Err(Unclear {
                at,
                what: format!("“{char}” has no meaning here"),
            });
        }
    }
    Ok(tokens)
}

/// Brackets within brackets; no condition that a person can read comes near.
const DEEPEST: usize = 50;

struct Reader<'a> {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    end: usize,
    catalogue: &'a Catalogue,
    defined: &'a [String],
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, expected: &str) -> Result<Token, Unclear> {
        let token = self.peek().cloned().ok_or_else(|| Unclear {
            at: self.end,
            what: format!("ends where {expected} should stand"),
        })?;
        self.next += 1;
        Ok(token)
    }

    fn takes(&mut self, text: &str) -> bool {
        let there = self.peek().is_some_and(|token| token.text == text);
        if there {
            self.next += 1;
        }
        there
    }

    fn must(&mut self, text: &str) -> Result<(), Unclear> {
        let token = self.take(&format!("“{text}”"))?;
        if token.text == text {
            return Ok(());
        }
        Err(Unclear {
            at: token.at,
            what: format!("expected “{text}”, not “{}”", token.text),
        })
    }

    fn any(&mut self) -> Result<Condition, Unclear> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, Unclear> {
        let first = self.single()?;
        let mut parts = vec![first];
        while self.takes("and") {
            parts.push(self.single()?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn single(&mut self) -> Result<Condition, Unclear> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unclear {
                at: self.peek().map_or(self.end, |token| token.at),
                what: "too many brackets within brackets: make a definition of a part".to_owned(),
            });
        }
        let single = self.one();
        self.depth -= 1;
        single
    }

    fn one(&mut self) -> Result<Condition, Unclear> {
        if self.takes("not") {
            return Ok(Condition::Not(Box::new(self.single()?)));
        }
        if self.takes("(") {
            let inner = self.any()?;
            self.must(")")?;
            return Ok(inner);
        }
        if self.takes("at") {
            self.must("least")?;
            let count = self.take("a number")?;
            let least = count.text.parse().map_err(|_| Unclear {
                at: count.at,
                what: format!("“{}” is not a whole number", count.text),
            })?;
            self.must("of")?;
            self.must("(")?;
            let mut parts = vec![self.any()?];
            while self.takes(",") {
                parts.push(self.any()?);
            }
            self.must(")")?;
            return Ok(Condition::AtLeast(least, parts));
        }
        self.named()
    }

    fn named(&mut self) -> Result<Condition, Unclear> {
        let name = self.take("a fact")?;
        if let Some(at) = self.defined.iter().position(|id| *id == name.text) {
            return Ok(Condition::Defined(at));
        }
        let unknown = |what: String| Unclear { at: name.at, what };
        let slot = self
            .catalogue
            .slot(&name.text)
            .ok_or_else(|| unknown(format!("no fact is called “{}”", name.text)))?;
        let Some(fact) = self.catalogue.facts.get(slot) else {
            return Err(unknown(format!("no fact is called “{}”", name.text)));
        };
        let (kind, options) = (fact.kind(), fact.options().to_vec());
        match kind {
            Kind::YesNo => Ok(Condition::Fact(slot)),
            Kind::Number => {
                let sign = self.take("a comparison")?;
                let meant = match sign.text.as_str() {
                    "<" => Sign::Less,
                    "<=" => Sign::AtMost,
                    ">=" => Sign::AtLeast,
                    ">" => Sign::More,
                    "=" => Sign::Equal,
                    other => {
                        return Err(Unclear {
                            at: sign.at,
                            what: format!(
                                "“{}” is a number: compare it with <, <=, =, >= or >, not “{other}”",
                                name.text
                            ),
                        });
                    }
                };
                let than = self.take("a number")?;
                let number = than.text.parse().map_err(|_| Unclear {
                    at: than.at,
                    what: format!("“{}” is not a number", than.text),
                })?;
                Ok(Condition::Compare(slot, meant, number))
            }
            Kind::Choice => {
                let mut words = Vec::new();
                if self.takes("=") {
                    words.push(self.take("a choice")?);
                } else if self.takes("in") {
                    self.must("(")?;
                    words.push(self.take("a choice")?);
                    while self.takes(",") {
                        words.push(self.take("a choice")?);
                    }
                    self.must(")")?;
                } else {
                    return Err(unknown(format!(
                        "“{}” is a choice: say “{0} = …” or “{0} in (…)”",
                        name.text
                    )));
                }
                let mut chosen = Vec::new();
                for word in words {
                    let at = options.iter().position(|option| *option == word.text);
                    chosen.push(at.ok_or_else(|| Unclear {
                        at: word.at,
                        what: format!(
                            "“{}” is no choice of {}; those are {}",
                            word.text,
                            name.text,
                            options.join(", ")
                        ),
                    })?);
                }
                Ok(Condition::Is(slot, chosen))
            }
        }
    }
}

/// One part needs nothing around it.
fn one_or(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}
