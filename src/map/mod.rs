//! Locator maps: coasts and borders, a projection, a frame around places, and room for their names.
//!
//! All of it is arithmetic on degrees and whole numbers: what is drawn is decided here, and a layout only draws it.
//! Sines and the like come from `libm`, so that a map is the same on every machine.

pub mod atlas;
pub mod frame;
pub mod labels;
pub mod paths;
pub mod projection;

pub use frame::Frame;

/// The width of a picture: places on it are counted from 0 to this.
pub const FULL: u32 = 10_000;
