//! What one document may cost: the worker's own limits, or less where `FACTBRIEF_LIMITS` asks for less.

use std::time::Duration;

use factbrief::render::worker::Limits;
use factbrief::text::gate::visible;

/// The variable by which a run lowers the limits of the typesetter: `processor=5,wall=10,memory=1024`, in seconds, seconds
/// and MiB. It raises none.
const VARIABLE: &str = "FACTBRIEF_LIMITS";

/// The limits of this run.
pub(crate) fn limits() -> Limits {
    lowered(&asked(), Limits::default()).unwrap_or_default()
}

/// Whether what the environment asks for can be read.
///
/// # Errors
/// Says what cannot.
pub(crate) fn are_sound() -> Result<(), String> {
    lowered(&asked(), Limits::default()).map(|_| ())
}

fn asked() -> String {
    std::env::var_os(VARIABLE).map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

fn lowered(asked: &str, mut limits: Limits) -> Result<Limits, String> {
    for part in asked.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let wrong = || format!("{VARIABLE} has `{}`, which lowers no limit", visible(part));
        let (name, value) = part.split_once('=').ok_or_else(wrong)?;
        let value: u64 = value.trim().parse().ok().filter(|value| *value > 0).ok_or_else(wrong)?;
        match name.trim() {
            "processor" => limits.processor = limits.processor.min(value),
            "wall" => limits.wall = limits.wall.min(Duration::from_secs(value)),
            "memory" => limits.memory = limits.memory.min(value.saturating_mul(1 << 20)),
            _ => return Err(wrong()),
        }
    }
    Ok(limits)
}
