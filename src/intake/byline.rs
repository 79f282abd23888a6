//! Names out of a byline.

use super::{Author, line};

/// A byline read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Byline {
    pub(super) people: Vec<Author>,
    /// Desks and agencies: no persons.
    pub(super) unnamed: Vec<String>,
}

/// What a byline begins with, in lower case.
const OPENINGS: &[&str] = &[
    "written by",
    "reported by",
    "reporting by",
    "story by",
    "words by",
    "posted by",
    "by",
    "author:",
    "authors:",
    "von",
    "text:",
    "autor:",
    "autorin:",
    "ein artikel von",
    "eine analyse von",
    "par",
    "propos recueillis par",
    "por",
    "escrito por",
    "di",
    "a cura di",
    "door",
    "av",
    "af",
    "bởi",
    "بقلم",
    "كتب",
    "كتبت",
    "كتبه",
    "تحرير",
    "إعداد",
    "الكاتب:",
    "المصدر:",
    "مأخوذ عن:",
];

/// Words between two names.
const JOINTS: &[&str] =
    &["and", "und", "et", "y", "e", "en", "with", "mit", "avec", "con", "و", "&", "/", "|", "•", "·", ";"];

/// Words after which no name follows: where somebody was, for whom.
const PLACES: &[&str] = &["in", "at", "aus", "à", "en", "de", "from", "for", "für", "في", "من", "-", "–", "—"];

/// Words that name a desk or an office, in lower case.
const DESKS: &[&str] = &[
    "staff",
    "desk",
    "newsroom",
    "editorial",
    "editors",
    "team",
    "agencies",
    "agency",
    "agences",
    "agencias",
    "agenzie",
    "agenturen",
    "redaktion",
    "rédaction",
    "redacción",
    "redazione",
    "redactie",
    "online",
    "news",
    "correspondents",
    "wires",
    "wire",
    "services",
    "admin",
    "administrator",
    "webmaster",
    "editor",
    "وكالات",
    "وكالة",
    "التحرير",
    "تحرير",
    "محرر",
    "المحرر",
    "الأخبار",
    "أخبار",
    "شبكة",
    "موقع",
];

/// News agencies by the names that bylines use, in lower case. A list that is not complete takes an agency for a name,
/// which the analyst sees.
const AGENCIES: &[&str] = &[
    "reuters",
    "thomson reuters",
    "رويترز",
    "afp",
    "agence france-presse",
    "agence france presse",
    "فرانس برس",
    "أ ف ب",
    "ا ف ب",
    "ap",
    "associated press",
    "the associated press",
    "أسوشيتد برس",
    "dpa",
    "د ب أ",
    "efe",
    "ansa",
    "apa",
    "ats",
    "keystone-ats",
    "belga",
    "anp",
    "ritzau",
    "tt",
    "ntb",
    "pap",
    "tass",
    "ria novosti",
    "interfax",
    "ukrinform",
    "xinhua",
    "شينخوا",
    "kyodo",
    "jiji",
    "yonhap",
    "pti",
    "ani",
    "ians",
    "upi",
    "bloomberg",
    "pa",
    "pa media",
    "press association",
    "aap",
    "anadolu",
    "anadolu agency",
    "الأناضول",
    "wafa",
    "وفا",
    "sana",
    "سانا",
    "mena",
    "أ ش أ",
    "spa",
    "واس",
    "wam",
    "وام",
    "qna",
    "قنا",
    "kuna",
    "كونا",
    "ina",
    "واع",
    "petra",
    "بترا",
    "nna",
    "lana",
    "وال",
    "tap",
    "aps",
    "map",
    "irna",
    "mehr",
    "lusa",
    "europa press",
];

/// Words of an office that follow a name behind a comma, in lower case.
const OFFICES: &[&str] = &[
    "correspondent",
    "reporter",
    "editor",
    "journalist",
    "writer",
    "columnist",
    "analyst",
    "producer",
    "chief",
    "head",
    "contributor",
    "korrespondent",
    "korrespondentin",
    "redakteur",
    "redakteurin",
    "correspondant",
    "correspondante",
    "journaliste",
    "envoyé",
    "envoyée",
    "corresponsal",
    "periodista",
    "redactor",
    "redactora",
    "مراسل",
    "مراسلة",
    "صحفي",
    "صحافي",
    "كاتب",
];

/// The names in a byline.
pub(super) fn read(text: &str) -> Byline {
    let text = line(text);
    if text.contains("://") {
        return Byline::default();
    }
    let mut rest = text.as_str();
    // an opening may follow another: "Reporting: by …"
    for _ in 0..2 {
        rest = OPENINGS.iter().find_map(|opening| after(rest, opening)).unwrap_or(rest);
    }
    let mut byline = Byline::default();
    for part in rest.split([',', '،', ';', '|', '•', '·', '/', '\n']) {
        for name in joined(part) {
            add(&name, &mut byline);
        }
    }
    byline
}

