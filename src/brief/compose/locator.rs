//! The map of a briefing's places, and their table.

use std::sync::Arc;

use super::super::chart::Sign;
use super::super::language::{Language, Phrase};
use super::super::locator::{Map, MapKey, MapPlace, MapTick, PlaceRow, ScaleBar};
use super::super::wording::capital;
use super::Composer;
use crate::facts::dossier::{Event, Place, Point, Subject};
use crate::facts::table::Ref;
use crate::map::frame::near;
use crate::map::labels::{self, Label, POINT, Room, Taken, Wanted};
use crate::map::paths::multiples;
use crate::map::projection::Shape;
use crate::map::{FULL, Frame};
use crate::text::quantity::Number;

/// With more places than this a map has numbers: names would hide it.
const NAMED: usize = 40;
/// The longest line that leads to a name, and to a number.
const TO_NAME: i32 = 60 * POINT;
const TO_NUMBER: i32 = 400 * POINT;
/// The most characters of a name that is written on the map.
const NAME: usize = 80;

/// A place, if one is recorded, and the events there.
type Group = (Option<Ref<Place>>, Vec<Ref<Event>>);

/// A place with a mark on the map.
struct Marked {
    place: Ref<Place>,
    lon: f64,
    lat: f64,
    /// Events there; none of a place that only tells where others are.
    events: Vec<Ref<Event>>,
}

impl Language {
    /// A length of an angle as it is recorded, in at most four decimals.
    fn degrees(&self, n: f64) -> String {
        // through text, as it was read; what is recorded is printed, not what a rounding makes of it
        let text = format!("{:.4}", n.abs());
        let text = text.trim_end_matches('0').trim_end_matches('.');
        text.parse::<Number>().map(|n| self.number(n)).unwrap_or_default()
    }

    fn latitude(&self, lat: f64) -> String {
        let words = &self.words.chart;
        let phrase = if lat > 0.0 {
            &words.north
        } else if lat < 0.0 {
            &words.south
        } else {
            &words.degrees
        };
        phrase.fill(&[("n", &self.degrees(lat))])
    }

    fn longitude(&self, lon: f64) -> String {
        let words = &self.words.chart;
        let lon = near(lon, 0.0);
        let on_edge = lon == 0.0 || lon.abs() >= 180.0;
        let phrase = if on_edge {
            &words.degrees
        } else if lon > 0.0 {
            &words.east
        } else {
            &words.west
        };
        phrase.fill(&[("n", &self.degrees(lon))])
    }

    fn coordinate(&self, point: &Point) -> String {
        let (lat, lon) = (self.latitude(point.lat), self.longitude(point.lon));
        self.words.chart.coordinate.fill(&[("lat", &lat), ("lon", &lon)])
    }
}

