//! Sets a sheet as a tagged PDF (PDF/UA-1), in this process and without files, fonts or time of the machine.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::LazyLock,
};

use serde_json::Value;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use unicode_normalization::UnicodeNormalization;

use crate::{NotRendered, plain};

const FONTS: [&[u8]; 2] = [
    include_bytes!("../data/fonts/OpenSans-Regular.ttf"),
    include_bytes!("../data/fonts/OpenSans-Bold.ttf"),
];
/// How many letters the engine remembers parts of; the fixed parts of the layout stay.
const REMEMBERED: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Letter,
    Paper,
}

pub(crate) fn set(layout: Layout, sheet: &Value, ident: String) -> Result<Vec<u8>, NotRendered> {
    let press = PRESS.as_ref().ok_or(NotRendered::Fonts)?;
    let data = serde_json::to_vec(&press.printable(sheet)).map_err(|_| NotRendered::Data)?;
    let desk = Desk {
        press,
        main: match layout {
            Layout::Letter => press.letter.id(),
            Layout::Paper => press.paper.id(),
        },
        data: Bytes::new(data),
    };
    // The engine is large and its text is typed by people: a fault in it may cost one letter, never the server.
    let set = catch_unwind(AssertUnwindSafe(|| desk.set(ident)))
        .unwrap_or_else(|_| Err(NotRendered::Layout("the engine stopped".to_owned())));
    typst::comemo::evict(REMEMBERED);
    set
}

/// The characters of a text that the letter’s font does not have, each once.
pub(crate) fn unprintable(text: &str) -> String {
    let Some(press) = PRESS.as_ref() else {
        return String::new();
    };
    let mut found: Vec<char> = text.nfc().filter(|c| !press.has(*c)).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().collect()
}

static PRESS: LazyLock<Option<Press>> = LazyLock::new(Press::new);

/// What every letter shares.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    letter: Source,
    paper: Source,
    page: Source,
    data: FileId,
}

impl Press {
    fn new() -> Option<Self> {
        let fonts: Vec<Font> = FONTS
            .iter()
            .filter_map(|font| Font::new(Bytes::new(*font), 0))
            .collect();
        if fonts.len() != FONTS.len() {
            return None;
        }
        let id = |path: &str| {
            let path = VirtualPath::new(path).ok()?;
            Some(RootedPath::new(VirtualRoot::Project, path).intern())
        };
        let source = |path: &str, text: &str| Some(Source::new(id(path)?, text.to_owned()));
        Some(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            letter: source("letter.typ", include_str!("../data/letter.typ"))?,
            paper: source("paper.typ", include_str!("../data/paper.typ"))?,
            page: source("page.typ", include_str!("../data/page.typ"))?,
            data: id("data.json")?,
            fonts,
        })
    }

    fn has(&self, c: char) -> bool {
        self.fonts
            .iter()
            .all(|font| font.info().coverage.contains(u32::from(c)))
    }

    /// PDF/UA forbids characters that the font does not have.
    fn printable(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let shown: String = text
                    .nfc()
                    .map(|c| if self.has(c) { c } else { '?' })
                    .collect();
                Value::String(plain::breakable(&shown))
            }
            Value::Array(items) => items.iter().map(|item| self.printable(item)).collect(),
            Value::Object(map) => map
                .iter()
                .map(|(key, item)| (key.clone(), self.printable(item)))
                .collect(),
            other => other.clone(),
        }
    }
}

/// One letter on the press.
struct Desk<'a> {
    press: &'a Press,
    main: FileId,
    data: Bytes,
}

impl Desk<'_> {
    fn set(&self, ident: String) -> Result<Vec<u8>, NotRendered> {
        let fault = |errors: &[SourceDiagnostic]| {
            let message = errors
                .first()
                .map_or("no reason given", |e| e.message.as_str());
            NotRendered::Layout(message.to_owned())
        };
        let document: PagedDocument = typst::compile(self).output.map_err(|e| fault(&e))?;
        let options = PdfOptions {
            ident: Smart::Custom(ident),
            creator: Smart::Custom(Some("Herald".to_owned())),
            standards: PdfStandards::new(&[PdfStandard::Ua_1])
                .map_err(|e| NotRendered::Layout(e.message().to_string()))?,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|e| fault(&e))
    }
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let press = self.press;
        [&press.letter, &press.paper, &press.page]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.press.data {
            Ok(self.data.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
