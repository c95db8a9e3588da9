//! All phrases of all rules as one automaton over words. One pass over the tokens finds every phrase.

use super::{
    layout::Draft,
    token::{Symbol, Token, TokenKind},
};

/// A rule by its place in the lexicon.
pub(crate) type RuleId = u16;

pub(super) type StateId = u32;

pub(super) const START: StateId = 0;

/// What belongs to a state stands in lists that all states share; each begins where that of the state before ends.
struct State {
    /// The symbols of its edges, as `folded` has them: most words lead nowhere.
    leading: u64,
    edges: u32,
    accepts: u32,
    /// Where any one word leads.
    any: u32,
    /// Commas and slashes do not matter here.
    loose: bool,
}

#[derive(Default)]
pub(crate) struct Automaton {
    /// One more than there are, where the lists end.
    states: Vec<State>,
    /// Of each state in order of symbol.
    edges: Vec<(Symbol, StateId)>,
    accepts: Vec<RuleId>,
    any: Vec<StateId>,
    /// Where the first word of a phrase leads, by symbol.
    first: Vec<First>,
    pairs: Pairs,
}

#[derive(Clone, Copy)]
struct First {
    to: StateId,
    /// A phrase may end here.
    accepts: bool,
    /// Any word may follow.
    leads_anywhere: bool,
}

/// Pairs of words that a phrase may begin with, each as one of many bits: some that begin none are among them.
struct Pairs(Vec<u64>);

impl Default for Pairs {
    fn default() -> Self {
        Self(vec![0; 1 << (Self::BITS - 6)])
    }
}

impl Pairs {
    const BITS: u32 = 18;

    fn place(one: Symbol, two: Symbol) -> (usize, u64) {
        let pair = u32::from(one) << 16 | u32::from(two);
        let mixed = pair.wrapping_mul(0x9e37_79b1) >> (32 - Self::BITS);
        (mixed as usize >> 6, 1 << (mixed % 64))
    }

    fn insert(&mut self, one: Symbol, two: Symbol) {
        let (at, bit) = Self::place(one, two);
        if let Some(bits) = self.0.get_mut(at) {
            *bits |= bit;
        }
    }

    fn may_hold(&self, one: Symbol, two: Symbol) -> bool {
        let (at, bit) = Self::place(one, two);
        self.0.get(at).is_some_and(|bits| bits & bit != 0)
    }

    /// Whether a word may be followed by the next token, or by those after it while they may be passed over.
    fn lead_on(&self, word: Symbol, tokens: &[Token]) -> bool {
        for token in tokens {
            let mut symbols = token.symbols.iter().filter(|symbol| **symbol != 0);
            if symbols.any(|symbol| self.may_hold(word, *symbol)) {
                return true;
            }
            if !passed_over(token.kind) {
                break;
            }
        }
        false
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
    fn accept(&mut self, rules: &[RuleId], to: usize) {
        for rule in rules {
            let here = self.out.get_mut(self.before..).unwrap_or_default();
            match here.iter_mut().find(|m| m.rule == *rule) {
                Some(known) => known.to = known.to.max(to),
                None => self.out.push(Match {
                    rule: *rule,
                    from: self.from,
                    to,
                }),
            }
        }
    }
}

/// One state with its lists.
struct Here<'a> {
    automaton: &'a Automaton,
    state: &'a State,
    next: &'a State,
}

impl<'a> Here<'a> {
    fn edges(&self) -> &'a [(Symbol, StateId)] {
        part(&self.automaton.edges, self.state.edges, self.next.edges)
    }

    fn accepts(&self) -> &'a [RuleId] {
        part(
            &self.automaton.accepts,
            self.state.accepts,
            self.next.accepts,
        )
    }

    fn any(&self) -> &'a [StateId] {
        part(&self.automaton.any, self.state.any, self.next.any)
    }

    fn leads_on(&self) -> bool {
        self.state.edges != self.next.edges || self.leads_anywhere()
    }

    fn leads_anywhere(&self) -> bool {
        self.state.any != self.next.any
    }
}

fn part<T>(list: &[T], from: u32, to: u32) -> &[T] {
    list.get(from as usize..to as usize).unwrap_or_default()
}

