//! Pieces that several pages share.

use super::{
    form::Hidden,
    text::{DateText, NhsText},
};

#[derive(Debug, Clone, Default)]
pub struct Link {
    pub href: String,
    pub text: String,
}

impl Link {
    pub fn new(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            text: text.into(),
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

impl Fact {
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
        }
    }
}

/// One line of who did what and when.
#[derive(Debug, Clone, Default)]
pub struct Act {
    pub what: String,
    pub who: String,
    pub when: String,
}

#[derive(Debug, Clone, Default)]
pub struct Tag {
    pub text: String,
    pub class: &'static str,
}

impl Tag {
    pub fn new(text: impl Into<String>, class: &'static str) -> Self {
        Self {
            text: text.into(),
            class,
        }
    }
}

pub const BLUE: &str = "nhsuk-tag--blue";
pub const GREEN: &str = "nhsuk-tag--green";
pub const GREY: &str = "nhsuk-tag--grey";
pub const YELLOW: &str = "nhsuk-tag--yellow";
pub const ORANGE: &str = "nhsuk-tag--orange";
pub const RED: &str = "nhsuk-tag--red";
pub const PURPLE: &str = "nhsuk-tag--purple";

/// A form of one button.
#[derive(Debug, Clone, Default)]
pub struct OneButton {
    pub action: String,
    pub fields: Vec<Hidden>,
    pub text: String,
}

/// Who the patient is, in the order NHS screens use.
#[derive(Debug, Clone)]
pub struct Banner {
    pub name: String,
    /// Empty on the patient's own page.
    pub href: String,
    pub born: Option<DateText>,
    pub age: String,
    pub died: Option<String>,
    pub age_at_death: String,
    pub gender: String,
    pub nhs: NhsText,
    /// What to mind before anybody is rung or written to.
    pub needs: Vec<String>,
    pub more: Vec<Fact>,
}

impl Banner {
    pub fn with_more(mut self, more: Vec<Fact>) -> Self {
        self.more = more;
        self
    }
}

#[derive(Debug, Clone, Default)]
pub struct PageItem {
    pub gap: bool,
    pub current: bool,
    pub number: u64,
    pub href: String,
}

#[derive(Debug, Clone, Default)]
pub struct Pagination {
    pub previous: Option<String>,
    pub next: Option<String>,
    pub items: Vec<PageItem>,
}

impl Pagination {
    /// First, last, and two each side of the current page; none when there is only one page.
    pub fn new(page: u64, pages: u64, href: impl Fn(u64) -> String) -> Option<Self> {
        if pages < 2 {
            return None;
        }
        let mut items: Vec<PageItem> = Vec::new();
        let mut last = 0;
        for number in (1..=pages).filter(|&n| n == 1 || n == pages || n.abs_diff(page) <= 2) {
            if number > last + 1 {
                items.push(PageItem {
                    gap: true,
                    ..PageItem::default()
                });
            }
            items.push(PageItem {
                gap: false,
                current: number == page,
                number,
                href: href(number),
            });
            last = number;
        }
        Some(Self {
            previous: (page > 1).then(|| href(page - 1)),
            next: (page < pages).then(|| href(page + 1)),
            items,
        })
    }
}

#[derive(Debug, Clone, Default)]
pub struct BarPart {
    pub class: &'static str,
    pub x: u64,
    pub width: u64,
}

/// A stacked bar 1,000 units wide. The same numbers always stand beside it as text.
#[derive(Debug, Clone, Default)]
pub struct Bar {
    pub words: String,
    pub parts: Vec<BarPart>,
}

impl Bar {
    pub fn new(words: String, counts: &[(&'static str, u64)]) -> Option<Self> {
        let total: u64 = counts.iter().map(|(_, n)| n).sum();
        if total == 0 {
            return None;
        }
        let mut sum = 0;
        let mut parts = Vec::new();
        for &(class, number) in counts {
            let from = sum * 1000 / total;
            sum += number;
            let to = sum * 1000 / total;
            if number > 0 {
                // A few rejected rows among many must still be seen.
                parts.push(BarPart {
                    class,
                    x: from.min(996),
                    width: (to - from).max(4),
                });
            }
        }
        Some(Self { words, parts })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_keep_both_ends_and_the_neighbours() {
        let pages = Pagination::new(6, 20, |n| format!("?page={n}")).unwrap();
        let shown: Vec<u64> = pages
            .items
            .iter()
            .filter(|i| !i.gap)
            .map(|i| i.number)
            .collect();
        assert_eq!(shown, [1, 4, 5, 6, 7, 8, 20]);
        assert_eq!(pages.items.iter().filter(|i| i.gap).count(), 2);
        assert!(Pagination::new(1, 1, |n| n.to_string()).is_none());
    }

    #[test]
    fn small_parts_of_a_bar_stay_visible() {
        let bar = Bar::new(String::new(), &[("new", 9_999), ("rejected", 1)]).unwrap();
        assert!(
            bar.parts
                .iter()
                .all(|part| part.width >= 4 && part.x + part.width <= 1000)
        );
        assert!(Bar::new(String::new(), &[("new", 0)]).is_none());
    }
}
