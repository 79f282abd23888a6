//! Coasts and borders of the world: Natural Earth 1:50m, packed in `maps/natural-earth/world-50m.bin`.

use std::sync::OnceLock;

/// Steps in a degree of the packed data.
const STEPS: f64 = 500.0;

/// Natural Earth (public domain), by way of the npm package `world-atlas` (ISC); see the README beside it.
const PACKED: &[u8] = include_bytes!("../../maps/natural-earth/world-50m.bin");

/// A line on the globe. Longitudes run on without a jump, beyond 180° where they must.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Degrees east and north.
    pub points: Vec<(f64, f64)>,
    /// The least longitude and latitude.
    pub least: (f64, f64),
    /// The greatest longitude and latitude.
    pub most: (f64, f64),
}

/// Coasts and borders.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Atlas {
    /// Closed rings around land, or around a sea in it; the last point is not the first again. A ring around a pole goes
    /// through that pole.
    pub coasts: Vec<Line>,
    /// Lines between two countries, as the data set draws them.
    pub borders: Vec<Line>,
}

/// The atlas, unpacked when it is first asked for.
#[must_use]
pub fn world() -> &'static Atlas {
    static WORLD: OnceLock<Atlas> = OnceLock::new();
    WORLD.get_or_init(|| unpack(PACKED).unwrap_or_default())
}

/// Reads the packed form: coasts, then borders; of each the number of lines; of each line the number of points and their
/// steps from the one before, the first from nought. Numbers are of seven bits a byte, signed ones folded. None where the
/// bytes end too soon or go on.
#[must_use]
pub fn unpack(bytes: &[u8]) -> Option<Atlas> {
    let mut rest = bytes.iter().copied();
    let mut lines = || -> Option<Vec<Line>> {
        let n = number(&mut rest)?;
        let mut lines = Vec::new();
        for _ in 0..n {
            let points = number(&mut rest)?;
            let (mut x, mut y) = (0i32, 0i32);
            let mut line = Line { points: Vec::new(), least: (f64::MAX, f64::MAX), most: (f64::MIN, f64::MIN) };
            for _ in 0..points {
                x = x.checked_add(unfolded(number(&mut rest)?))?;
                y = y.checked_add(unfolded(number(&mut rest)?))?;
                let point = (f64::from(x) / STEPS, f64::from(y) / STEPS);
                line.least = (line.least.0.min(point.0), line.least.1.min(point.1));
                line.most = (line.most.0.max(point.0), line.most.1.max(point.1));
                line.points.push(point);
            }
            lines.push(line);
        }
        Some(lines)
    };
    let atlas = Atlas { coasts: lines()?, borders: lines()? };
    rest.next().is_none().then_some(atlas)
}

fn number(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut n = 0u32;
    for shift in [0, 7, 14, 21, 28] {
        let byte = bytes.next()?;
        n |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(n);
        }
    }
    None
}

fn unfolded(n: u32) -> i32 {
    (n >> 1).cast_signed() ^ -((n & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a point is on land: it is inside an odd number of rings.
    fn is_land(lon: f64, lat: f64) -> bool {
        let crossings = world().coasts.iter().flat_map(|ring| {
            let turns = [-360.0, 0.0, 360.0];
            let next = ring.points.iter().cycle().skip(1);
            ring.points.iter().zip(next).flat_map(move |(a, b)| turns.map(|t| ((a.0 + t, a.1), (b.0 + t, b.1))))
        });
        let right = crossings
            .filter(|(a, b)| (a.1 > lat) != (b.1 > lat) && lon < a.0 + (lat - a.1) / (b.1 - a.1) * (b.0 - a.0));
        right.count() % 2 == 1
    }

    #[test]
    fn land_is_where_it_is() {
        assert!(world().coasts.len() > 1000 && world().borders.len() > 300);
        for (lon, lat, land) in [
            (22.637, 32.60, true),
            (22.637, 33.5, false),
            (-3.7, 40.4, true),
            (178.0, -17.8, true),
            (-179.0, 66.5, true),
            (179.0, 68.0, true),
            (0.0, -85.0, true),
            (-150.0, -89.9, true),
            (0.0, 89.0, false),
            (51.0, 42.0, false),
            (28.5, -29.5, true),
            (-30.0, 40.0, false),
        ] {
            assert_eq!(is_land(lon, lat), land, "{lon} {lat}");
        }
    }

    #[test]
    fn what_is_cut_or_goes_on_is_refused() {
        assert!(unpack(PACKED).is_some());
        assert!(unpack(&PACKED[..PACKED.len() - 1]).is_none());
        assert!(unpack(&[0, 0, 0]).is_none() && unpack(&[]).is_none() && unpack(&[0x80; 9]).is_none());
        let small = unpack(&[1, 2, 2, 1, 1, 4, 0]).unwrap();
        assert_eq!(small.coasts[0].points, [(0.002, -0.002), (0.0, 0.002)]);
        assert_eq!([0, 1, 2, 3, 4].map(unfolded), [0, -1, 1, -2, 2]);
    }
}