impl Automaton {
    pub(super) fn new(drafts: Vec<Draft>, first: &[StateId]) -> Self {
        let mut out = Self::default();
        for (symbol, to) in first.iter().enumerate() {
            // Nothing leads back to the start: no phrase begins with this one.
            let draft = drafts.get(*to as usize).filter(|_| *to != START);
            let symbol = Symbol::try_from(symbol).unwrap_or(0);
            for (next, _) in draft.iter().flat_map(|draft| &draft.edges) {
                out.pairs.insert(symbol, *next);
            }
            out.first.push(First {
                to: *to,
                accepts: draft.is_some_and(|draft| !draft.accepts.is_empty()),
                leads_anywhere: draft.is_some_and(|draft| !draft.any.is_empty()),
            });
        }
        for draft in drafts {
            out.begin(draft.loose, &draft.edges);
            out.edges.extend(draft.edges);
            out.accepts.extend(draft.accepts);
            out.any.extend(draft.any);
        }
        out.begin(false, &[]);
        out
    }

    fn begin(&mut self, loose: bool, edges: &[(Symbol, StateId)]) {
        let len = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        self.states.push(State {
            leading: edges.iter().fold(0, |set, edge| set | folded(edge.0)),
            edges: len(self.edges.len()),
            accepts: len(self.accepts.len()),
            any: len(self.any.len()),
            loose,
        });
    }

    fn here(&self, state: StateId) -> Option<Here<'_>> {
        let state = state as usize;
        match self.states.get(state..state + 2)? {
            [state, next] => Some(Here {
                automaton: self,
                state,
                next,
            }),
            _ => None,
        }
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
        let rest = tokens.get(from + 1..).unwrap_or_default();
        let symbols = tokens.get(from).map(|t| t.symbols.as_slice());
        for symbol in symbols.unwrap_or_default() {
            let first = self.first.get(usize::from(*symbol));
            let Some(first) = first.filter(|first| first.to != START) else {
                continue;
            };
            let goes_on = first.leads_anywhere || self.pairs.lead_on(*symbol, rest);
            if !(goes_on || first.accepts) {
                continue;
            }
            let Some(here) = self.here(first.to) else {
                continue;
            };
            let known = run.out.len();
            if goes_on {
                self.follow(&here, from + 1, &mut run);
            } else {
                run.accept(here.accepts(), from + 1);
            }
            // In order of the rules, whatever the states by which they were reached.
            let new = run.out.get_mut(known..).unwrap_or_default();
            if new.len() > 1 {
                new.sort_unstable_by_key(|m| m.rule);
            }
        }
    }

    fn follow(&self, here: &Here<'_>, mut at: usize, run: &mut Run<'_>) {
        run.accept(here.accepts(), at);
        if !here.leads_on() {
            return;
        }
        let tokens = run.tokens;
        // A mark that is itself part of a phrase is tried before it is passed over.
        loop {
            let Some(token) = tokens.get(at) else { return };
            for symbol in &token.symbols {
                if folded(*symbol) & here.state.leading == 0 {
                    continue;
                }
                let edges = here.edges();
                let first = edges.partition_point(|(s, _)| s < symbol);
                let same = edges.get(first..).unwrap_or_default();
                for (_, next) in same.iter().take_while(|(s, _)| s == symbol) {
                    if let Some(next) = self.here(*next) {
                        self.follow(&next, at + 1, run);
                    }
                }
            }
            if !(passed_over(token.kind) || here.state.loose && slight(token.kind)) {
                break;
            }
            at += 1;
        }
        if !here.leads_anywhere() {
            return;
        }
        while tokens.get(at).is_some_and(|t| slight(t.kind)) {
            at += 1;
        }
        if tokens.get(at).is_some_and(Token::is_word) {
            for next in here.any().iter().filter_map(|next| self.here(*next)) {
                self.follow(&next, at + 1, run);
            }
        }
    }
}

/// A symbol as one of 64 bits; no symbol as none.
fn folded(symbol: Symbol) -> u64 {
    u64::from(symbol != 0) << (symbol % 64)
}

/// Marks that do not matter within a phrase.
fn passed_over(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Mark(b'-') | TokenKind::LineEnd)
}

/// Marks that do not matter among words of any kind.
fn slight(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Mark(b',' | b'/' | b'%' | b'&' | b'+' | b'(' | b')' | b'"')
    )
}
