//! Room for names on a map: no name lies on another, on a mark, or beyond the edge.
//!
//! The width of a text is not known here and is estimated high; a layout draws it into the room it was given.

use unicode_script::{Script, UnicodeScript};

use super::FULL;

/// A point (1/72 inch), where the picture is as wide as the text of an A4 page: 470 points.
pub const POINT: i32 = 21;
/// The size of names, in points.
const SIZE: i32 = 8;
/// A name longer than this takes another line, in points.
const WIDEST: i32 = 112;
/// From a mark's middle to its edge, in points, and the room around it.
const MARK: i32 = 3;
const GAP: i32 = 2;

/// A rectangle of a picture, by its least and greatest corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// The left edge.
    pub left: i32,
    /// The upper edge.
    pub top: i32,
    /// The right edge.
    pub right: i32,
    /// The lower edge.
    pub bottom: i32,
}

impl Room {
    /// A rectangle by its upper left corner and its size.
    #[must_use]
    pub fn at(left: i32, top: i32, (width, height): (i32, i32)) -> Self {
        Self { left, top, right: left + width, bottom: top + height }
    }

    /// The room around a place.
    #[must_use]
    pub fn about((x, y): (i32, i32), reach: i32) -> Self {
        Self { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }
    }

    /// Whether two have more than an edge in common.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// The place on its edge or in it that is nearest to another.
    #[must_use]
    pub fn nearest(&self, (x, y): (i32, i32)) -> (i32, i32) {
        (x.clamp(self.left, self.right), y.clamp(self.top, self.bottom))
    }

    /// Whether a line from one place to another goes through it.
    #[must_use]
    pub fn is_crossed(&self, a: (i32, i32), b: (i32, i32)) -> bool {
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        let (dx, dy) = (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
        for (towards, room) in
            [(-dx, a.0 - self.left), (dx, self.right - a.0), (-dy, a.1 - self.top), (dy, self.bottom - a.1)]
        {
            let room = f64::from(room);
            if towards == 0.0 {
                if room <= 0.0 {
                    return false;
                }
            } else if towards < 0.0 {
                from = from.max(room / towards);
            } else {
                to = to.min(room / towards);
            }
        }
        from < to
    }
}

/// The width of a character, in hundredths of the type size, estimated high.
fn wide(c: char) -> i32 {
    match c.script() {
        Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo => 105,
        Script::Latin if c.is_lowercase() => match c {
            'm' | 'w' | 'æ' | 'œ' => 85,
            'i' | 'j' | 'l' | 't' | 'f' | 'r' | 's' => 42,
            _ => 58,
        },
        Script::Latin | Script::Greek | Script::Cyrillic => 78,
        Script::Arabic | Script::Hebrew => 62,
        Script::Common | Script::Inherited => match c {
            ' ' | '.' | ',' | '\'' | '’' | '-' | '(' | ')' => 36,
            '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' => 0,
            _ => 60,
        },
        _ => 90,
    }
}

fn length(text: &str, size: i32) -> i32 {
    text.chars().map(wide).sum::<i32>() * size * POINT / 100
}

/// The room that a name takes: its width and height, on as many lines as it needs.
#[must_use]
pub fn size_of(name: &str) -> (i32, i32) {
    let (space, most) = (length(" ", SIZE), WIDEST * POINT);
    let (mut lines, mut line, mut widest) = (1, 0, 0);
    for word in name.split_whitespace() {
        let own = length(word, SIZE);
        if line > 0 && line + space + own > most {
            lines += 1;
            line = own;
        } else {
            line += if line > 0 { space + own } else { own };
        }
        widest = widest.max(line);
    }
    // a word that is wider than any room for it is drawn smaller
    let widest = widest.min(2 * most);
    (widest + 2 * POINT, lines * SIZE * POINT * 118 / 100 + POINT)
}

/// The room that the number of a place takes, of so many digits.
#[must_use]
pub fn size_of_number(text: &str) -> (i32, i32) {
    let digits = i32::try_from(text.chars().count()).unwrap_or(4);
    (digits * 4 * POINT + 3 * POINT, 9 * POINT)
}

/// A name that wants room beside a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The middle of its mark.
    pub at: (i32, i32),
    /// The room it takes.
    pub size: (i32, i32),
    /// Whether a map without it will do.
    pub can_wait: bool,
}

