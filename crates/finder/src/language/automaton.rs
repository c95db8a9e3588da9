//! All phrases of all rules as one automaton over words. One pass over the tokens finds every phrase.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::{
    pattern::Part,
    token::{Symbol, Token, TokenKind},
    words::Words,
};

/// A rule by its place in the lexicon.
pub(crate) type RuleId = u16;

#[derive(Default)]
struct State {
    /// Where any one word leads.
    any: Vec<StateId>,
    accepts: Vec<RuleId>,
    /// Its edges in `sorted`.
    edges: Range<usize>,
    /// Their symbols, as `folded` has them: most words lead nowhere.
    leading: u64,
    /// Reached over any word: commas and slashes do not matter here.
    loose: bool,
    leads_on: bool,
    /// Reached from one state by one symbol only: phrases that begin alike share it.
    one_way_in: bool,
}

type StateId = u32;

const START: StateId = 0;

pub(crate) struct Automaton {
    states: Vec<State>,
    /// The edges while phrases are laid out.
    edges: FxHashMap<(StateId, Symbol), Vec<StateId>>,
    /// The same in order of state and symbol, once sealed.
    sorted: Vec<(Symbol, StateId)>,
    /// The edges out of the start, by symbol.
    first: Vec<Vec<First>>,
}

/// An edge out of the start.
#[derive(Clone)]
struct First {
    to: StateId,
    /// A phrase may end here, or any word may follow.
    whatever: bool,
    /// The words that may follow, as `folded` has them.
    leading: u64,
}

impl Default for Automaton {
    fn default() -> Self {
        Self {
            states: vec![State::default()],
            edges: FxHashMap::default(),
            sorted: Vec::new(),
            first: Vec::new(),
        }
    }
}

/// A phrase found: tokens `from..to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match {
    pub rule: RuleId,
    pub from: usize,
    pub to: usize,
}

/// The phrases from one start being followed.
struct Run<'a> {
    tokens: &'a [Token],
    from: usize,
    out: &'a mut Vec<Match>,
    /// So many of `out` are of earlier starts.
    before: usize,
}

impl Run<'_> {
    fn accept(&mut self, rule: RuleId, to: usize) {
        let here = self.out.get_mut(self.before..).unwrap_or_default();
        match here.iter_mut().find(|m| m.rule == rule) {
            Some(known) => known.to = known.to.max(to),
            None => self.out.push(Match {
                rule,
                from: self.from,
                to,
            }),
        }
    }
}