impl Composer<'_> {
    /// The map of the places of the events in scope, and a row for each place; both empty where no place has a point.
    pub(super) fn map_and_places(&mut self, slug: &str) -> (Vec<Map>, Vec<PlaceRow>) {
        let d = self.dossier;
        // places in the order of time of what happened there; events without one together
        let mut groups: Vec<Group> = Vec::new();
        for event in self.scope.clone() {
            if !self.visible(Subject::Event(event)) {
                continue;
            }
            let place = d.events[event].place.as_ref().map(|p| **p).filter(|p| self.visible(Subject::Place(*p)));
            match groups.iter_mut().find(|(p, _)| *p == place) {
                Some((_, events)) => events.push(event),
                None => groups.push((place, vec![event])),
            }
        }
        let mut marked: Vec<Marked> = Vec::new();
        for (place, events) in &groups {
            if let Some((place, point)) = place.and_then(|p| Some((p, d.places[p].point.as_ref()?))) {
                marked.push(Marked { place, lon: point.lon, lat: point.lat, events: events.clone() });
            }
        }
        if marked.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let map = self.map(slug, &groups, &mut marked);
        let language = Arc::clone(&self.language);
        let words = &language.words;
        groups.sort_by_key(|(place, _)| {
            let known = place.map(|p| d.places[p].point.is_some());
            (known.is_none(), known == Some(false))
        });
        let mut rows = Vec::new();
        for (place, events) in &groups {
            let subjects: Vec<Subject> = events.iter().map(|e| Subject::Event(*e)).collect();
            let point = place.and_then(|p| d.places[p].point.as_ref());
            let titles: Vec<String> = events.iter().map(|e| self.event_with_date(*e)).collect();
            let number = map.key.iter().find(|k| place.is_some_and(|p| k.records.first() == Some(&d.places[p].id)));
            rows.push(PlaceRow {
                number: number.map(|k| k.title.clone()).unwrap_or_default(),
                name: match (place, events.first()) {
                    (Some(_), Some(event)) => capital(&self.place_of(*event).unwrap_or_default()),
                    _ => capital(words.chart.no_place.text()),
                },
                coordinates: point.map_or_else(|| words.chart.no_point.text().to_owned(), |p| language.coordinate(p)),
                precision: point.map(|p| language.foreign(&p.precision)).unwrap_or_default(),
                events: language.remarks(&titles),
                refs: self.marks(&subjects),
                records: place.map(|p| d.places[p].id.clone()).into_iter().chain(self.print_all(&subjects)).collect(),
            });
        }
        (vec![map], rows)
    }

    fn event_with_date(&self, event: Ref<Event>) -> String {
        let (what, date) = (capital(&self.title(event)), self.when_of(event));
        if date.is_empty() {
            return what;
        }
        self.language.words.date.in_brackets.fill(&[("what", &what), ("date", &date)])
    }

    fn place_name(&self, place: Ref<Place>) -> String {
        super::super::chart::short(&capital(&self.say(Subject::Place(place), &self.dossier.places[place].name)), NAME)
    }

    fn map(&self, slug: &str, groups: &[Group], marked: &mut Vec<Marked>) -> Map {
        let d = self.dossier;
        let language = Arc::clone(&self.language);
        let words = &language.words.chart;
        // the nearest place around that has a point, of one that has none: it tells where that is
        let mut outer: Vec<Ref<Place>> = Vec::new();
        for place in groups.iter().filter_map(|(place, _)| *place).filter(|p| d.places[*p].point.is_none()) {
            let mut at = d.places[place].within.as_ref().map(|w| **w);
            for _ in 0..d.places.len() {
                let Some(around) = at else { break };
                if d.places[around].point.is_some() {
                    if self.visible(Subject::Place(around)) && !outer.contains(&around) {
                        outer.push(around);
                    }
                    break;
                }
                at = d.places[around].within.as_ref().map(|w| **w);
            }
        }
        outer.retain(|p| !marked.iter().any(|m| m.place == *p));
        for place in outer {
            if let Some(point) = &d.places[place].point {
                marked.push(Marked { place, lon: point.lon, lat: point.lat, events: Vec::new() });
            }
        }
        let places: Vec<(f64, f64)> = marked.iter().map(|m| (m.lon, m.lat)).collect();
        let frame = Frame::around(&places).unwrap_or_default();
        let names: Vec<String> = marked.iter().map(|m| self.place_name(m.place)).collect();
        let (ticks, edges) = ticks(&language, &frame);
        let (labels, is_numbered) = room(&frame, marked, &names, &edges);
        let mut key: Vec<MapKey> = Vec::new();
        let mut shown = Vec::new();
        let mut legend: Vec<Sign> = Vec::new();
        let mut sign = |sign: &str, meaning: &Phrase| {
            if !legend.iter().any(|s| s.sign == sign) {
                legend.push(Sign { sign: sign.to_owned(), meaning: meaning.text().to_owned() });
            }
        };
        for ((m, name), label) in marked.iter().zip(&names).zip(&labels) {
            let is_event = !m.events.is_empty();
            // what only helps to find the way stays away where there is no room for its name
            if !is_event && label.is_none() {
                continue;
            }
            let mut records = vec![d.places[m.place].id.clone()];
            records.extend(m.events.iter().map(|e| d.events[*e].id.clone()));
            let mut text = name.clone();
            if is_event && is_numbered {
                text = language.ordinal(key.len() + 1);
                key.push(MapKey { title: text.clone(), name: name.clone(), records: records.clone() });
            }
            if is_event {
                sign("event", &words.map_event);
            } else {
                sign("outer", &words.map_outer);
            }
            let (x, y) = frame.place(m.lon, m.lat);
            let room = label.map(|l| l.room).unwrap_or_default();
            let leader = label.filter(|l| l.is_led).map(|l| l.room.nearest((x, y)));
            shown.push(MapPlace {
                sign: if is_event { "event" } else { "outer" }.to_owned(),
                x,
                y,
                left: room.left,
                top: room.top,
                right: room.right,
                bottom: room.bottom,
                leader: leader.map(|(x, y)| vec![x, y]).unwrap_or_default(),
                text: if label.is_some() { text } else { String::new() },
                records,
            });
        }
        let mut records: Vec<String> = Vec::new();
        for id in shown.iter().flat_map(|p| &p.records) {
            if !records.contains(id) {
                records.push(id.clone());
            }
        }
        let here: Vec<String> =
            marked.iter().zip(&names).filter(|(m, _)| !m.events.is_empty()).map(|(_, n)| n.clone()).collect();
        Map {
            file: format!("{slug}.map.svg"),
            alt: words.map.fill(&[
                ("places", &language.counted(here.len(), &words.places, &[])),
                ("names", &super::super::chart::short(&language.list(&here), 200)),
            ]),
            ticks,
            places: shown,
            scale: scale(&language, &frame).into_iter().collect(),
            key,
            legend,
            note: self.notes(&frame, marked),
            records,
            frame,
        }
    }

    fn notes(&self, frame: &Frame, marked: &[Marked]) -> Vec<String> {
        let words = &self.language.words.chart;
        let projection = match frame.shape {
            Shape::Equirectangular => &words.equirectangular,
            Shape::Conic => &words.conic,
            Shape::Polar => &words.polar,
        };
        let mut bases: Vec<String> = Vec::new();
        for point in marked.iter().filter_map(|m| self.dossier.places[m.place].point.as_ref()) {
            let basis = self.language.foreign(&point.basis);
            if !bases.contains(&basis) {
                bases.push(basis);
            }
        }
        let mut notes = vec![words.map_basis.fill(&[("basis", &self.language.remarks(&bases))])];
        notes.push(words.map_borders.text().to_owned());
        notes.push(projection.text().to_owned());
        if frame.scale().is_none() {
            notes.push(words.scale_varies.text().to_owned());
        }
        notes
    }
}

