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
    first: Vec<StateId>,
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

    fn accepts_any(&self) -> bool {
        self.state.accepts != self.next.accepts
    }
}

fn part<T>(list: &[T], from: u32, to: u32) -> &[T] {
    list.get(from as usize..to as usize).unwrap_or_default()
}

impl Automaton {
    pub(super) fn new(drafts: Vec<Draft>, first: Vec<StateId>) -> Self {
        let mut out = Self {
            first,
            ..Self::default()
        };
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
        let following = following(tokens, from + 1);
        let symbols = tokens.get(from).map(|t| t.symbols.as_slice());
        for symbol in symbols.unwrap_or_default() {
            let first = self.first.get(usize::from(*symbol)).copied();
            let Some(first) = first.filter(|first| *first != START) else {
                continue;
            };
            let Some(here) = self.here(first) else {
                continue;
            };
            let leads_on = here.state.leading & following != 0 || here.leads_anywhere();
            if !leads_on && !here.accepts_any() {
                continue;
            }
            let known = run.out.len();
            self.follow(&here, from + 1, &mut run);
            // In order of the rules, whatever the states by which they were reached.
            let new = run.out.get_mut(known..).unwrap_or_default();
            if new.len() > 1 {
                new.sort_unstable_by_key(|m| m.rule);
            }
        }
    }

    fn follow(&self, here: &Here<'_>, mut at: usize, run: &mut Run<'_>) {
        for rule in here.accepts() {
            run.accept(*rule, at);
        }
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
            let passed_over = match token.kind {
                TokenKind::Mark(b'-') | TokenKind::LineEnd => true,
                kind => here.state.loose && slight(kind),
            };
            if !passed_over {
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

/// The symbols that may lead on from the word before: of the next token, and of those after it while they may be passed
/// over.
fn following(tokens: &[Token], from: usize) -> u64 {
    let mut set = 0;
    for token in tokens.get(from..).unwrap_or_default() {
        let [a, b, c] = token.symbols.map(folded);
        set |= a | b | c;
        if !matches!(token.kind, TokenKind::Mark(b'-') | TokenKind::LineEnd) {
            break;
        }
    }
    set
}

/// Marks that do not matter among words of any kind.
fn slight(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Mark(b',' | b'/' | b'%' | b'&' | b'+' | b'(' | b')' | b'"')
    )
}
