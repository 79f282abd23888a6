//! Land, coasts, borders and the grid of a map, cut to its frame and no finer than it is drawn.
//!
//! They are no part of what a briefing says, and stay out of its view: a layout gets them beside it.

use std::fmt::Write as _;

use super::FULL;
use super::atlas::{Line, world};
use super::frame::Frame;

/// Points nearer than this to the last one are left out: about half a point on A4.
const FINE: f64 = 10.0;
/// Lines are drawn coarser, in steps of this factor and so many of them at most, while there are more points than this: a
/// map of half the world is no finer than it needs to be, and drawn as quickly as a map of a coast.
const COARSER: f64 = 1.4;
const STEPS: usize = 4;
const MOST: usize = 5_000;
/// The longest step along a parallel that is drawn straight where parallels are curved, in degrees.
const STRAIGHT: f64 = 2.0;

/// Points of a picture: from its left edge and downwards, its width being [`FULL`].
pub type Path = Vec<(i32, i32)>;

/// What lies under the places of a map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paths {
    /// Rings around land, and around seas in it: filled where their number is odd.
    pub land: Vec<Path>,
    /// Lines along coasts, where the edge of land is none: the data is cut along a meridian, and at the pole. Elsewhere
    /// none, for the edge of land is the coast.
    pub coasts: Vec<Path>,
    /// Lines along borders.
    pub borders: Vec<Path>,
    /// Meridians and parallels.
    pub grid: Vec<Path>,
}

impl Paths {
    /// All of it as JSON, the four lists by name. A path is one list of numbers: the place of its first point, then the step
    /// to each next one.
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = String::new();
        for (name, paths) in
            [("land", &self.land), ("coasts", &self.coasts), ("borders", &self.borders), ("grid", &self.grid)]
        {
            let _ = write!(out, "{}\"{name}\":[", if out.is_empty() { '{' } else { ',' });
            for (i, path) in paths.iter().enumerate() {
                out.push_str(if i > 0 { ",[" } else { "[" });
                let mut at = (0, 0);
                for (k, p) in path.iter().enumerate() {
                    let _ = write!(out, "{}{},{}", if k > 0 { "," } else { "" }, p.0 - at.0, p.1 - at.1);
                    at = *p;
                }
                out.push(']');
            }
            out.push(']');
        }
        out.push('}');
        out
    }
}

type Point = (f64, f64);

/// A rectangle by its least and greatest corner.
#[derive(Debug, Clone, Copy)]
struct Window {
    least: Point,
    most: Point,
}

impl Window {
    /// The part of a ring inside it (Sutherland and Hodgman, 1974); edges along the window take the place of what is cut off.
    fn ring(&self, ring: Vec<Point>) -> Vec<Point> {
        let mut ring = ring;
        for (of_x, edge, keep_above) in [
            (true, self.least.0, true),
            (true, self.most.0, false),
            (false, self.least.1, true),
            (false, self.most.1, false),
        ] {
            let at = |p: &Point| if of_x { p.0 } else { p.1 };
            let inside = |p: &Point| (at(p) >= edge) == keep_above || at(p) == edge;
            if ring.iter().all(inside) {
                continue;
            }
            let mut cut = Vec::with_capacity(ring.len() + 8);
            for (i, b) in ring.iter().enumerate() {
                let a = &ring[if i == 0 { ring.len() - 1 } else { i - 1 }];
                if inside(a) != inside(b) {
                    let share = (edge - at(a)) / (at(b) - at(a));
                    let (x, y) = between(*a, *b, share);
                    cut.push(if of_x { (edge, y) } else { (x, edge) });
                }
                if inside(b) {
                    cut.push(*b);
                }
            }
            ring = cut;
        }
        ring
    }

    /// The part of a step inside it (Liang and Barsky, 1984).
    fn step(&self, a: Point, b: Point) -> Option<(Point, Point)> {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (towards, room) in
            [(-dx, a.0 - self.least.0), (dx, self.most.0 - a.0), (-dy, a.1 - self.least.1), (dy, self.most.1 - a.1)]
        {
            if towards == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if towards < 0.0 {
                from = from.max(room / towards);
            } else {
                to = to.min(room / towards);
            }
        }
        (from < to).then(|| (between(a, b, from), between(a, b, to)))
    }

    /// The parts of a line inside it.
    fn line(&self, line: impl Iterator<Item = (Point, Point)>) -> Vec<Vec<Point>> {
        let mut parts: Vec<Vec<Point>> = Vec::new();
        for (a, b) in line {
            let Some((a, b)) = self.step(a, b) else { continue };
            match parts.last_mut() {
                Some(part) if part.last() == Some(&a) => part.push(b),
                _ => parts.push(vec![a, b]),
            }
        }
        parts
    }
}

