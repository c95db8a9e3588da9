//! Compares what the sentences of one report say: the same fracture told twice is one finding, an addendum
//! outweighs the report it corrects, and a name outweighs a hint.

use terms::{Level, Side, Site, Status};

use crate::{
    exam::paired,
    language::{lexicon::Kind, sections::Part},
    report::draft::{Draft, Named},
};

pub(crate) fn reconcile(mut drafts: Vec<Draft>) -> Vec<Draft> {
    addendum(&mut drafts);
    history(&mut drafts);
    hints(&mut drafts);
    let drafts = vertebrae(drafts);
    let mut drafts = merge(drafts);
    conflicts(&mut drafts);
    drafts.sort_by_key(|d| (d.start, d.site));
    drafts
}

fn sides_fit(a: Option<Side>, b: Option<Side>) -> bool {
    Side::may_be_same(a, b)
}

fn same_bone(a: &Draft, b: &Draft) -> bool {
    a.site == b.site && sides_fit(a.side, b.side)
}

/// Whether both name vertebrae, and of other parts of the spine.
fn other_regions(a: &Draft, b: &Draft) -> bool {
    let region = |l: &Level| l.as_str().chars().next();
    let there = |l: &Level| b.level.iter().any(|other| region(other) == region(l));
    !a.level.is_empty() && !b.level.is_empty() && !a.level.iter().any(there)
}

fn addendum(drafts: &mut Vec<Draft>) {
    let later: Vec<Site> = drafts
        .iter()
        .filter(|d| d.part == Part::Addendum)
        .map(|d| d.site)
        .collect();
    if later.is_empty() {
        return;
    }
    // "The impression of compression came from the projection, therefore no fracture."
    let taken_back = |d: &Draft, denied: &Draft| {
        denied.part == Part::Addendum
            && denied.status == Status::Absent
            && denied.said_fracture
            && denied.start > d.start
            && (same_bone(denied, d) || denied.site == Site::Unspecified)
    };
    let told = drafts.clone();
    drafts.retain(|d| {
        d.part != Part::Addendum
            || d.status != Status::Possible
            || d.said_fracture
            || !told.iter().any(|denied| taken_back(d, denied))
    });
    drafts.retain(|d| {
        d.part == Part::Addendum
            || d.part == Part::Indication
            || !(later.contains(&d.site)
                || d.site == Site::Unspecified
                || d.named == Named::Exam
                || later.contains(&Site::Unspecified))
    });
}

/// A known fracture in the history stands until the report itself speaks of that bone.
fn history(drafts: &mut Vec<Draft>) {
    if !drafts.iter().any(|d| d.part == Part::Indication) {
        return;
    }
    let body: Vec<Draft> = drafts
        .iter()
        .filter(|d| d.part != Part::Indication)
        .cloned()
        .collect();
    drafts.retain(|d| {
        d.part != Part::Indication
            || !body.iter().any(|b| {
                same_bone(b, d)
                    && match b.status {
                        Status::Absent => {
                            !b.qualified
                                && matches!(b.kind, Kind::Fracture | Kind::Vertebral | Kind::Shape)
                        }
                        Status::Possible => false,
                        Status::Present | Status::Old => {
                            d.level.is_empty() && b.status == Status::Old
                                || d.level.iter().any(|l| b.level.contains(l))
                                || (d.site != Site::Vertebra)
                        }
                    }
            })
    });
}

/// Signs and odd wording count only where nothing plainer is said of that bone; a denial of a fracture line
/// does not stand beside a suspected fracture.
fn hints(drafts: &mut Vec<Draft>) {
    if drafts.len() < 2 {
        return;
    }
    let plain: Vec<Draft> = drafts
        .iter()
        .filter(|d| d.status != Status::Absent && !matches!(d.kind, Kind::Sign | Kind::Odd))
        .cloned()
        .collect();
    drafts.retain(|d| {
        !matches!(d.kind, Kind::Sign | Kind::Odd)
            || !plain.iter().any(|p| {
                p.site == Site::Unspecified
                    || d.site == Site::Unspecified
                    || same_bone(p, d) && !other_regions(p, d)
                    || (p.sentence == d.sentence)
            })
    });
    let possible: Vec<Draft> = drafts
        .iter()
        .filter(|d| d.status == Status::Possible)
        .cloned()
        .collect();
    drafts.retain(|d| {
        d.status != Status::Absent
            || d.site == Site::Vertebra && matches!(d.kind, Kind::Vertebral) && !d.level.is_empty()
            || !possible.iter().any(|p| {
                same_bone(p, d) || (d.named > Named::Header) || (d.site == Site::Unspecified)
            })
    });
    // "An intra-articular fracture", then the bone: one suspicion.
    let sited = drafts
        .iter()
        .any(|d| d.status == Status::Possible && d.site != Site::Unspecified);
    if sited {
        drafts.retain(|d| !(d.status == Status::Possible && d.site == Site::Unspecified));
    }
}