/// What follows an opening, which ends with its word.
fn after<'t>(text: &'t str, opening: &str) -> Option<&'t str> {
    let end = text.char_indices().nth(opening.chars().count()).map_or(text.len(), |(i, _)| i);
    let (head, rest) = text.split_at(end);
    if head.to_lowercase() != *opening || rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    Some(rest.trim_start_matches([':', ' ', '\u{a0}']))
}

/// The names of a part, which words such as "and" join; what says where somebody was is cut off.
fn joined(part: &str) -> Vec<String> {
    let mut names: Vec<Vec<&str>> = vec![Vec::new()];
    let mut cut = false;
    for word in part.split_whitespace() {
        let lower = word.to_lowercase();
        // an initial is no "e" or "y"
        let joint = JOINTS.contains(&lower.as_str()) && (word == lower) && names.last().is_some_and(|n| !n.is_empty());
        if joint && !(cut && matches!(lower.as_str(), "en")) {
            names.push(Vec::new());
            cut = false;
            continue;
        }
        let place = PLACES.contains(&lower.as_str()) && word == lower && lower != "de";
        if place && names.last().is_some_and(|n| n.len() >= 2) {
            cut = true;
        }
        if cut {
            continue;
        }
        // Arabic writes its "and" to the next word
        let arabic = word
            .strip_prefix('و')
            .filter(|rest| rest.chars().count() > 2 && names.last().is_some_and(|n| n.len() >= 2));
        if let Some(rest) = arabic {
            names.push(vec![rest]);
        } else if let Some(name) = names.last_mut() {
            name.push(word);
        }
    }
    names.into_iter().map(|n| n.join(" ")).collect()
}

fn add(name: &str, byline: &mut Byline) {
    let name = name
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '-' | '–' | '—' | '"' | '(' | ')' | '@'));
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 2 || words.len() > 6 || name.chars().any(|c| c.is_ascii_digit()) {
        return;
    }
    if is_no_person(name) {
        if !byline.unnamed.iter().any(|n| n == name) {
            byline.unnamed.push(name.to_owned());
        }
        return;
    }
    let office = words.iter().any(|w| OFFICES.contains(w));
    if office || byline.people.iter().any(|a| a.name == name) {
        return;
    }
    byline.people.push(Author { name: name.to_owned(), organisation: false });
}

/// Whether a name is that of a desk or an agency.
pub(super) fn is_no_person(name: &str) -> bool {
    let lower = name.to_lowercase();
    AGENCIES.contains(&lower.as_str())
        || lower.split_whitespace().any(|word| DESKS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> (Vec<String>, Vec<String>) {
        let byline = read(text);
        (byline.people.into_iter().map(|a| a.name).collect(), byline.unnamed)
    }

    #[test]
    fn people_desks_and_agencies() {
        for (text, people, others) in [
            ("By Bo Wu and Ana Lee", vec!["Bo Wu", "Ana Lee"], vec![]),
            ("BY BO WU", vec!["BO WU"], vec![]),
            ("Par Anne Le Goff et Marc Dumas, envoyé spécial", vec!["Anne Le Goff", "Marc Dumas"], vec![]),
            ("Von Lena Groß und Ole Brandt", vec!["Lena Groß", "Ole Brandt"], vec![]),
            ("Por María de la Cruz y José Ruiz", vec!["María de la Cruz", "José Ruiz"], vec![]),
            ("By Bo Wu in Ferrow and Ana Lee in Tarnby", vec!["Bo Wu", "Ana Lee"], vec![]),
            ("By Bo Wu, Chief Correspondent", vec!["Bo Wu"], vec![]),
            ("By Ferrow Post Staff and AFP", vec![], vec!["Ferrow Post Staff", "AFP"]),
            ("Reuters", vec![], vec!["Reuters"]),
            ("بقلم: سالم الوادي ونورة البحر", vec!["سالم الوادي", "نورة البحر"], vec![]),
            ("كتب سالم الوادي، وكالات", vec!["سالم الوادي"], vec!["وكالات"]),
            ("Byron Hill", vec!["Byron Hill"], vec![]),
            ("5 March 2024", vec![], vec![]),
            ("https://www.facebook.com/ferrow", vec![], vec![]),
        ] {
            let (p, o) = names(text);
            assert_eq!(
                (p, o),
                (people.iter().map(ToString::to_string).collect(), others.iter().map(ToString::to_string).collect()),
                "{text}"
            );
        }
    }
}