/// What is on a map already.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// The height of the picture; its width is [`FULL`].
    pub height: i32,
    /// Marks: no name lies on one, but a line may begin among them.
    pub marks: Vec<Room>,
    /// Names and other texts.
    pub rooms: Vec<Room>,
    /// Lines that lead from a mark to its name.
    pub leaders: Vec<((i32, i32), (i32, i32))>,
}

impl Taken {
    fn is_free(&self, room: &Room) -> bool {
        let full = i32::try_from(FULL).unwrap_or(i32::MAX);
        room.left >= POINT
            && room.top >= POINT
            && room.right <= full - POINT
            && room.bottom <= self.height - POINT
            && !self.marks.iter().chain(&self.rooms).any(|r| r.meets(room))
            && !self.leaders.iter().any(|(a, b)| room.is_crossed(*a, *b))
    }

    /// Whether a line from a mark to a name crosses no name and, unless it may, no line and no mark but
    /// those beside its own.
    fn is_clear(&self, from: (i32, i32), to: (i32, i32), may_cross: bool) -> bool {
        let own = Room::about(from, (MARK + GAP) * POINT);
        self.rooms.iter().all(|r| !r.is_crossed(from, to))
            && (may_cross
                || self.marks.iter().filter(|m| !m.meets(&own)).all(|m| !m.is_crossed(from, to))
                    && self.leaders.iter().all(|(a, b)| !cross((*a, *b), (from, to))))
    }
}

/// Whether two lines cross.
fn cross(one: ((i32, i32), (i32, i32)), other: ((i32, i32), (i32, i32))) -> bool {
    let side = |line: ((i32, i32), (i32, i32)), p: (i32, i32)| {
        let (a, b) = line;
        let wide = |n: i32| i64::from(n);
        (wide(b.0 - a.0) * wide(p.1 - a.1) - wide(b.1 - a.1) * wide(p.0 - a.0)).signum()
    };
    side(one, other.0) * side(one, other.1) < 0 && side(other, one.0) * side(other, one.1) < 0
}

/// Room beside a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// The room.
    pub room: Room,
    /// Whether it is so far from its mark that a line leads there.
    pub is_led: bool,
}

/// The room around the marks at these places: nothing may be written on them.
#[must_use]
pub fn marks(places: impl Iterator<Item = (i32, i32)>) -> Vec<Room> {
    places.map(|at| Room::about(at, MARK * POINT)).collect()
}

/// Steps of a sixteenth of a turn, in hundredths, to the right first and then by turns on either side.
const TURNS: [(i32, i32); 16] = [
    (100, 0),
    (92, -38),
    (92, 38),
    (71, -71),
    (71, 71),
    (38, -92),
    (38, 92),
    (0, -100),
    (0, 100),
    (-38, -92),
    (-38, 92),
    (-71, -71),
    (-71, 71),
    (-92, -38),
    (-92, 38),
    (-100, 0),
];

/// Gives every name room, in the order of need: where most marks are near, first. None where there is no room; then a map
/// should have numbers instead.
///
/// A name stands beside its mark, on one of eight sides; where none is free, farther off with a line that leads there.
pub fn lay(wanted: &[Wanted], taken: &mut Taken, farthest: i32) -> Vec<Option<Label>> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    let crowd = |at: (i32, i32)| {
        let near = |o: &&Wanted| (o.at.0 - at.0).abs() < 60 * POINT && (o.at.1 - at.1).abs() < 20 * POINT;
        wanted.iter().filter(near).count()
    };
    order.sort_by_key(|i| (wanted[*i].can_wait, std::cmp::Reverse(crowd(wanted[*i].at)), wanted[*i].at.1, *i));
    let mut found: Vec<Option<Label>> = vec![None; wanted.len()];
    for i in order {
        let label = one(&wanted[i], taken, farthest);
        if let Some(label) = label {
            taken.rooms.push(label.room);
            if label.is_led {
                taken.leaders.push((wanted[i].at, label.room.nearest(wanted[i].at)));
            }
        }
        found[i] = label;
    }
    found
}