fn between(a: Point, b: Point, share: f64) -> Point {
    if share <= 0.0 {
        a
    } else if share >= 1.0 {
        b
    } else {
        (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share)
    }
}

/// Whether a step is no coast, but where the data set cuts land open: along the antimeridian, or to a pole.
fn is_seam(a: Point, b: Point) -> bool {
    let on_meridian = |p: Point| (p.0.rem_euclid(360.0) - 180.0).abs() < 0.003;
    a.1.abs() > 89.9 || b.1.abs() > 89.9 || (a.0 - b.0).abs() < 0.003 && on_meridian(a) && on_meridian(b)
}

struct Cutter<'f> {
    frame: &'f Frame,
    /// In degrees, a little more than is in sight; longitudes about the frame's middle.
    sight: Window,
    /// The picture.
    picture: Window,
}

impl<'f> Cutter<'f> {
    fn new(frame: &'f Frame) -> Self {
        let ((west, east), (south, north)) = frame.reach();
        let room = (north - south) * 0.02;
        let wide = (east - west) * 0.02;
        let middle = frame.middle();
        let sight = Window {
            least: ((west - wide).max(middle - 180.0), (south - room).max(-90.0)),
            most: ((east + wide).min(middle + 180.0), (north + room).min(90.0)),
        };
        let picture = Window { least: (0.0, 0.0), most: (f64::from(FULL), f64::from(frame.height)) };
        Self { frame, sight, picture }
    }

    /// Whether a cut of the data is in the picture: along the meridian of 180 degrees, or about the pole; or an edge of what
    /// is cut here, where all longitudes are in sight.
    fn has_seam(&self) -> bool {
        let (least, most) = (self.sight.least, self.sight.most);
        let corners = [least, (least.0, most.1), most, (most.0, least.1), least];
        if corners.windows(2).any(|side| !self.in_picture(side).is_empty()) {
            return true;
        }
        world().coasts.iter().any(|ring| {
            let next = ring.points.iter().cycle().skip(1);
            let seams: Vec<(&Point, &Point)> =
                ring.points.iter().zip(next).filter(|(a, b)| is_seam(**a, **b)).collect();
            let turned = |turn: f64| seams.iter().map(move |(a, b)| ((a.0 + turn, a.1), (b.0 + turn, b.1)));
            let in_sight =
                |turn: f64| self.sight.line(turned(turn)).iter().any(|part| !self.in_picture(part).is_empty());
            !seams.is_empty() && self.turns(ring).any(in_sight)
        })
    }

    /// The turns by which a line has to be shifted to come in sight.
    fn turns(&self, line: &Line) -> impl Iterator<Item = f64> {
        let sight = self.sight;
        let (least, most) = (line.least, line.most);
        [-720.0, -360.0, 0.0, 360.0, 720.0].into_iter().filter(move |turn| {
            least.0 + turn <= sight.most.0
                && most.0 + turn >= sight.least.0
                && least.1 <= sight.most.1
                && most.1 >= sight.least.1
        })
    }

    /// Degrees as a place of the picture.
    fn drawn(&self, p: Point) -> Point {
        self.frame.from_plane(self.frame.projection().forward(p.0, p.1))
    }

    /// Points between two that are far apart, the first left out.
    fn dense(&self, a: Point, b: Point) -> Vec<Point> {
        let gap = (a.0 - b.0).abs().max((a.1 - b.1).abs());
        if !self.frame.projection().is_curved() || gap <= STRAIGHT {
            return vec![b];
        }
        let mut points = Vec::new();
        let mut share = STRAIGHT / gap;
        while share < 1.0 {
            points.push(between(a, b, share));
            share += STRAIGHT / gap;
        }
        points.push(b);
        points
    }

    fn land(&self, ring: &Line) -> Vec<Path> {
        let mut found = Vec::new();
        for turn in self.turns(ring) {
            let turned: Vec<Point> = ring.points.iter().map(|(x, y)| (x + turn, *y)).collect();
            let cut = self.sight.ring(turned);
            let mut plane = Vec::with_capacity(cut.len());
            for (i, b) in cut.iter().enumerate() {
                let a = cut[if i == 0 { cut.len() - 1 } else { i - 1 }];
                plane.extend(self.dense(a, *b).into_iter().map(|p| self.drawn(p)));
            }
            let path = self.thinned(&self.picture.ring(plane));
            if path.len() > 2 {
                found.push(path);
            }
        }
        found
    }

