//! What part of the world a map shows, and how it is projected.

use serde::Serialize;

use super::FULL;
use super::paths;
use super::projection::{Projection, RADIUS, Shape};

/// The narrowest map, in kilometres: around a single place, too, it must be seen where that is.
const NARROWEST: f64 = 800.0;
/// The same around a few places, and around many: the closer they are, the more room their marks need.
const FEW: f64 = 400.0;
const MANY: f64 = 40.0;
/// So many are few.
const COUNTED: usize = 8;
/// Up to this width a map without coast or border is widened, in kilometres.
const WIDENED: f64 = 4_000.0;
/// Places that spread over more degrees of longitude than this are shown on a map of the world.
const WORLD: f64 = 150.0;
/// The least and the greatest height of a map, as a share of its width.
const FLATTEST: f64 = 0.45;
const TALLEST: f64 = 0.62;
/// The share of the width and height that the places spread over; the rest is for names and surroundings.
const FILLED: f64 = 0.58;
/// A scale bar misleads on a map wider than this, in kilometres.
const SCALED: f64 = 8_000.0;

/// A projection and the rectangle of its plane that is shown. Whole numbers, so that a view that holds it can be compared
/// and hashed: degrees in thousandths, lengths in metres.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Frame {
    /// The form of the projection.
    pub shape: Shape,
    /// The meridian that runs straight upwards, in thousandths of a degree east.
    pub meridian: i32,
    /// A parallel along which lengths are true, in thousandths of a degree north.
    pub first_parallel: i32,
    /// The other one.
    pub second_parallel: i32,
    /// The left edge, in metres on the plane of the projection.
    pub left: i64,
    /// The upper edge, in metres.
    pub top: i64,
    /// The width, in metres.
    pub width: i64,
    /// The height; the width is 10000.
    pub height: u32,
}

#[expect(clippy::cast_possible_truncation, reason = "degrees and lengths on earth, far within the range")]
fn whole(n: f64) -> i64 {
    n.round() as i64
}

fn thousandths(degrees: f64) -> i32 {
    i32::try_from(whole(degrees * 1000.0)).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "lengths on earth in metres")]
fn kilometres(metres: i64) -> f64 {
    metres as f64 / 1000.0
}

/// A longitude within half a turn of another.
#[must_use]
pub fn near(lon: f64, middle: f64) -> f64 {
    lon - 360.0 * ((lon - middle) / 360.0).round()
}

/// The least and greatest of numbers; none of none.
fn extent(numbers: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    numbers.fold(None, |found, n| {
        let (low, high) = found.unwrap_or((n, n));
        Some((low.min(n), high.max(n)))
    })
}

/// The shortest stretch of longitudes that holds all, its end perhaps beyond 180°: the rest of the turn is the widest gap.
fn stretch(lons: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = lons.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (first, last) = (*sorted.first()?, *sorted.last()?);
    let (mut west, mut widest) = (first, first + 360.0 - last);
    for pair in sorted.windows(2) {
        if pair[1] - pair[0] > widest {
            (west, widest) = (pair[1], pair[1] - pair[0]);
        }
    }
    Some((west, west + 360.0 - widest))
}

impl Frame {
    /// The frame around places, given in degrees east and north; none around none.
    ///
    /// A single place has some hundred kilometres around it, and more until a coast or border is in sight. Many
    /// places in one town are shown without, if need be: else their marks would be one.
    #[must_use]
    pub fn around(places: &[(f64, f64)]) -> Option<Self> {
        let lons: Vec<f64> = places.iter().map(|p| p.0).collect();
        let (west, east) = stretch(&lons)?;
        let (south, north) = extent(places.iter().map(|p| p.1))?;
        let (mut least, widened) = match places.len() {
            1 => (NARROWEST, WIDENED),
            n if n <= COUNTED => (FEW, WIDENED),
            _ => (MANY, MANY),
        };
        loop {
            let frame = Self::of(places, (west, east), (south, north), least);
            if least >= widened || paths::is_told_apart(&frame) {
                return Some(frame);
            }
            least = kilometres(frame.width).max(least) * 1.5;
        }
    }