fn one(wanted: &Wanted, taken: &Taken, farthest: i32) -> Option<Label> {
    let ((x, y), (w, h)) = (wanted.at, wanted.size);
    let near = (MARK + GAP) * POINT;
    let (middle, centre) = (y - h / 2, x - w / 2);
    let slant = near * 7 / 10;
    let beside = [
        (x + near, middle),
        (x - near - w, middle),
        (x + slant, y - slant - h),
        (x + slant, y + slant),
        (x - slant - w, y - slant - h),
        (x - slant - w, y + slant),
        (centre, y - near - h),
        (centre, y + near),
    ];
    for (left, top) in beside {
        let room = Room::at(left, top, (w, h));
        if taken.is_free(&room) {
            return Some(Label { room, is_led: false });
        }
    }
    if wanted.can_wait {
        return None;
    }
    // lines that cross lines are hard to follow, but a mark without a name is worse
    for may_cross in [false, true] {
        let mut reach = 12 * POINT;
        while reach <= farthest {
            let sides = (-96..=96).step_by(8).flat_map(|t| [(100, t), (-100, t), (t, -100), (t, 100)]);
            let more: Vec<(i32, i32)> = if may_cross { sides.collect() } else { Vec::new() };
            for (dx, dy) in TURNS.into_iter().chain(more) {
                let (to_x, to_y) = (x + dx * reach / 100, y + dy * reach / 100);
                // the room's edge or corner that faces the mark
                let left = if dx > 30 {
                    to_x
                } else if dx < -30 {
                    to_x - w
                } else {
                    to_x - w / 2
                };
                let top = if dy > 30 {
                    to_y
                } else if dy < -30 {
                    to_y - h
                } else {
                    to_y - h / 2
                };
                let room = Room::at(left, top, (w, h));
                if taken.is_free(&room) && taken.is_clear((x, y), room.nearest((x, y)), may_cross) {
                    return Some(Label { room, is_led: true });
                }
            }
            reach += (reach / 6).max(5 * POINT);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEIGHT: i32 = 5000;

    fn laid(wanted: &[Wanted], farthest: i32) -> (Vec<Option<Label>>, Taken) {
        let mut taken = Taken { height: HEIGHT, marks: marks(wanted.iter().map(|w| w.at)), ..Taken::default() };
        let found = lay(wanted, &mut taken, farthest);
        (found, taken)
    }

    #[test]
    fn a_name_alone_stands_to_the_right() {
        let wanted = Wanted { at: (5000, 2500), size: size_of("Derna"), can_wait: false };
        let (found, _) = laid(&[wanted], 1000);
        let label = found[0].unwrap();
        assert!(!label.is_led && label.room.left > 5000 && label.room.top < 2500 && label.room.bottom > 2500);
        // at the right edge, to the left
        let wanted = Wanted { at: (9900, 2500), size: size_of("Derna"), can_wait: false };
        assert!(laid(&[wanted], 1000).0[0].unwrap().room.right < 9900);
    }

    #[test]
    fn long_names_take_lines() {
        let short = size_of("Derna");
        let long = size_of("المجلس المحلي لمدينة درنة وضواحيها الشرقية والغربية");
        assert!(long.1 > short.1 && long.0 <= (WIDEST + 2) * POINT, "{long:?}");
        assert!(size_of(&"x".repeat(400)).0 < 5000);
    }

    #[test]
    fn sixty_numbers_close_together_have_room() {
        let wanted: Vec<Wanted> = (0..60)
            .map(|i| Wanted {
                at: (3000 + i % 8 * 400, 1000 + i / 8 * 400),
                size: size_of_number("60"),
                can_wait: false,
            })
            .collect();
        let (found, _) = laid(&wanted, 5000);
        assert!(found.iter().all(Option::is_some), "{}", found.iter().flatten().count());
    }

    proptest! {
        #[test]
        fn nothing_lies_on_a_name(
            places in proptest::collection::vec((0i32..=10_000, 0i32..=HEIGHT, "[\\p{Latin}\\p{Arabic}\\p{Han} ]{0,40}"), 1..60)
        ) {
            let wanted: Vec<Wanted> = places
                .iter()
                .enumerate()
                .map(|(i, (x, y, name))| Wanted { at: (*x, *y), size: size_of(name), can_wait: i % 5 == 4 })
                .collect();
            let (found, taken) = laid(&wanted, 1200);
            let rooms: Vec<Room> = found.iter().flatten().map(|l| l.room).collect();
            for (i, room) in rooms.iter().enumerate() {
                prop_assert!(rooms.iter().skip(i + 1).all(|o| !o.meets(room)));
                prop_assert!(marks(wanted.iter().map(|w| w.at)).iter().all(|m| !m.meets(room)));
                prop_assert!(room.left >= 0 && room.top >= 0 && room.right <= 10_000 && room.bottom <= HEIGHT);
                prop_assert!(taken.leaders.iter().all(|(a, b)| !room.is_crossed(*a, *b)));
            }
        }
    }
}
