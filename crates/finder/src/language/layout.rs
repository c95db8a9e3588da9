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
        self.merge();
        Automaton::new(self.states, &first)
    }

    /// Where a word leads to several states, or any word does, one stands for all of them: fewer are then followed.
    fn merge(&mut self) {
        let mut merged: FxHashMap<Vec<StateId>, StateId> = FxHashMap::default();
        let mut at = 0;
        while let Some(state) = self.states.get_mut(at) {
            let any = std::mem::take(&mut state.any);
            let edges = std::mem::take(&mut state.edges);
            let any = self.one_for(any, &mut merged);
            let edges = edges
                .chunk_by(|a, b| a.0 == b.0)
                .flat_map(|same| {
                    let nexts = same.iter().map(|(_, next)| *next).collect();
                    let symbol = same.first().map(|(symbol, _)| *symbol);
                    let nexts = self.one_for(nexts, &mut merged);
                    nexts
                        .into_iter()
                        .filter_map(move |next| Some((symbol?, next)))
                })
                .collect();
            if let Some(state) = self.states.get_mut(at) {
                (state.any, state.edges) = (any, edges);
            }
            at += 1;
        }
    }

    /// One state that does what each of several does. Those over which commas do not matter are kept apart.
    fn one_for(
        &mut self,
        nexts: Vec<StateId>,
        merged: &mut FxHashMap<Vec<StateId>, StateId>,
    ) -> Vec<StateId> {
        let mut out = Vec::with_capacity(nexts.len());
        for loose in [false, true] {
            let mut same: Vec<StateId> = nexts
                .iter()
                .copied()
                .filter(|next| {
                    self.states
                        .get(*next as usize)
                        .is_some_and(|s| s.loose == loose)
                })
                .collect();
            same.sort_unstable();
            same.dedup();
            if let [_, _, ..] = same.as_slice() {
                let one = match merged.get(&same) {
                    Some(known) => *known,
                    None => self.union(&same, loose),
                };
                merged.insert(same, one);
                out.push(one);
            } else {
                out.extend(same);
            }
        }
        out
    }

    fn union(&mut self, of: &[StateId], loose: bool) -> StateId {
        let states = || of.iter().filter_map(|id| self.states.get(*id as usize));
        let mut union = Draft {
            any: states().flat_map(|state| state.any.clone()).collect(),
            accepts: states().flat_map(|state| state.accepts.clone()).collect(),
            edges: states().flat_map(|state| state.edges.clone()).collect(),
            loose,
            one_way_in: false,
        };
        union.edges.sort_unstable();
        union.edges.dedup();
        union.accepts.sort_unstable();
        union.accepts.dedup();
        let id = self.state(loose);
        if let Some(slot) = self.states.get_mut(id as usize) {
            *slot = union;
        }
        id
    }

    /// For each symbol that a phrase may begin with one state that stands for all to which it leads: most words of a
    /// report begin some phrase, and few of those go on.
    fn merge_first(&mut self) -> Vec<StateId> {
        let start = self.states.first().map(|start| start.edges.clone());
        let start = start.unwrap_or_default();
        let symbols = start.last().map_or(0, |(last, _)| usize::from(*last) + 1);
        let mut first = vec![START; symbols];
        for edges in start.chunk_by(|a, b| a.0 == b.0) {
            let nexts: Vec<StateId> = edges.iter().map(|(_, next)| *next).collect();
            let id = self.union(&nexts, false);
            if let Some((symbol, _)) = edges.first()
                && let Some(slot) = first.get_mut(usize::from(*symbol))
            {
                *slot = id;
            }
        }
        first
    }
}