    fn line(&self, line: &Line, is_closed: bool) -> Vec<Path> {
        let mut found = Vec::new();
        for turn in self.turns(line) {
            let at = |p: &Point| (p.0 + turn, p.1);
            let next = line.points.iter().cycle().skip(1);
            let steps = line.points.len().saturating_sub(usize::from(!is_closed));
            let kept = line.points.iter().zip(next).take(steps).filter(|(a, b)| !is_seam(**a, **b));
            for part in self.sight.line(kept.map(|(a, b)| (at(a), at(b)))) {
                found.extend(self.in_picture(&part));
            }
        }
        found
    }

    fn thinned(&self, points: &[Point]) -> Path {
        thinned(points, FINE)
    }

    /// A line in degrees as lines of the picture.
    fn in_picture(&self, line: &[Point]) -> Vec<Path> {
        let mut points: Vec<Point> = line.first().map(|p| self.drawn(*p)).into_iter().collect();
        for pair in line.windows(2) {
            points.extend(self.dense(pair[0], pair[1]).into_iter().map(|p| self.drawn(p)));
        }
        let parts = self.picture.line(points.windows(2).map(|w| (w[0], w[1])));
        parts.iter().map(|part| self.thinned(part)).filter(|path| path.len() > 1).collect()
    }

    fn grid(&self) -> Vec<Path> {
        let mut found = Vec::new();
        let (of_lon, of_lat) = self.frame.steps();
        let (least, most) = (self.sight.least, self.sight.most);
        for lon in multiples(least.0, most.0, of_lon) {
            found.extend(self.in_picture(&[(lon, least.1), (lon, most.1)]));
        }
        for lat in multiples(least.1, most.1, of_lat) {
            found.extend(self.in_picture(&[(least.0, lat), (most.0, lat)]));
        }
        found
    }
}

/// Multiples of a step in thousandths of a degree, from a degree to another.
#[must_use]
pub fn multiples(from: f64, to: f64, step: i32) -> Vec<f64> {
    let step = f64::from(step) / 1000.0;
    let mut found = Vec::new();
    let mut n = (from / step).ceil();
    while n * step <= to && found.len() < 100 {
        found.push(n * step);
        n += 1.0;
    }
    found
}

/// Points in whole numbers, those left out that could not be told from the one before.
#[expect(clippy::cast_possible_truncation, reason = "cut to the picture before")]
fn thinned(points: &[Point], fine: f64) -> Path {
    let mut kept: Vec<Point> = Vec::new();
    for (i, p) in points.iter().enumerate() {
        let far = kept.last().is_none_or(|k| (k.0 - p.0).abs().max((k.1 - p.1).abs()) >= fine);
        if far {
            kept.push(*p);
        } else if i + 1 == points.len() && kept.len() > 1 {
            kept.pop();
            kept.push(*p);
        }
    }
    let mut path: Path = kept.into_iter().map(|p| (p.0.round() as i32, p.1.round() as i32)).collect();
    path.dedup();
    path
}

/// Everything that lies under the places of a map.
#[must_use]
pub fn of(frame: &Frame) -> Paths {
    let cutter = Cutter::new(frame);
    let atlas = world();
    let has_seam = cutter.has_seam();
    let coasts = atlas.coasts.iter().filter(|_| has_seam).flat_map(|ring| cutter.line(ring, true));
    let mut paths = Paths {
        land: atlas.coasts.iter().flat_map(|ring| cutter.land(ring)).collect(),
        coasts: coasts.collect(),
        borders: atlas.borders.iter().flat_map(|line| cutter.line(line, false)).collect(),
        grid: cutter.grid(),
    };
    let mut fine = FINE;
    for _ in 0..STEPS {
        let points: usize = paths.land.iter().chain(&paths.coasts).chain(&paths.borders).map(Vec::len).sum();
        if points <= MOST {
            break;
        }
        fine *= COARSER;
        for (paths, least) in [(&mut paths.land, 3), (&mut paths.coasts, 2), (&mut paths.borders, 2)] {
            for path in paths.iter_mut() {
                let points: Vec<Point> = path.iter().map(|p| (f64::from(p.0), f64::from(p.1))).collect();
                *path = thinned(&points, fine);
            }
            paths.retain(|path| path.len() >= least);
        }
    }
    paths
}

