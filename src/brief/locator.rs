//! A map of the places of a briefing's events, and the same places as a table.
//!
//! As in [`super::chart`], places on the picture are whole numbers, its width being [`crate::map::FULL`], and texts stand in
//! the order in which they are drawn. Coasts and borders are no part of it: [`crate::map::paths`] has them.

use serde::Serialize;

use super::chart::Sign;
use super::view::Mark;
use crate::map::Frame;

/// A map of places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Map {
    /// The name of the picture's own file, beside the Markdown.
    pub file: String,
    /// What the picture shows, in words.
    pub alt: String,
    /// What part of the world it shows, and how.
    pub frame: Frame,
    /// Texts at its edges: which meridian or parallel ends there.
    pub ticks: Vec<MapTick>,
    /// Its marks, each with a name or number.
    pub places: Vec<MapPlace>,
    /// The scale; one, or none where it is not the same all over.
    pub scale: Vec<ScaleBar>,
    /// Which number means which place; empty where names stand on the map.
    pub key: Vec<MapKey>,
    /// What the signs mean, those that occur.
    pub legend: Vec<Sign>,
    /// What a reader should know: the projection, whose borders, whence the coordinates.
    pub note: Vec<String>,
    /// The ids of the records it shows.
    pub records: Vec<String>,
}

/// A text at the edge of a map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct MapTick {
    /// The left edge of its room.
    pub left: i32,
    /// The upper edge.
    pub top: i32,
    /// The right edge.
    pub right: i32,
    /// The lower edge.
    pub bottom: i32,
    /// Which meridian or parallel.
    pub text: String,
}

/// A mark on a map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct MapPlace {
    /// `event` or `outer`.
    pub sign: String,
    /// The mark, from the left edge.
    pub x: i32,
    /// The mark, from the upper edge.
    pub y: i32,
    /// The left edge of the room for its name.
    pub left: i32,
    /// The upper edge.
    pub top: i32,
    /// The right edge.
    pub right: i32,
    /// The lower edge.
    pub bottom: i32,
    /// Where the line ends that leads to the name: from the left edge, from the upper edge; empty where none is needed.
    pub leader: Vec<i32>,
    /// Its name, or its number in the key; empty where there is no room for either.
    pub text: String,
    /// The ids of the records it stands for.
    pub records: Vec<String>,
}

/// A length on a map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct ScaleBar {
    /// How long it is drawn.
    pub length: u32,
    /// How long it is.
    pub text: String,
}

/// A numbered place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct MapKey {
    /// Its number.
    pub title: String,
    /// Its name.
    pub name: String,
    /// The ids of the records it stands for.
    pub records: Vec<String>,
}

/// A place and what happened there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct PlaceRow {
    /// Its number on the map; empty where names stand there.
    pub number: String,
    /// The place, with the one it lies in; that none is recorded, for events without one.
    pub name: String,
    /// Where it lies; that it is not recorded, where it is not.
    pub coordinates: String,
    /// How exact that is; may be empty.
    pub precision: String,
    /// The events there.
    pub events: String,
    /// The sources of these, by number.
    pub refs: Vec<Mark>,
    /// The ids of the records it rests on.
    pub records: Vec<String>,
}
