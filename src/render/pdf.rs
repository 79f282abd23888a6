//! Typst source to PDF, and to SVG for pictures that are files of their own, in this process.
//!
//! The world has no file but those given, no clock, no packages, no system fonts, and neither `eval`, `read` nor `plugin`.
//! [`super::worker`] puts limits around it.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{LazyLock, Mutex, OnceLock};

use serde::{Deserialize, Serialize};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Binding, Bytes, Datetime, Duration, Label, Smart, Value};
use typst::introspection::{Introspector, Tag};
use typst::layout::{Frame, FrameItem};
use typst::model::{Destination, Document, LinkMarker};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::{LazyHash, PicoStr};
use typst::{Library, LibraryExt, World, WorldExt};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::set::INSIDE;
use super::template;
use crate::brief::view::View;

/// The name of the file that is compiled.
pub const MAIN: &str = "main.typ";

/// A document to be set: virtual files by name, and what its PDF is dated and identified by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The files, by path without a leading slash. Without [`MAIN`] among them no PDF is made, and the pictures alone are
    /// drawn.
    pub files: BTreeMap<String, String>,
    /// Pictures that are drawn apart from it, by the name of their file: Typst source, which sees the layouts among the
    /// files, and what lies under a map.
    pub pictures: BTreeMap<String, String>,
    /// A name that is the same for every build of this document.
    pub ident: String,
    /// Year, month and day it is dated by.
    pub date: (i32, u8, u8),
}

/// A set document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The bytes of the PDF.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Pictures drawn apart from it, by the name of their file: SVG.
    pub pictures: BTreeMap<String, String>,
}

/// Why a document was not set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// The layout is wrong; each entry says where and why.
    Layout(Vec<String>),
    /// The typesetting library panicked.
    Panic(String),
    /// No font that is shipped has these characters.
    MissingGlyphs(String),
    /// A limit was reached.
    Limit(String),
    /// The worker process could not be used.
    Worker(String),
}

/// Sets a document. What it caches stays until [`forget`], which a caller that sets many documents calls in between.
///
/// # Errors
/// Where the layout is wrong, a glyph is missing, or the library panics.
pub fn typeset(job: &Job) -> Result<Pdf, Failure> {
    let result = catch_unwind(AssertUnwindSafe(|| compile(job)));
    result.unwrap_or_else(|panic| {
        let why = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
            .unwrap_or_else(|| "without a message".to_owned());
        Err(Failure::Panic(why))
    })
}

fn compile(job: &Job) -> Result<Pdf, Failure> {
    let world = Files::new(job)?;
    if !job.files.contains_key(MAIN) || job.pictures.is_empty() {
        let (bytes, pages) = if job.files.contains_key(MAIN) { paged(&world, job)? } else { (Vec::new(), 0) };
        return Ok(Pdf { bytes, pages, pictures: drawn(&world, job)? });
    }
    // pictures are drawn while the pages are set: neither needs anything of the other
    std::thread::scope(|scope| {
        let beside = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || drawn(&world, job))
            .map_err(|error| Failure::Worker(format!("no thread for its pictures: {error}")))?;
        let paged = paged(&world, job);
        let pictures = beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (bytes, pages) = paged?;
        Ok(Pdf { bytes, pages, pictures: pictures? })
    })
}

/// The stack of a thread that sets or draws: layouts nest deeply before Typst's own limits hold.
pub(super) const STACK: usize = 256 << 20;

fn drawn(world: &Files, job: &Job) -> Result<BTreeMap<String, String>, Failure> {
    job.pictures.iter().map(|(name, source)| Ok((name.clone(), picture(world, source)?))).collect()
}

/// The PDF of a document, and how many pages it has.
fn paged(world: &Files, job: &Job) -> Result<(Vec<u8>, usize), Failure> {
    let shown = |errors: &[SourceDiagnostic]| Failure::Layout(errors.iter().map(|e| message(world, e)).collect());
    let document = typst::compile::<PagedDocument>(world).output.map_err(|errors| shown(&errors))?;
    let document = connected(document)?;
    let mut missing = String::new();
    for page in document.pages() {
        missing_glyphs(&page.frame, &mut missing);
    }
    if !missing.is_empty() {
        return Err(Failure::MissingGlyphs(missing));
    }
    let (year, month, day) = job.date;
    let timestamp = Datetime::from_ymd(year, month, day).map(Timestamp::new_utc);
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
        .map_err(|e| Failure::Layout(vec![e.message().to_string()]))?;
    let options = PdfOptions {
        ident: Smart::Custom(job.ident.clone()),
        creator: Smart::Custom(Some("factbrief".to_owned())),
        timestamp,
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|errors| shown(&errors))?;
    Ok((bytes, document.pages().len()))
}