/// Whether enough coast or border is in sight to tell where a map is: a tenth of its width in all.
#[must_use]
pub fn is_told_apart(frame: &Frame) -> bool {
    let cutter = Cutter::new(frame);
    let atlas = world();
    let coasts = atlas.coasts.iter().flat_map(|ring| cutter.line(ring, true));
    let borders = atlas.borders.iter().flat_map(|line| cutter.line(line, false));
    let mut length = 0;
    for path in coasts.chain(borders) {
        length += path.windows(2).map(|w| (w[0].0 - w[1].0).abs() + (w[0].1 - w[1].1).abs()).sum::<i32>();
        if length > i32::try_from(FULL / 4).unwrap_or(i32::MAX) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The area of rings of which those inside others are holes, as a share of the picture.
    fn land(paths: &Paths, frame: &Frame) -> f64 {
        let doubled = |ring: &Path| -> f64 {
            let next = ring.iter().cycle().skip(1);
            ring.iter().zip(next).map(|(a, b)| f64::from(a.0) * f64::from(b.1) - f64::from(b.0) * f64::from(a.1)).sum()
        };
        let area: f64 = paths.land.iter().map(doubled).sum::<f64>().abs() / 2.0;
        area / (f64::from(FULL) * f64::from(frame.height))
    }

    #[test]
    fn a_ring_is_cut_at_the_window() {
        let window = Window { least: (0.0, 0.0), most: (10.0, 10.0) };
        assert_eq!(
            window.ring(vec![(-5.0, 5.0), (5.0, 5.0), (5.0, 15.0), (-5.0, 15.0)]),
            [(0.0, 10.0), (0.0, 5.0), (5.0, 5.0), (5.0, 10.0)]
        );
        assert!(window.ring(vec![(-5.0, -5.0), (-1.0, -5.0), (-1.0, -1.0)]).is_empty());
        let line = window.line([((-5.0, 5.0), (5.0, 5.0)), ((5.0, 5.0), (5.0, 15.0))].into_iter());
        assert_eq!(line, [vec![(0.0, 5.0), (5.0, 5.0), (5.0, 10.0)]]);
        assert!(window.step((0.0, 20.0), (20.0, 10.5)).is_none());
    }

    #[test]
    fn seas_and_continents_take_their_share() {
        let share = |places: &[(f64, f64)]| {
            let frame = Frame::around(places).unwrap();
            land(&of(&frame), &frame)
        };
        // most of the picture around Derna is the sea
        let derna = share(&[(22.637, 32.767)]);
        assert!((0.2..0.6).contains(&derna), "{derna}");
        let inland = share(&[(20.0, 22.0)]);
        assert!(inland > 0.999, "{inland}");
        let pole = share(&[(0.0, -90.0)]);
        assert!(pole > 0.9, "{pole}");
        let arctic = share(&[(0.0, 90.0)]);
        assert!(arctic < 0.2, "{arctic}");
        let world = share(&[(-120.0, 38.0), (22.6, 32.8), (151.0, -34.0)]);
        assert!((0.25..0.45).contains(&world), "{world}");
        // no seam is drawn through Fiji's Taveuni or Chukotka
        let frame = Frame::around(&[(178.44, -18.14), (-179.9, -16.8)]).unwrap();
        let at = frame.place(180.0, -16.5).0;
        let on_seam =
            |path: &Path| path.windows(2).any(|w| w[0].0 == at && w[1].0 == at && (w[0].1 - w[1].1).abs() > 60);
        assert!(!of(&frame).coasts.iter().any(on_seam));
    }

    #[test]
    fn paths_are_written_as_steps() {
        let paths = Paths { land: vec![vec![(5, 6), (4, 8)], vec![(1, 1)]], ..Paths::default() };
        assert_eq!(paths.json(), r#"{"land":[[5,6,-1,2],[1,1]],"coasts":[],"borders":[],"grid":[]}"#);
    }

    #[test]
    fn a_map_is_small() {
        for places in [
            vec![(22.637, 32.767)],
            vec![(10.0, 62.0), (25.0, 66.0)],
            vec![(-74.0, 40.7), (22.6, 32.8)],
            vec![(-120.0, 38.0), (22.6, 32.8), (151.0, -34.0)],
            vec![(15.0, 78.0), (-150.0, 71.0), (100.0, 74.0)],
        ] {
            let paths = of(&Frame::around(&places).unwrap());
            let bytes = paths.json().len();
            assert!(bytes < 150_000, "{places:?}: {bytes}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn nothing_lies_outside_the_picture(
            places in proptest::collection::vec((-180.0f64..=180.0, -90.0f64..=90.0), 1..4)
        ) {
            let frame = Frame::around(&places).unwrap();
            let paths = of(&frame);
            for p in paths.land.iter().chain(&paths.coasts).chain(&paths.borders).chain(&paths.grid).flatten() {
                prop_assert!(frame.holds(*p), "{:?} {:?}", frame, p);
            }
            let share = land(&paths, &frame);
            prop_assert!(share < 1.001, "{}", share);
        }
    }
}
