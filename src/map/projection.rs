//! From degrees to kilometres on a plane, and back.
//!
//! The earth is a sphere of its mean radius (IUGG): on a locator map the difference to the ellipsoid cannot be seen. The
//! three forms are Snyder's (Map Projections: A Working Manual, USGS Professional Paper 1395, 1987): equirectangular
//! (chapter 12), equidistant conic (16), azimuthal equidistant about a pole (25). In all of them a length along a meridian
//! is true; along a parallel it is true on one or two of them, or at the pole.

use libm::{atan2, cos, hypot, sin};
use serde::Serialize;

/// The mean radius of the earth, in kilometres.
pub const RADIUS: f64 = 6371.0088;

/// The form of a projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Meridians and parallels are straight: for the tropics and the world.
    #[default]
    Equirectangular,
    /// Meridians are straight, parallels are arcs: for what lies between tropics and pole.
    Conic,
    /// About the nearer pole.
    Polar,
}

/// A projection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    shape: Shape,
    /// The meridian that runs upwards, in degrees.
    meridian: f64,
    /// The cosine of the parallel that is true, or the constant of the cone; its sign is that of the hemisphere.
    cone: f64,
    /// The distance from the cone's point to the equator, in radii, and what the ordinate is counted from.
    reach: f64,
}

impl Projection {
    /// A projection by its middle meridian and the parallels that are true, in degrees; of a polar one only their sign
    /// counts, of an equirectangular one only the first.
    #[must_use]
    pub fn new(shape: Shape, meridian: f64, parallels: (f64, f64)) -> Self {
        let (a, b) = (parallels.0.to_radians(), parallels.1.to_radians());
        let sign = if parallels.0 + parallels.1 < 0.0 { -1.0 } else { 1.0 };
        let (cone, reach) = match shape {
            Shape::Equirectangular => (cos(a).max(0.05), 0.0),
            Shape::Conic => {
                let cone = if (b - a).abs() < 1e-6 { sin(a) } else { (cos(a) - cos(b)) / (b - a) };
                (cone, cos(a) / cone + a)
            }
            Shape::Polar => (sign, sign * std::f64::consts::FRAC_PI_2),
        };
        Self { shape, meridian, cone, reach }
    }

    /// Kilometres to the right and up, from where the middle meridian meets the equator.
    #[must_use]
    pub fn forward(&self, lon: f64, lat: f64) -> (f64, f64) {
        let (turn, lat) = ((lon - self.meridian).to_radians(), lat.to_radians());
        let (x, y) = match self.shape {
            Shape::Equirectangular => (turn * self.cone, lat),
            Shape::Conic | Shape::Polar => {
                let rho = self.reach - lat;
                (rho * sin(self.cone * turn), self.reach - rho * cos(self.cone * turn))
            }
        };
        (x * RADIUS, y * RADIUS)
    }

    /// Degrees east and north of a place on the plane; beyond the edge of the world they are beyond their range.
    #[must_use]
    pub fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x / RADIUS, y / RADIUS);
        let (turn, lat) = match self.shape {
            Shape::Equirectangular => (x / self.cone, y),
            Shape::Conic | Shape::Polar => {
                let sign = if self.cone < 0.0 { -1.0 } else { 1.0 };
                let rho = sign * hypot(x, self.reach - y);
                (atan2(sign * x, sign * (self.reach - y)) / self.cone, self.reach - rho)
            }
        };
        (self.meridian + turn.to_degrees(), lat.to_degrees())
    }

    /// Whether parallels are curved, so that a long step along one needs places between.
    #[must_use]
    pub fn is_curved(&self) -> bool {
        self.shape != Shape::Equirectangular
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn length(a: (f64, f64), b: (f64, f64)) -> f64 {
        hypot(a.0 - b.0, a.1 - b.1)
    }

    #[test]
    fn known_distances() {
        // great circles between airports' towns, in kilometres
        for (shape, parallels, meridian, a, b, km) in [
            (Shape::Conic, (31.5, 32.5), 18.0, (22.637, 32.767), (13.191, 32.887), 882.4),
            (Shape::Conic, (48.0, 56.0), 8.0, (2.352, 48.857), (13.405, 52.52), 878.0),
            (Shape::Conic, (-35.0, -28.0), 25.0, (18.424, -33.925), (28.047, -26.204), 1262.0),
            (Shape::Equirectangular, (0.0, 0.0), 105.0, (103.82, 1.352), (106.845, -6.208), 905.2),
            (Shape::Polar, (80.0, 80.0), 0.0, (15.63, 78.22), (-16.66, 81.6), 718.4),
        ] {
            let p = Projection::new(shape, meridian, parallels);
            let drawn = length(p.forward(a.0, a.1), p.forward(b.0, b.1));
            assert!((drawn / km - 1.0).abs() < 0.02, "{shape:?}: {drawn} for {km}");
        }
    }

    #[test]
    fn a_degree_of_a_meridian_is_true_in_all_forms() {
        for shape in [Shape::Equirectangular, Shape::Conic, Shape::Polar] {
            for sign in [1.0, -1.0] {
                let p = Projection::new(shape, 7.0, (sign * 30.0, sign * 50.0));
                let step = length(p.forward(40.0, sign * 40.0), p.forward(40.0, sign * 41.0));
                assert!((step - RADIUS.to_radians()).abs() < 1e-6, "{shape:?} {step}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_projected_comes_back(
            lon in -90.0f64..90.0, lat in -85.0f64..85.0, middle in -180.0f64..180.0, a in 10.0f64..60.0, gap in 0.0f64..20.0, south: bool
        ) {
            let sign = if south { -1.0 } else { 1.0 };
            for shape in [Shape::Equirectangular, Shape::Conic, Shape::Polar] {
                let p = Projection::new(shape, middle, (sign * a, sign * (a + gap)));
                let (x, y) = p.forward(middle + lon, lat);
                let (back_lon, back_lat) = p.inverse(x, y);
                prop_assert!((back_lon - middle - lon).abs() < 1e-6 && (back_lat - lat).abs() < 1e-6, "{:?} {} {}", shape, back_lon, back_lat);
            }
        }
    }
}
