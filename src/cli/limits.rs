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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_lowered_and_never_raised() {
        let own = Limits::default();
        let less = lowered("processor=2, wall=9,memory=1024", own).unwrap();
        assert_eq!((less.processor, less.wall, less.memory), (2, Duration::from_secs(9), 1 << 30));
        let more = lowered("processor=2000,wall=9000,memory=99999999999999999", own).unwrap();
        assert_eq!((more.processor, more.wall, more.memory), (own.processor, own.wall, own.memory));
        assert_eq!(lowered("", own).unwrap().processor, own.processor);
        for bad in ["processor", "processor=", "processor=0", "time=3", "memory=1g", "wall=-1"] {
            assert!(lowered(bad, own).unwrap_err().contains(bad), "{bad}");
        }
    }
}
