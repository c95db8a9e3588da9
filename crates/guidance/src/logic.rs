//! Yes, no and not known, after Kleene: what is not known stays so unless the rest decides without it.

use terms::Answer;

pub(crate) fn not(answer: Answer) -> Answer {
    match answer {
        Answer::Yes => Answer::No,
        Answer::No => Answer::Yes,
        Answer::NotKnown => Answer::NotKnown,
    }
}

pub(crate) fn all(answers: impl Iterator<Item = Answer>) -> Answer {
    let mut so_far = Answer::Yes;
    for answer in answers {
        match answer {
            Answer::No => return Answer::No,
            Answer::NotKnown => so_far = Answer::NotKnown,
            Answer::Yes => {}
        }
    }
    so_far
}

pub(crate) fn any(answers: impl Iterator<Item = Answer>) -> Answer {
    not(all(answers.map(not)))
}

/// At least `least` of them.
pub(crate) fn at_least(least: usize, answers: impl Iterator<Item = Answer>) -> Answer {
    let (mut yes, mut maybe) = (0, 0);
    for answer in answers {
        match answer {
            Answer::Yes => yes += 1,
            Answer::NotKnown => maybe += 1,
            Answer::No => {}
        }
    }
    if yes >= least {
        Answer::Yes
    } else if yes + maybe < least {
        Answer::No
    } else {
        Answer::NotKnown
    }
}