    fn of(places: &[(f64, f64)], (west, east): (f64, f64), (south, north): (f64, f64), least: f64) -> Self {
        let middle = f64::midpoint(west, east);
        let lat = f64::midpoint(south, north);
        let shape = if (south >= 50.0 || north <= -50.0) && east - west > 100.0 || lat.abs() > 80.0 {
            Shape::Polar
        } else if east - west > WORLD || lat.abs() < 12.0 || south < -5.0 && north > 5.0 {
            Shape::Equirectangular
        } else {
            Shape::Conic
        };
        if shape == Shape::Equirectangular && east - west > WORLD {
            return Self::world(middle, south, north);
        }
        let frame = Self::shaped(shape, places, middle, (south, north), least);
        // a cone has a gap beyond the pole
        if shape == Shape::Conic && frame.holds_a_pole() {
            return Self::shaped(Shape::Polar, places, middle, (south, north), least);
        }
        frame
    }

    /// The world, with the places' middle in its middle.
    fn world(middle: f64, south: f64, north: f64) -> Self {
        let parallel = 40.0_f64;
        let projection = Projection::new(Shape::Equirectangular, middle, (parallel, parallel));
        let (top, bottom) = ((north + 6.0).clamp(84.0, 90.0), (south - 6.0).clamp(-90.0, -57.0));
        let width = 2.0 * projection.forward(middle + 180.0, 0.0).0;
        let (_, top_km) = projection.forward(middle, top);
        let (_, bottom_km) = projection.forward(middle, bottom);
        Self::cut(
            Shape::Equirectangular,
            middle,
            (parallel, parallel),
            (-width / 2.0, top_km),
            width,
            (top_km - bottom_km) / width,
        )
    }

    fn shaped(shape: Shape, places: &[(f64, f64)], middle: f64, (south, north): (f64, f64), least: f64) -> Self {
        let lat = f64::midpoint(south, north);
        let parallels = match shape {
            Shape::Equirectangular if south < 0.0 && north > 0.0 => (south.abs().max(north) / 2.0, 0.0),
            Shape::Equirectangular => (lat.abs(), 0.0),
            Shape::Conic => {
                // two parallels a sixth from the edges; those of a single place are about it
                let sixth = ((north - south) / 3.0).max(1.0);
                (lat - sixth, lat + sixth)
            }
            Shape::Polar => (lat, lat),
        };
        let projection = Projection::new(shape, middle, parallels);
        let plane: Vec<(f64, f64)> =
            places.iter().map(|(lon, lat)| projection.forward(near(*lon, middle), *lat)).collect();
        let across = extent(plane.iter().map(|p| p.0)).unwrap_or_default();
        let upwards = extent(plane.iter().map(|p| p.1)).unwrap_or_default();
        let (wide, tall) = ((across.1 - across.0) / FILLED, (upwards.1 - upwards.0) / FILLED);
        let width = wide.max(tall / TALLEST).max(least);
        let share = (tall / width).clamp(FLATTEST, TALLEST);
        let mut y = f64::midpoint(upwards.0, upwards.1);
        if shape == Shape::Equirectangular {
            // not beyond a pole, where there is nothing
            let edge = RADIUS * std::f64::consts::FRAC_PI_2 - width * share / 2.0;
            y = y.clamp(-edge.max(0.0), edge.max(0.0));
        }
        let x = f64::midpoint(across.0, across.1);
        Self::cut(shape, middle, parallels, (x - width / 2.0, y + width * share / 2.0), width, share)
    }

    fn cut(shape: Shape, meridian: f64, parallels: (f64, f64), corner: (f64, f64), width: f64, share: f64) -> Self {
        let height = whole(share * f64::from(FULL));
        Self {
            shape,
            meridian: thousandths(near(meridian, 0.0)),
            first_parallel: thousandths(parallels.0),
            second_parallel: thousandths(parallels.1),
            left: whole(corner.0 * 1000.0),
            top: whole(corner.1 * 1000.0),
            width: whole(width * 1000.0).max(1),
            height: u32::try_from(height).unwrap_or(FULL),
        }
    }