/// The document with its links to anchors leading to them ([`INSIDE`]), each with the page it leads to as its description.
fn connected(document: PagedDocument) -> Result<PagedDocument, Failure> {
    let mut pages = document.pages().to_vec();
    let mut places: BTreeMap<String, (Destination, String)> = BTreeMap::new();
    let mut lost = Vec::new();
    for page in &mut pages {
        let mut found = |name: &str| -> Option<(Destination, String)> {
            if let Some(place) = places.get(name) {
                return Some(place.clone());
            }
            let place = place(&document, name);
            if let Some(place) = &place {
                places.insert(name.to_owned(), place.clone());
            } else if !lost.iter().any(|known| known == name) {
                lost.push(name.to_owned());
            }
            place
        };
        connect(&mut page.frame, &mut found);
    }
    match (lost.is_empty(), places.is_empty()) {
        (true, true) => Ok(document),
        (true, false) => Ok(PagedDocument::new(pages.into_iter().collect(), document.info().clone())),
        (false, _) => {
            let told =
                |name| format!("a link leads to `{name}`, which the layout does not set (does it leave out `body`?)");
            Err(Failure::Layout(lost.into_iter().map(told).collect()))
        }
    }
}

/// Where an anchor is, and the name of its page.
fn place(document: &PagedDocument, name: &str) -> Option<(Destination, String)> {
    let label = Label::new(PicoStr::intern(name))?;
    let introspector = document.introspector();
    let location = introspector.query_label(label).ok()?.location()?;
    let position = introspector.position(location)?;
    let page = document.pages().get(position.page.get().checked_sub(1)?)?;
    Some((Destination::Location(location), format!("{} {}", page.supplement.plain_text(), page.number)))
}

fn connect(frame: &mut Frame, found: &mut dyn FnMut(&str) -> Option<(Destination, String)>) {
    // frames are shared: one that holds no link is left as it is
    fn links(frame: &Frame) -> bool {
        frame.items().any(|(_, item)| match item {
            FrameItem::Group(group) => links(&group.frame),
            FrameItem::Link(Destination::Url(url), _) => url.starts_with(INSIDE),
            FrameItem::Tag(Tag::Start(content, _)) => content.is::<LinkMarker>(),
            _ => false,
        })
    }
    if !links(frame) {
        return;
    }
    frame.retain(|item| {
        match item {
            FrameItem::Group(group) => connect(&mut group.frame, found),
            FrameItem::Link(destination, _) => {
                let Destination::Url(url) = &*destination else { return true };
                if let Some((place, _)) = url.strip_prefix(INSIDE).and_then(&mut *found) {
                    *destination = place;
                }
            }
            FrameItem::Tag(Tag::Start(content, _)) => {
                let Some(marker) = content.to_packed_mut::<LinkMarker>() else { return true };
                let name = marker.alt.as_ref().and_then(|alt| alt.strip_prefix(INSIDE));
                if let Some((_, page)) = name.and_then(&mut *found) {
                    marker.alt = Some(page.into());
                }
            }
            _ => {}
        }
        true
    });
}

/// A picture as SVG: the one page of a document of its own.
fn picture(world: &Files, source: &str) -> Result<String, Failure> {
    let world = world.of_picture(source);
    let shown = |errors: &[SourceDiagnostic]| Failure::Layout(errors.iter().map(|e| message(&world, e)).collect());
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|errors| shown(&errors))?;
    let Some(page) = document.pages().first() else {
        return Err(Failure::Layout(vec!["a picture has no page".to_owned()]));
    };
    let mut missing = String::new();
    missing_glyphs(&page.frame, &mut missing);
    if !missing.is_empty() {
        return Err(Failure::MissingGlyphs(missing));
    }
    Ok(typst_svg::svg(page, &typst_svg::SvgOptions::default()))
}

fn message(world: &Files, error: &SourceDiagnostic) -> String {
    let place = error.span.id().and_then(|id| {
        let source = world.source(id).ok()?;
        let range = world.range(error.span)?;
        let line = source.text().get(..range.start)?.matches('\n').count() + 1;
        Some(format!("{}:{line}: ", id.vpath().get_without_slash()))
    });
    let hints: Vec<String> = error.hints.iter().map(|h| format!(" ({})", h.v)).collect();
    format!("{}{}{}", place.unwrap_or_default(), error.message, hints.join(""))
}