impl Automaton {
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
                    self.lead_on(&here);
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
        self.lead_on(from);
        next
    }

    fn lead_on(&mut self, states: &[StateId]) {
        for &state in states {
            if let Some(state) = self.states.get_mut(state as usize) {
                state.leads_on = true;
            }
        }
    }

    fn state(&mut self, loose: bool) -> StateId {
        self.states.push(State {
            loose,
            ..State::default()
        });
        StateId::try_from(self.states.len() - 1).unwrap_or(START)
    }

    /// Once every phrase is in.
    pub fn seal(&mut self) {
        let mut all: Vec<(StateId, Symbol, StateId)> = self
            .edges
            .iter()
            .flat_map(|((state, symbol), nexts)| nexts.iter().map(|next| (*state, *symbol, *next)))
            .collect();
        all.sort_unstable();
        self.sorted = all
            .iter()
            .map(|(_, symbol, next)| (*symbol, *next))
            .collect();
        let mut from = 0;
        for of_one in all.chunk_by(|a, b| a.0 == b.0) {
            let to = from + of_one.len();
            if let Some((state, _, _)) = of_one.first()
                && let Some(state) = self.states.get_mut(*state as usize)
            {
                state.edges = from..to;
                state.leading = of_one.iter().fold(0, |set, edge| set | folded(edge.1));
            }
            from = to;
        }
        let symbols = self.edges.keys().map(|(_, s)| usize::from(*s)).max();
        self.first = vec![Vec::new(); symbols.unwrap_or(0) + 1];
        for ((state, symbol), next) in &self.edges {
            let edges = next.iter().filter_map(|to| self.first_edge(*to)).collect();
            if *state == START
                && let Some(slot) = self.first.get_mut(usize::from(*symbol))
            {
                *slot = edges;
            }
        }
        self.edges = FxHashMap::default();
    }

    fn first_edge(&self, to: StateId) -> Option<First> {
        let state = self.states.get(to as usize)?;
        Some(First {
            to,
            whatever: !(state.accepts.is_empty() && state.any.is_empty()),
            leading: state.leading,
        })
    }

    /// Every phrase in `tokens`, the longest of each rule from each start, in order of start.
    pub fn find(&self, tokens: &[Token], out: &mut Vec<Match>) {
        for (from, token) in tokens.iter().enumerate() {
            if token.symbols != [0; 3] {
                self.find_at(tokens, from, out);
            }
        }
    }

    /// The phrases that `tokens` begin with.
    pub fn find_at_head(&self, tokens: &[Token], out: &mut Vec<Match>) {
        self.find_at(tokens, 0, out);
    }

    fn find_at(&self, tokens: &[Token], from: usize, out: &mut Vec<Match>) {
        let mut run = Run {
            tokens,
            from,
            before: out.len(),
            out,
        };
        let following = tokens.get(from + 1).map_or(0, symbols_of);
        let symbols = tokens.get(from).map(|t| t.symbols.as_slice());
        for symbol in symbols.unwrap_or_default() {
            if *symbol == 0 {
                continue;
            }
            let known = run.out.len();
            let edges = self.first.get(usize::from(*symbol));
            for first in edges.map(Vec::as_slice).unwrap_or_default() {
                if first.whatever || first.leading & following != 0 {
                    self.follow(first.to, from + 1, &mut run);
                }
            }
            // In order of the rules, whatever the states by which they were reached.
            let new = run.out.get_mut(known..).unwrap_or_default();
            new.sort_unstable_by_key(|m| m.rule);
        }
    }

    fn follow(&self, state: StateId, mut at: usize, run: &mut Run<'_>) {
        let Some(here) = self.states.get(state as usize) else {
            return;
        };
        for rule in &here.accepts {
            run.accept(*rule, at);
        }
        if !here.leads_on {
            return;
        }
        let tokens = run.tokens;
        let edges = self.sorted.get(here.edges.clone()).unwrap_or_default();
        // A mark that is itself part of a phrase is tried before it is passed over.
        loop {
            let Some(token) = tokens.get(at) else { return };
            for symbol in &token.symbols {
                if *symbol == 0 || folded(*symbol) & here.leading == 0 {
                    continue;
                }
                let first = edges.partition_point(|(s, _)| s < symbol);
                let same = edges.get(first..).unwrap_or_default();
                for (_, next) in same.iter().take_while(|(s, _)| s == symbol) {
                    self.follow(*next, at + 1, run);
                }
            }
            let passed_over = match token.kind {
                TokenKind::Mark(b'-') | TokenKind::LineEnd => true,
                kind => here.loose && slight(kind),
            };
            if !passed_over {
                break;
            }
            at += 1;
        }
        if here.any.is_empty() {
            return;
        }
        while tokens.get(at).is_some_and(|t| slight(t.kind)) {
            at += 1;
        }
        if tokens.get(at).is_some_and(Token::is_word) {
            for &next in &here.any {
                self.follow(next, at + 1, run);
            }
        }
    }
}

/// A symbol as one of 64 bits.
fn folded(symbol: Symbol) -> u64 {
    1 << (symbol % 64)
}

/// The symbols of a token, or all of them if it may be passed over.
fn symbols_of(token: &Token) -> u64 {
    if !token.is_word() {
        return u64::MAX;
    }
    let [a, b, c] = token.symbols.map(folded);
    a | b | c
}

/// Marks that do not matter among words of any kind.
fn slight(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Mark(b',' | b'/' | b'%' | b'&' | b'+' | b'(' | b')' | b'"')
    )
}