    /// Its projection.
    #[must_use]
    pub fn projection(&self) -> Projection {
        let degrees = |n: i32| f64::from(n) / 1000.0;
        Projection::new(self.shape, self.middle(), (degrees(self.first_parallel), degrees(self.second_parallel)))
    }

    /// The meridian that runs straight upwards, in degrees.
    #[must_use]
    pub fn middle(&self) -> f64 {
        f64::from(self.meridian) / 1000.0
    }

    /// Its width in kilometres.
    #[must_use]
    pub fn kilometres(&self) -> f64 {
        kilometres(self.width)
    }

    /// A place on the plane, in kilometres, as one on the picture: from its left edge and downwards, the width being
    /// [`FULL`].
    #[must_use]
    pub fn from_plane(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let unit = f64::from(FULL) / self.kilometres();
        ((x - kilometres(self.left)) * unit, (kilometres(self.top) - y) * unit)
    }

    /// Degrees east and north of a place on the picture.
    #[must_use]
    pub fn degrees(&self, x: f64, y: f64) -> (f64, f64) {
        let unit = self.kilometres() / f64::from(FULL);
        self.projection().inverse(kilometres(self.left) + x * unit, kilometres(self.top) - y * unit)
    }

    /// The place on the picture of a longitude and latitude.
    #[must_use]
    pub fn place(&self, lon: f64, lat: f64) -> (i32, i32) {
        let (x, y) = self.from_plane(self.projection().forward(near(lon, self.middle()), lat));
        let whole = |n: f64| i32::try_from(whole(n)).unwrap_or_default();
        (whole(x), whole(y))
    }

    /// Whether a place on the picture is within it.
    #[must_use]
    pub fn holds(&self, (x, y): (i32, i32)) -> bool {
        let (full, high) = (i32::try_from(FULL).unwrap_or(i32::MAX), i32::try_from(self.height).unwrap_or(i32::MAX));
        (0..=full).contains(&x) && (0..=high).contains(&y)
    }

    fn holds_a_pole(&self) -> bool {
        let (full, high) = (f64::from(FULL), f64::from(self.height));
        let beyond = |(_, lat): (f64, f64)| lat.abs() > 89.0;
        self.holds(self.place(self.middle(), 90.0))
            || self.holds(self.place(self.middle(), -90.0))
            || [(0.0, 0.0), (full / 2.0, 0.0), (full, 0.0), (0.0, high), (full / 2.0, high), (full, high)]
                .into_iter()
                .any(|(x, y)| beyond(self.degrees(x, y)))
    }

    /// The length of a scale bar in kilometres, a round one of about a fifth of the width; none where the scale is not the
    /// same all over.
    #[must_use]
    pub fn scale(&self) -> Option<(u32, u32)> {
        let width = self.kilometres();
        if width > SCALED {
            return None;
        }
        let most = width / 4.0;
        let rounds = [1u32, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];
        let length = rounds.into_iter().rev().find(|l| f64::from(*l) <= most)?;
        let drawn = u32::try_from(whole(f64::from(length) / width * f64::from(FULL))).ok()?;
        Some((length, drawn))
    }