/// One entry for each vertebra: new outweighs old, old outweighs undated, said outweighs possible.
fn vertebrae(drafts: Vec<Draft>) -> Vec<Draft> {
    let (spine, mut rest): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(|d| {
        d.site == Site::Vertebra && d.status != Status::Absent && !d.level.is_empty()
    });
    let weight = |d: &Draft| match (d.status, d.fresh) {
        (Status::Present, true) => 3,
        (Status::Old, _) => 2,
        (Status::Present, false) => 1,
        _ => 0,
    };
    let mut kept: Vec<Draft> = Vec::new();
    for draft in &spine {
        let mut draft = draft.clone();
        let stated = draft.level.clone();
        for other in &spine {
            if !sides_fit(other.side, draft.side) || other.side != draft.side {
                continue;
            }
            for level in &stated {
                if other.level.contains(level) && other.start != draft.start {
                    draft.cause_raised |= other.cause_raised;
                    draft.pathological |= other.pathological;
                    let first_of_equals = weight(other) == weight(&draft)
                        && other.start < draft.start
                        && other.status != draft.status;
                    if weight(other) > weight(&draft) || first_of_equals {
                        draft.level.retain(|l| l != level);
                    }
                }
            }
        }
        if !draft.level.is_empty() {
            kept.push(draft);
        }
    }
    let raised = rest
        .iter()
        .any(|d| d.site == Site::Vertebra && d.cause_raised && d.status != Status::Absent);
    let pathological = rest
        .iter()
        .any(|d| d.site == Site::Vertebra && d.pathological);
    // "Multiple old fractures" beside named levels says nothing more.
    rest.retain(|d| {
        d.site != Site::Vertebra
            || d.status == Status::Absent
            || d.side.is_some()
            || !kept.iter().any(|k| {
                k.status == d.status
                    || d.status == Status::Possible
                    || (d.status == Status::Present && !d.fresh)
            })
    });
    if raised || pathological {
        for draft in kept.iter_mut().filter(|d| d.status == Status::Present) {
            draft.cause_raised |= raised;
            draft.pathological |= pathological;
        }
    }
    rest.extend(kept);
    rest.sort_by_key(|d| d.start);
    rest
}

fn merge(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut out: Vec<Draft> = Vec::new();
    for draft in drafts {
        let known = out.iter_mut().find(|k| {
            k.site == draft.site
                && k.status == draft.status
                && (k.pathological == draft.pathological || !(k.osteoporotic || draft.osteoporotic))
                && if draft.site == Site::Vertebra {
                    k.side == draft.side || draft.level.is_empty()
                } else {
                    k.side == draft.side || k.side.is_none() || draft.side.is_none()
                }
        });
        match known {
            Some(known) => {
                for level in draft.level {
                    if !known.level.contains(&level) {
                        known.level.push(level);
                    }
                }
                known.side = known.side.or(draft.side);
                known.pathological |= draft.pathological;
                known.cause_raised |= draft.cause_raised;
                known.fresh |= draft.fresh;
                known.qualified &= draft.qualified;
                // The plainer words are the better evidence.
                let plainer =
                    !known.said_fracture && draft.said_fracture && draft.named == Named::Here;
                if known.named > draft.named || plainer {
                    known.named = known.named.min(draft.named);
                    (known.start, known.end) = (draft.start, draft.end);
                    known.rule = draft.rule;
                    known.kind = draft.kind;
                    known.said_fracture |= draft.said_fracture;
                }
            }
            None => out.push(draft),
        }
    }
    for draft in &mut out {
        draft.level.sort_by_key(|l| {
            let (region, number) = l.as_str().split_at_checked(1).unwrap_or(("", ""));
            (
                ["C", "T", "L"].iter().position(|r| *r == region),
                number.parse::<u8>().unwrap_or(0),
            )
        });
    }
    out
}

fn conflicts(drafts: &mut Vec<Draft>) {
    if drafts.len() < 2 {
        return;
    }
    let all = drafts.clone();
    drafts.retain(|d| {
        let others = || {
            all.iter()
                .filter(|o| o.start != d.start || o.status != d.status)
        };
        match d.status {
            // The conclusion names in passing what the findings called old.
            Status::Present if d.part == Part::Conclusion && !d.fresh => !others().any(|o| {
                o.status == Status::Old
                    && same_bone(o, d)
                    && o.part == Part::Findings
                    && d.site != Site::Vertebra
            }),
            Status::Present | Status::Old if d.site == Site::Unspecified => !others().any(|o| {
                matches!(o.status, Status::Present | Status::Old) && o.site != Site::Unspecified
            }),
            Status::Possible => !others().any(|o| {
                o.status == Status::Present
                    && same_bone(o, d)
                    && (paired(d.site) || d.level.is_empty())
            }),
            Status::Absent if d.site == Site::Unspecified => {
                // A general denial adds nothing to one that names bones.
                !(d.named == Named::Nowhere
                    && !d.qualified
                    && others().any(|o| o.status == Status::Absent && o.site != Site::Unspecified))
            }
            _ => true,
        }
    });
}
