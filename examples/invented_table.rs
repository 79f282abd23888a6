//! Writes an invented table of events, for measuring: `cargo run --example invented_table ROWS > table.csv`.
//!
//! Nobody and no place in it exists. The same number of rows gives the same bytes. About one row in a thousand is bad, in
//! one of several ways, and one in fifty has no figure.

use std::io::{self, BufWriter, Write};

/// A small generator of numbers (xorshift): no clock and no seed from outside.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

const PLACES: [&str; 12] =
    ["Ferrow", "Solme", "Ardal", "Tessen", "Orvik", "Maru", "Lindau Bay", "Qasr Nahr", "Vell", "Drum", "Istra", "Kolm"];
const KINDS: [&str; 4] = ["flood", "fire", "landslide", "storm"];
const SOURCES: [&str; 5] =
    ["The Ferrow Post", "Radio Solme", "the regional flood office", "Ardal Herald; Radio Solme", "the fire service"];

fn main() -> io::Result<()> {
    let rows: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100);
    let mut out = BufWriter::new(io::stdout().lock());
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    writeln!(out, "id,year,day,kind,place,latitude,longitude,source,low,best,high,notes")?;
    for row in 1..=rows {
        let (year, month, day) = (2015 + dice.roll(10), 1 + dice.roll(12), 1 + dice.roll(28));
        let place = dice.roll(PLACES.len() as u64) as usize;
        let (kind, source) = (KINDS[dice.roll(4) as usize], SOURCES[dice.roll(5) as usize]);
        let low = dice.roll(40);
        let (best, high) = (low + dice.roll(10), low + 10 + dice.roll(20));
        let (mut low, best, high) = (low.to_string(), best.to_string(), high.to_string());
        let mut date = format!("{year}-{month:02}-{day:02}");
        match dice.roll(4000) {
            0 => low = "99".to_owned(),
            1 => low = "NaN".to_owned(),
            2 => date = format!("{day:02}/{month:02}/{year}"),
            3 => low = "-1".to_owned(),
            _ => {}
        }
        let (low, best, high) = if dice.roll(50) == 0 { ("", "", "unkn") } else { (&*low, &*best, &*high) };
        let (lat, lon) = (30.0 + place as f64 / 8.0, 12.0 + place as f64 / 4.0);
        writeln!(
            out,
            "inv{row},{year},{date},{kind},{},{lat},{lon},\"{source}\",{low},{best},{high},\"An invented row, number {row}.\"",
            PLACES[place]
        )?;
    }
    out.flush()
}