    /// Steps between meridians and between parallels that are drawn, in thousandths of a degree.
    #[must_use]
    pub fn steps(&self) -> (i32, i32) {
        let ((west, east), (south, north)) = self.reach();
        let step = |range: f64| {
            let steps = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 45_000, 60_000];
            steps.into_iter().find(|s| range / (f64::from(*s) / 1000.0) <= 6.0).unwrap_or(60_000)
        };
        (step(east - west), step((north - south).min(180.0)))
    }

    /// The longitudes (about the middle) and latitudes that are in sight.
    #[must_use]
    pub fn reach(&self) -> ((f64, f64), (f64, f64)) {
        /// Places on each edge that are looked at.
        const LOOKS: u32 = 40;
        let (full, high) = (f64::from(FULL), f64::from(self.height));
        let mut found: Vec<(f64, f64)> = Vec::new();
        for i in 0..=LOOKS {
            let share = f64::from(i) / f64::from(LOOKS);
            for (x, y) in [(share * full, 0.0), (share * full, high), (0.0, share * high), (full, share * high)] {
                found.push(self.degrees(x, y));
            }
        }
        let middle = self.middle();
        let mut lons = extent(found.iter().map(|p| p.0)).unwrap_or_default();
        let mut lats = extent(found.iter().map(|p| p.1)).unwrap_or_default();
        for pole in [90.0, -90.0] {
            if self.shape == Shape::Polar && self.holds(self.place(middle, pole)) {
                lats = (lats.0.min(pole), lats.1.max(pole));
                lons = (middle - 180.0, middle + 180.0);
            }
        }
        // the highest parallel in sight of a conic map is in its middle
        for y in [0.0, high] {
            let (_, lat) = self.degrees(self.from_plane((0.0, 0.0)).0, y);
            lats = (lats.0.min(lat), lats.1.max(lat));
        }
        ((lons.0.max(middle - 180.0), lons.1.min(middle + 180.0)), (lats.0.max(-90.0), lats.1.min(90.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_single_place_has_surroundings() {
        let frame = Frame::around(&[(22.637, 32.767)]).unwrap();
        assert_eq!(frame.shape, Shape::Conic);
        assert!((frame.kilometres() - 800.0).abs() < 1.0, "{frame:?}");
        assert_eq!(frame.place(22.637, 32.767), (5000, i32::try_from(frame.height / 2).unwrap()));
        assert_eq!(frame.scale().unwrap().0, 200);
        // in the middle of an ocean, until land is in sight
        let ocean = Frame::around(&[(-30.0, 35.0)]).unwrap();
        assert!(ocean.kilometres() > 1000.0 && ocean.kilometres() < 6000.0, "{ocean:?}");
        assert!(Frame::around(&[]).is_none());
    }

    #[test]
    fn forms_by_where_the_places_are() {
        let shape = |places: &[(f64, f64)]| Frame::around(places).unwrap().shape;
        assert_eq!(shape(&[(-74.0, 40.7), (22.6, 32.8)]), Shape::Conic);
        assert_eq!(shape(&[(103.8, 1.35), (106.8, -6.2)]), Shape::Equirectangular);
        assert_eq!(shape(&[(15.0, 78.0), (-150.0, 71.0), (100.0, 74.0)]), Shape::Polar);
        assert_eq!(shape(&[(0.0, 90.0)]), Shape::Polar);
        assert_eq!(shape(&[(166.0, -77.8), (0.0, -70.0), (-60.0, -64.0)]), Shape::Polar);
        let world = Frame::around(&[(-120.0, 38.0), (22.6, 32.8), (151.0, -34.0)]).unwrap();
        assert!(world.shape == Shape::Equirectangular && world.kilometres() > 30_000.0 && world.scale().is_none());
    }

    #[test]
    fn the_antimeridian_is_no_edge() {
        // Suva, and a place in Fiji beyond it
        let frame = Frame::around(&[(178.44, -18.14), (-179.9, -16.8)]).unwrap();
        assert!(frame.kilometres() < 900.0, "{frame:?}");
        let bering = Frame::around(&[(177.5, 64.7), (-165.4, 64.5)]).unwrap();
        assert!(bering.kilometres() < 1500.0 && bering.shape == Shape::Conic, "{bering:?}");
        assert!(bering.place(177.5, 64.7).0 < bering.place(-165.4, 64.5).0);
    }

    proptest! {
        #[test]
        fn every_place_is_in_its_frame_and_not_at_its_edge(
            places in proptest::collection::vec((-180.0f64..=180.0, -90.0f64..=90.0), 1..20)
        ) {
            let frame = Frame::around(&places).unwrap();
            for (lon, lat) in &places {
                prop_assert!(frame.holds(frame.place(*lon, *lat)), "{:?} {} {}", frame, lon, lat);
            }
            let height = f64::from(frame.height) / f64::from(FULL);
            prop_assert!((0.4..=0.66).contains(&height), "{:?}", frame);
            let (lon, lat) = frame.steps();
            prop_assert!(lon >= 100 && lat >= 100);
        }
    }
}
