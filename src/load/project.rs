//! The project file, `factbrief.toml`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use toml::de::DeValue;

use super::document::{self, Keys};
use super::files::Files;
use crate::diag::{Diagnostic, Level};
use crate::facts::at::At;
use crate::facts::vocabulary::{Tlp, not_in_list, words_schema};
use crate::text::file::TextFile;
use crate::text::nearest::nearest;

/// The name of the project file.
pub const FILE: &str = "factbrief.toml";

/// A project: where it is and what holds for all its briefings.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// Its file.
    pub file: Arc<TextFile>,
    /// Its title.
    pub title: String,
    /// The language of its briefings, and of sources that do not say (BCP 47).
    pub language: String,
    /// Handling of its briefings, unless they say otherwise.
    pub tlp: Tlp,
    /// The paper its briefings are set on, unless they say otherwise.
    pub paper: Paper,
    /// The citation style of its briefings, unless they say otherwise: a name, or the path of a `.csl` file of the project.
    pub style: Option<At<String>>,
    /// The folder of articles, relative to the project.
    pub archive: Option<PathBuf>,
    /// What must have been reviewed before it is printed, and by how many people.
    pub review: Review,
    /// Levels of rules that differ from their group's, with where they are set.
    pub levels: BTreeMap<String, At<Level>>,
}

/// What a project asks of reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// What must have been reviewed before a briefing that shows it is printed.
    pub require: Require,
    /// How many people must have held a record against its article.
    pub min: usize,
}

impl Default for Review {
    fn default() -> Self {
        Self { require: Require::Nothing, min: 1 }
    }
}

/// What must have been reviewed before it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Require {
    /// Nothing.
    Nothing,
    /// Claims.
    Figures,
    /// Every record that cites, and what rests on such records.
    Everything,
}

impl JsonSchema for Require {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Require".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": [true, false, "figures"] })
    }
}

impl<'de> Deserialize<'de> for Require {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;

        impl serde::de::Visitor<'_> for Form {
            type Value = Require;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("true, false or \"figures\"")
            }

            fn visit_bool<E: serde::de::Error>(self, all: bool) -> Result<Require, E> {
                Ok(if all { Require::Everything } else { Require::Nothing })
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Require, E> {
                match text {
                    "figures" => Ok(Require::Figures),
                    other => Err(E::custom(format!(
                        "`{}` cannot be required (known: true, false, \"figures\")",
                        crate::text::gate::visible(other)
                    ))),
                }
            }
        }

        deserializer.deserialize_any(Form)
    }
}

/// What must have been reviewed before it is printed.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RawReview {
    /// `true`: every record that cites, and what rests on such records; "figures": claims; `false`, if left out: nothing.
    require: Option<Require>,
    /// By how many people; one, if left out.
    min: Option<At<i64>>,
}

/// A paper size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// ISO 216 A4, 210 × 297 mm.
    A4,
    /// US Letter, 8.5 × 11 in.
    Letter,
}

impl Paper {
    /// The word for it in TOML.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Letter => "letter",
        }
    }
}

impl<'de> Deserialize<'de> for Paper {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "a4" => Ok(Self::A4),
            "letter" => Ok(Self::Letter),
            other => Err(serde::de::Error::custom(not_in_list(
                &crate::text::gate::visible(other),
                "paper size",
                &["a4", "letter"],
            ))),
        }
    }
}

impl JsonSchema for Paper {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Paper".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        words_schema(
            "A paper size.",
            &[Self::A4.word(), Self::Letter.word()],
            &["ISO 216 A4, 210 × 297 mm.", "US Letter, 8.5 × 11 in."],
        )
    }
}

impl JsonSchema for Level {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Level".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        words_schema(
            "How much a finding of the rule weighs.",
            &[Self::Deny.name(), Self::Warn.name(), Self::Allow.name()],
            &["The check fails.", "It is reported, and the check passes.", "It is not reported."],
        )
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "deny" => Ok(Self::Deny),
            "warn" => Ok(Self::Warn),
            "allow" => Ok(Self::Allow),
            other => Err(serde::de::Error::custom(not_in_list(
                &crate::text::gate::visible(other),
                "level",
                &["deny", "warn", "allow"],
            ))),
        }
    }
}

