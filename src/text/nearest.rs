//! The nearest known name, for "did you mean".

/// The one of `known` that a reader most likely meant by `name`, if any is near enough.
///
/// Near is a Damerau-Levenshtein distance of at most a third of the longer name (at least one), case aside,
/// or a name that contains the other whole. Ties go to the first in `known`.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let other = candidate.to_lowercase();
        let longer = lower.chars().count().max(other.chars().count());
        let mut distance = strsim::damerau_levenshtein(&lower, &other);
        let limit = (longer / 3).max(1);
        if distance > limit && name.len() >= 4 && (other.contains(&lower) || lower.contains(&other)) && other.len() >= 4
        {
            distance = limit;
        }
        if distance <= limit && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_typo_and_not_the_stranger() {
        let known = ["claim", "position", "background"];
        assert_eq!(nearest("clami", known), Some("claim"));
        assert_eq!(nearest("backgroud", known), Some("background"));
        assert_eq!(nearest("xyz", known), None);
        assert_eq!(nearest("derna", ["derna15-strikes", "sirte"]), Some("derna15-strikes"));
    }
}
