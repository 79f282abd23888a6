//! Packs `countries-50m.json` of the npm package `world-atlas` into `maps/natural-earth/world-50m.bin`:
//!
//! ```text
//! cargo run --example pack_map -- countries-50m.json maps/natural-earth/world-50m.bin
//! ```
//!
//! Coasts become closed rings, borders open lines; names and ids of countries are left out. The form is described in
//! `maps/natural-earth/README.md` and read by `src/map/atlas.rs`.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a tool for those who change the map data, no part of the program"
)]

use std::collections::BTreeMap;
use std::error::Error;

use serde_json::Value;

/// Steps in a degree.
const STEPS: f64 = 500.0;

type Line = Vec<(i64, i64)>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("usage: pack_map countries-50m.json OUT".into());
    };
    let topology: Value = serde_json::from_slice(&std::fs::read(from)?)?;
    let arcs = arcs(&topology).ok_or("it has no arcs")?;
    let objects = &topology["objects"];
    let coasts: Vec<Line> = rings(&objects["land"]).iter().map(|ring| closed(joined(ring, &arcs))).collect();
    let mut uses: BTreeMap<usize, usize> = BTreeMap::new();
    for arc in rings(&objects["countries"]).iter().flatten() {
        *uses.entry(place(*arc)).or_default() += 1;
    }
    // an arc of two countries is a border, one of a single country is coast
    let borders: Vec<Line> = uses
        .iter()
        .filter(|(_, n)| **n == 2)
        .map(|(arc, _)| joined(&[i64::try_from(*arc).unwrap_or(0)], &arcs))
        .collect();
    let mut out = Vec::new();
    for lines in [&coasts, &borders] {
        number(&mut out, u64::try_from(lines.len())?);
        for line in lines {
            number(&mut out, u64::try_from(line.len())?);
            let mut at = (0, 0);
            for (x, y) in line {
                number(&mut out, folded(x - at.0));
                number(&mut out, folded(y - at.1));
                at = (*x, *y);
            }
        }
    }
    std::fs::write(to, out)?;
    Ok(())
}

/// The arcs in degrees.
fn arcs(topology: &Value) -> Option<Vec<Vec<(f64, f64)>>> {
    let pair = |v: &Value| Some((v.get(0)?.as_f64()?, v.get(1)?.as_f64()?));
    let (scale, shift) = (pair(&topology["transform"]["scale"])?, pair(&topology["transform"]["translate"])?);
    let arc = |arc: &Value| {
        let (mut x, mut y) = (0.0, 0.0);
        let mut points = Vec::new();
        for step in arc.as_array()? {
            let (dx, dy) = pair(step)?;
            x += dx;
            y += dy;
            points.push((x * scale.0 + shift.0, y * scale.1 + shift.1));
        }
        Some(points)
    };
    topology["arcs"].as_array()?.iter().map(arc).collect()
}

/// The rings of a geometry or collection, each a list of arcs.
fn rings(object: &Value) -> Vec<Vec<i64>> {
    fn walk(value: &Value, out: &mut Vec<Vec<i64>>) {
        let Some(list) = value.as_array() else { return };
        if list.first().is_some_and(Value::is_number) {
            out.push(list.iter().filter_map(Value::as_i64).collect());
        } else {
            list.iter().for_each(|v| walk(v, out));
        }
    }
    let mut out = Vec::new();
    for geometry in object["geometries"].as_array().into_iter().flatten() {
        walk(&geometry["arcs"], &mut out);
    }
    if object["geometries"].is_null() {
        walk(&object["arcs"], &mut out);
    }
    out
}

/// The index of an arc; one that runs backwards is written as its complement.
fn place(arc: i64) -> usize {
    usize::try_from(if arc < 0 { !arc } else { arc }).unwrap_or_default()
}

/// Arcs one after the other, their longitudes without a jump, in steps.
fn joined(list: &[i64], arcs: &[Vec<(f64, f64)>]) -> Line {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for arc in list {
        let own = arcs.get(place(*arc)).map(Vec::as_slice).unwrap_or_default();
        let skip = usize::from(!points.is_empty());
        if *arc < 0 {
            points.extend(own.iter().rev().skip(skip));
        } else {
            points.extend(own.iter().skip(skip));
        }
    }
    let mut turned = 0.0;
    for i in 1..points.len() {
        points[i].0 += turned;
        let step = points[i].0 - points[i - 1].0;
        if step.abs() > 180.0 {
            points[i].0 -= 360.0 * step.signum();
            turned -= 360.0 * step.signum();
        }
    }
    #[allow(clippy::cast_possible_truncation, reason = "degrees times five hundred")]
    let steps = |v: f64| (v * STEPS).round() as i64;
    let mut line: Line = points.into_iter().map(|(x, y)| (steps(x), steps(y))).collect();
    line.dedup();
    line
}

/// A ring without its last point; one that runs around a pole goes through it.
fn closed(mut ring: Line) -> Line {
    if let (Some(first), Some(last)) = (ring.first().copied(), ring.last().copied()) {
        if first == last {
            ring.pop();
        } else {
            let pole = if first.1 < 0 { -45_000 } else { 45_000 };
            ring.extend([(last.0, pole), (first.0, pole)]);
        }
    }
    ring
}

/// A signed number as an unsigned one: 0, -1, 1, -2, …
fn folded(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)).cast_unsigned()
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn number(out: &mut Vec<u8>, mut n: u64) {
    while n > 0x7f {
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.push((n & 0x7f) as u8);
}