/// The project: what holds for all its dossiers and briefings.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawProject {
    /// Its title.
    title: Option<String>,
    /// The language of its briefings, and of sources that do not say; "en", if left out.
    #[schemars(extend("x-names" = "language-of-sources"))]
    language: Option<At<String>>,
    /// The handling of its briefings (Traffic Light Protocol 2.0), unless they say otherwise; CLEAR, if left out.
    tlp: Option<Tlp>,
    /// The paper of its briefings, unless they say otherwise; a4, if left out.
    paper: Option<Paper>,
    /// How its briefings cite sources, unless they say otherwise: "numeric", "ieee", "apa", "chicago-notes", another name of
    /// hayagriva's archive, or the path of a .csl file of the project.
    #[schemars(extend("x-names" = "style"))]
    style: Option<At<String>>,
    /// The folder of articles, relative to the project. Where it is not there, the evidence lock answers.
    archive: Option<At<String>>,
    /// What must have been reviewed before it is printed.
    review: Option<RawReview>,
    /// Levels of rules that differ from their group's: `some-rule = "warn"`. What is the proof itself cannot be switched off.
    #[serde(default)]
    #[schemars(extend("x-names" = "levels"))]
    levels: BTreeMap<String, At<Level>>,
}

impl Keys for RawProject {
    const KEYS: &'static [&'static str] =
        &["title", "language", "tlp", "paper", "style", "archive", "review", "levels"];
}

impl Project {
    /// Reads the project file of a folder.
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn open(root: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::read(&Files::on_disk(root))
    }

    /// Reads the project file among the files of a project.
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn read(files: &Files) -> Result<Self, Vec<Diagnostic>> {
        let file = files.text(FILE).map_err(|finding| vec![*finding])?;
        Self::parse(files.root(), file)
    }

    /// Reads a project file.
    ///
    /// # Errors
    /// All that is wrong with it, at once.
    pub fn parse(root: &Path, file: Arc<TextFile>) -> Result<Self, Vec<Diagnostic>> {
        let raw: RawProject = {
            let document = document::parse(&file)?;
            let value = toml::Spanned::new(0..0, DeValue::Table(document.table));
            document::read(&file, &(0..0), "project", &value).map_err(|finding| vec![*finding])?
        };
        let mut findings = Vec::new();
        if let Some(archive) = &raw.archive
            && Path::new(archive.as_str()).is_absolute()
        {
            findings.push(
                Diagnostic::new("schema", "the archive of a project is named relative to it")
                    .at(&file, archive.span(), "an absolute path holds on one machine only")
                    .help(
                        "name it here relative to the project, or give it as `--archive DIR` or in FACTBRIEF_ARCHIVE",
                    ),
            );
        }
        let mut review = Review::default();
        if let Some(asked) = &raw.review {
            review.require = asked.require.unwrap_or(Require::Nothing);
            if let Some(min) = &asked.min {
                match usize::try_from(**min) {
                    Ok(people @ 1..=9) => review.min = people,
                    _ => findings.push(
                        Diagnostic::new("schema", "a record is reviewed by one person or more")
                            .at(&file, min.span(), "not a number from 1 to 9")
                            .help("write `min = 2` where two people must have seen what is printed"),
                    ),
                }
            }
        }
        let language = raw.language.as_ref().map_or("en", |l| l.as_str()).to_owned();
        if let (false, Some(at)) =
            (crate::text::lexicon::Lexicon::languages().contains(&language.as_str()), &raw.language)
        {
            findings.push(
                Diagnostic::new(
                    "schema",
                    format!("no words are known for the language `{}`", crate::text::gate::visible(&language)),
                )
                .at(&file, at.span(), "not a language factbrief has a lexicon of")
                .help_if(
                    nearest(&language, crate::text::lexicon::Lexicon::languages())
                        .map(|guess| format!("did you mean `{guess}`?")),
                )
                .help(format!("known: {}", crate::text::lexicon::Lexicon::languages().join(", "))),
            );
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Self {
            root: root.to_owned(),
            title: raw.title.unwrap_or_default(),
            language,
            tlp: raw.tlp.unwrap_or(Tlp::Clear),
            paper: raw.paper.unwrap_or(Paper::A4),
            style: raw.style,
            archive: raw.archive.map(|a| PathBuf::from(a.into_inner())),
            review,
            levels: raw.levels,
            file,
        })
    }
}