fn missing_glyphs(frame: &Frame, missing: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => missing_glyphs(&group.frame, missing),
            FrameItem::Text(text) => {
                for glyph in text.glyphs.iter().filter(|g| g.id == 0) {
                    for c in text.text.get(glyph.range()).unwrap_or_default().chars() {
                        if !missing.contains(c) && !c.is_whitespace() && !c.is_control() {
                            missing.push(c);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

struct Files {
    main: FileId,
    sources: HashMap<FileId, Source>,
    bytes: HashMap<FileId, Bytes>,
}

/// Noto Naskh Arabic (SIL Open Font License 1.1, beside it): the kit's own fonts have no Arabic.
const ARABIC: [&[u8]; 2] = [
    include_bytes!("../../fonts/noto-naskh-arabic/NotoNaskhArabic-Regular.ttf"),
    include_bytes!("../../fonts/noto-naskh-arabic/NotoNaskhArabic-Bold.ttf"),
];

/// Sources that documents share, such as layouts, as they were last parsed.
static PARSED: LazyLock<Mutex<HashMap<FileId, Source>>> = LazyLock::new(Mutex::default);

/// A source, parsed unless it was parsed before and is the same. Whether it was makes no difference to what is set.
fn parsed(id: FileId, text: &str) -> Source {
    let known = PARSED.lock().ok().and_then(|parsed| parsed.get(&id).filter(|source| source.text() == text).cloned());
    known.unwrap_or_else(|| {
        let source = Source::new(id, text.to_owned());
        if let Ok(mut parsed) = PARSED.lock() {
            parsed.insert(id, source.clone());
        }
        source
    })
}

static LIBRARY: OnceLock<LazyHash<Library>> = OnceLock::new();
static FONTS: OnceLock<FontStore> = OnceLock::new();

fn library() -> &'static LazyHash<Library> {
    LIBRARY.get_or_init(|| {
        let mut library = Library::builder().build();
        for name in ["eval", "read", "plugin"] {
            library.global.scope_mut().bind(name.into(), Binding::detached(Value::None));
        }
        library.std = Binding::detached(Value::Module(library.global.clone()));
        LazyHash::new(library)
    })
}

fn fonts() -> &'static FontStore {
    FONTS.get_or_init(|| {
        let mut store = FontStore::new();
        store.extend(typst_kit::fonts::embedded());
        for data in ARABIC {
            store.extend(Font::iter(Bytes::new(data)).map(|font| {
                let info = font.info().clone();
                (font, info)
            }));
        }
        store
    })
}

/// The families of fonts that documents are set in, sorted.
#[must_use]
pub fn families() -> Vec<String> {
    let mut names: Vec<String> = fonts().book().families().map(|(name, _)| name.to_owned()).collect();
    names.sort();
    names
}

/// Whether some font has all characters of a text: what no font has cannot be printed.
#[must_use]
pub fn covers(text: &str) -> bool {
    let book = fonts().book();
    let infos = (0..).map_while(|index| book.info(index));
    text.chars().all(|c| infos.clone().any(|info| info.coverage.contains(u32::from(c))))
}

/// Drops what is cached of the documents set so far, but for what one of the last `remember` of them used: kept without
/// end it grows, and a document of another briefing has no use of it.
pub fn forget(remember: usize) {
    typst::comemo::evict(remember);
}

/// Sets a small document in each of the fonts under the layout that is shipped, so that the first real one does not wait
/// for what all of them need: fonts, and the files that layouts share.
pub fn warm_up() {
    let mut view = View::specimen();
    view.digits = ('0'..='9').map(String::from).collect();
    (view.language, view.direction) = ("en".to_owned(), "ltr".to_owned());
    let (layouts, tables) = (template::shipped_layouts(), "#table(columns: (1fr, 2fr), table.header[h][i], [j], [k])");
    let text = format!(
        "#part(\"cover\")[\n#heading(level: 1)[A]\n]\n\n#heading(level: 2)[l]\n\n*b* _c_ #raw(\"d\") *_m_*\n- f\n+ g\n{tables}\n#link(\"https://example.org\")[l]"
    );
    let files = template::document_files(layouts, &view, &[text], &[]);
    let job = Job { files, pictures: BTreeMap::new(), ident: String::new(), date: (2000, 1, 1) };
    let _ = catch_unwind(|| Files::new(&job).map(|world| typst::compile::<PagedDocument>(&world).output.is_ok()));
}

impl Files {
    /// Those of the files that a picture may see, with its source to be compiled.
    fn of_picture(&self, source: &str) -> Self {
        let seen = |id: &FileId| template::is_seen_by_pictures(id.vpath().get_without_slash());
        let mut sources: HashMap<_, _> =
            self.sources.iter().filter(|(id, _)| seen(id)).map(|(id, held)| (*id, held.clone())).collect();
        sources.insert(self.main, Source::new(self.main, source.to_owned()));
        let bytes = self.bytes.iter().filter(|(id, _)| seen(id)).map(|(id, held)| (*id, held.clone())).collect();
        Self { main: self.main, sources, bytes }
    }

    fn new(job: &Job) -> Result<Self, Failure> {
        let id = |name: &str| -> Result<FileId, Failure> {
            let path =
                VirtualPath::new(name).map_err(|_| Failure::Layout(vec![format!("{name} cannot name a file")]))?;
            Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
        };
        let mut files = Self { main: id(MAIN)?, sources: HashMap::new(), bytes: HashMap::new() };
        for (name, text) in &job.files {
            let id = id(name)?;
            if name == MAIN {
                files.sources.insert(id, Source::new(id, text.clone()));
            } else if name.ends_with(".typ") {
                files.sources.insert(id, parsed(id, text));
            } else {
                files.bytes.insert(id, Bytes::from_string(text.clone()));
            }
        }
        Ok(files)
    }
}

impl World for Files {
    fn library(&self) -> &LazyHash<Library> {
        library()
    }

    fn book(&self) -> &LazyHash<FontBook> {
        fonts().book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| FileError::NotFound(id.vpath().get_without_slash().into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.bytes
            .get(&id)
            .cloned()
            .or_else(|| self.sources.get(&id).map(|s| Bytes::from_string(s.text().to_owned())))
            .ok_or_else(|| FileError::NotFound(id.vpath().get_without_slash().into()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