fn scale(language: &Language, frame: &Frame) -> Option<ScaleBar> {
    let (kilometres, length) = frame.scale()?;
    let n = language.number(Number::whole(i64::from(kilometres)));
    Some(ScaleBar { length, text: language.words.chart.kilometres.fill(&[("n", &n)]) })
}

/// Room for the name of every mark, in their order; or for numbers, where that cannot be had for every event's place.
fn room(frame: &Frame, marked: &[Marked], names: &[String], edges: &[Room]) -> (Vec<Option<Label>>, bool) {
    let at: Vec<(i32, i32)> = marked.iter().map(|m| frame.place(m.lon, m.lat)).collect();
    let taken = || Taken {
        height: i32::try_from(frame.height).unwrap_or(i32::MAX),
        marks: labels::marks(at.iter().copied()),
        rooms: edges.to_vec(),
        leaders: Vec::new(),
    };
    let events = marked.iter().filter(|m| !m.events.is_empty()).count();
    if events <= NAMED {
        let wanted: Vec<Wanted> = (marked.iter().zip(&at).zip(names))
            .map(|((m, at), name)| Wanted { at: *at, size: labels::size_of(name), can_wait: m.events.is_empty() })
            .collect();
        let found = labels::lay(&wanted, &mut taken(), TO_NAME);
        let led = found.iter().flatten().filter(|l| l.is_led).count();
        // a map of lines is harder to read than one of numbers
        if led * 2 <= events.max(8) && found.iter().zip(marked).all(|(l, m)| l.is_some() || m.events.is_empty()) {
            return (found, false);
        }
    }
    let widest = labels::size_of_number(&events.to_string());
    let wanted: Vec<Wanted> = (marked.iter().zip(&at).zip(names))
        .map(|((m, at), name)| {
            let can_wait = m.events.is_empty();
            Wanted { at: *at, size: if can_wait { labels::size_of(name) } else { widest }, can_wait }
        })
        .collect();
    (labels::lay(&wanted, &mut taken(), TO_NUMBER), true)
}

/// The meridians that end at the lower edge and the parallels that end at the left one, in words, and the room they take.
fn ticks(language: &Language, frame: &Frame) -> (Vec<MapTick>, Vec<Room>) {
    /// Places of an edge that are looked at.
    const LOOKS: u32 = 400;
    let (full, high) = (f64::from(FULL), f64::from(frame.height));
    let (of_lon, of_lat) = frame.steps();
    let (mut ticks, mut rooms): (Vec<MapTick>, Vec<Room>) = (Vec::new(), Vec::new());
    let mut add = |text: String, at: (f64, f64), below: bool| {
        let (w, h) = labels::size_of(&text);
        let (x, y) = (rounded(at.0), rounded(at.1));
        let room = if below { Room::at(x - w / 2, y - h, (w, h)) } else { Room::at(x + POINT, y - h / 2, (w, h)) };
        let is_inside = room.left >= 0 && room.right <= rounded(full) && room.top >= 0 && room.bottom <= rounded(high);
        if is_inside && !rooms.iter().any(|r| r.meets(&room)) {
            ticks.push(MapTick { left: room.left, top: room.top, right: room.right, bottom: room.bottom, text });
            rooms.push(room);
        }
    };
    for below in [true, false] {
        for i in 0..LOOKS {
            let along = |i: u32| {
                let share = f64::from(i) / f64::from(LOOKS);
                if below { (share * full, high) } else { (0.0, share * high) }
            };
            let degrees = |at: (f64, f64)| {
                let (lon, lat) = frame.degrees(at.0, at.1);
                if below { lon } else { lat }
            };
            let (a, b) = (degrees(along(i)), degrees(along(i + 1)));
            if (a - b).abs() > 90.0 {
                continue;
            }
            if let Some(n) = multiples(a.min(b), a.max(b), if below { of_lon } else { of_lat }).first() {
                let share = if (b - a).abs() > 0.0 { (n - a) / (b - a) } else { 0.0 };
                let (from, to) = (along(i), along(i + 1));
                let at = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
                add(if below { language.longitude(*n) } else { language.latitude(*n) }, at, below);
            }
        }
    }
    (ticks, rooms)
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a picture")]
fn rounded(n: f64) -> i32 {
    n.round() as i32
}
