//! Lays phrases out as states and edges, from which the automaton is made.

use rustc_hash::FxHashMap;

use super::{
    automaton::{Automaton, RuleId, START, StateId},
    pattern::Part,
    token::Symbol,
    words::Words,
};

/// A state while phrases are laid out.
#[derive(Default, Clone)]
pub(super) struct Draft {
    /// Where any one word leads.
    pub any: Vec<StateId>,
    pub accepts: Vec<RuleId>,
    /// Where a word leads; in order once laid out.
    pub edges: Vec<(Symbol, StateId)>,
    /// Reached over any word: commas and slashes do not matter here.
    pub loose: bool,
    /// Reached from one state by one symbol only: phrases that begin alike share it.
    one_way_in: bool,
}

pub(crate) struct Layout {
    states: Vec<Draft>,
    edges: FxHashMap<(StateId, Symbol), Vec<StateId>>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            states: vec![Draft::default()],
            edges: FxHashMap::default(),
        }
    }
}

impl Layout {
    pub fn add(&mut self, words: &mut Words, rule: RuleId, phrase: &[Part]) {
        for end in self.lay(words, &[START], phrase, None) {
            if let Some(state) = self.states.get_mut(end as usize)
                && !state.accepts.contains(&rule)
            {
                state.accepts.push(rule);
            }
        }
    }

    /// Lays a phrase out from every state of `from`; the states it ends in. A last word leads to `to`, if given.
    fn lay(
        &mut self,
        words: &mut Words,
        from: &[StateId],
        phrase: &[Part],
        to: Option<StateId>,
    ) -> Vec<StateId> {
        let mut here = from.to_vec();
        for (i, part) in phrase.iter().enumerate() {
            let to = to.filter(|_| i + 1 == phrase.len());
            here = match part {
                Part::Word(word) => {
                    let symbol = words.intern(word);
                    let next = to
                        .or_else(|| self.known(&here, symbol))
                        .unwrap_or_else(|| self.word(&here));
                    for &state in &here {
                        let edges = self.edges.entry((state, symbol)).or_default();
                        if !edges.contains(&next) {
                            edges.push(next);
                        }
                    }
                    vec![next]
                }
                Part::Any => vec![self.any(&here)],
                Part::Gap(most) => {
                    let mut all = here.clone();
                    let mut last = here;
                    for _ in 0..*most {
                        last = vec![self.any(&last)];
                        all.extend(&last);
                    }
                    all
                }
                Part::Choice(ways) => {
                    let shared = to.unwrap_or_else(|| self.state(false));
                    let mut all = Vec::new();
                    for way in ways {
                        for end in self.lay(words, &here, way, Some(shared)) {
                            if !all.contains(&end) {
                                all.push(end);
                            }
                        }
                    }
                    all
                }
                Part::Maybe(inner) => {
                    let mut all = here.clone();
                    all.extend(self.lay(words, &here, inner, None));
                    all
                }
            };
        }
        here
    }

    /// The state that another phrase has already made for this word.
    fn known(&self, from: &[StateId], symbol: Symbol) -> Option<StateId> {
        let &[only] = from else { return None };
        let nexts = self.edges.get(&(only, symbol))?;
        nexts.iter().copied().find(|next| {
            self.states
                .get(*next as usize)
                .is_some_and(|state| state.one_way_in)
        })
    }

    fn word(&mut self, from: &[StateId]) -> StateId {
        let next = self.state(false);
        if let Some(state) = self.states.get_mut(next as usize) {
            state.one_way_in = from.len() == 1;
        }
        next
    }

    fn any(&mut self, from: &[StateId]) -> StateId {
        let next = self.state(true);
        for &state in from {
            if let Some(state) = self.states.get_mut(state as usize) {
                state.any.push(next);
            }
        }
        next
    }

    fn state(&mut self, loose: bool) -> StateId {
        self.states.push(Draft {
            loose,
            ..Draft::default()
        });
        StateId::try_from(self.states.len() - 1).unwrap_or(START)
    }

    /// Once every phrase is in.
    pub fn seal(mut self) -> Automaton {
        let mut all: Vec<(StateId, Symbol, StateId)> = self
            .edges
            .iter()
            .flat_map(|((state, symbol), nexts)| nexts.iter().map(|next| (*state, *symbol, *next)))
            .collect();
        all.sort_unstable();
        for (state, symbol, next) in all {
            if let Some(state) = self.states.get_mut(state as usize) {
                state.edges.push((symbol, next));
            }
        }
        let first = self.merge_first();
        Automaton::new(self.states, &first)
    }

    /// For each symbol that a phrase may begin with one state that stands for all to which it leads: most words of a
    /// report begin some phrase, and few of those go on.
    fn merge_first(&mut self) -> Vec<StateId> {
        let start = self.states.first().map(|start| start.edges.clone());
        let start = start.unwrap_or_default();
        let symbols = start.last().map_or(0, |(last, _)| usize::from(*last) + 1);
        let mut first = vec![START; symbols];
        for edges in start.chunk_by(|a, b| a.0 == b.0) {
            let states = || {
                let ids = edges.iter().map(|(_, next)| *next as usize);
                ids.filter_map(|id| self.states.get(id))
            };
            let mut merged = Draft {
                any: states().flat_map(|state| state.any.clone()).collect(),
                accepts: states().flat_map(|state| state.accepts.clone()).collect(),
                edges: states().flat_map(|state| state.edges.clone()).collect(),
                ..Draft::default()
            };
            merged.edges.sort_unstable();
            merged.accepts.sort_unstable();
            merged.accepts.dedup();
            let id = self.state(false);
            if let Some(slot) = self.states.get_mut(id as usize) {
                *slot = merged;
            }
            if let Some((symbol, _)) = edges.first()
                && let Some(slot) = first.get_mut(usize::from(*symbol))
            {
                *slot = id;
            }
        }
        first
    }
}
