//! The value grammar: what a claim says of a number.
//!
//! `"8"  "40..50"  ">=29"  ">100"  "<=64"  "<64"  "~400"  "~40..50"  "12%"  "unquantified"`

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::text::quantity::{Kind, Number, Quantity};

/// The bounds of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bounds {
    /// One number.
    Exact(Number),
    /// From a number to a larger one, both included.
    Range(Number, Number),
    /// The number or more.
    AtLeast(Number),
    /// More than the number.
    MoreThan(Number),
    /// The number or fewer.
    AtMost(Number),
    /// Fewer than the number.
    LessThan(Number),
    /// Near the number.
    About(Number),
    /// Near a range.
    AboutRange(Number, Number),
    /// Words without a number ("heavy", "dozens").
    Unquantified,
}

/// A figure: bounds, and whether it is a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Figure {
    /// Its bounds.
    pub bounds: Bounds,
    /// Whether it counts hundredths of a whole.
    pub percent: bool,
}

/// One end of a figure's range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The number at the end.
    pub number: Number,
    /// Whether the number itself is left out ("more than").
    pub beyond: bool,
}

impl Figure {
    /// A figure that is no percentage.
    #[must_use]
    pub fn of(bounds: Bounds) -> Self {
        Self { bounds, percent: false }
    }

    /// The least it can be; none where it is open below or has no number.
    #[must_use]
    pub fn low(&self) -> Option<Edge> {
        match self.bounds {
            Bounds::Exact(n)
            | Bounds::Range(n, _)
            | Bounds::AtLeast(n)
            | Bounds::About(n)
            | Bounds::AboutRange(n, _) => Some(Edge { number: n, beyond: false }),
            Bounds::MoreThan(n) => Some(Edge { number: n, beyond: true }),
            Bounds::AtMost(_) | Bounds::LessThan(_) | Bounds::Unquantified => None,
        }
    }

    /// The most it can be; none where it is open above or has no number.
    #[must_use]
    pub fn high(&self) -> Option<Edge> {
        match self.bounds {
            Bounds::Exact(n)
            | Bounds::Range(_, n)
            | Bounds::AtMost(n)
            | Bounds::About(n)
            | Bounds::AboutRange(_, n) => Some(Edge { number: n, beyond: false }),
            Bounds::LessThan(n) => Some(Edge { number: n, beyond: true }),
            Bounds::AtLeast(_) | Bounds::MoreThan(_) | Bounds::Unquantified => None,
        }
    }

    /// Whether it has a number at all.
    #[must_use]
    pub fn is_quantified(&self) -> bool {
        self.bounds != Bounds::Unquantified
    }

    /// Whether it is given as an approximation.
    #[must_use]
    pub fn is_about(&self) -> bool {
        matches!(self.bounds, Bounds::About(_) | Bounds::AboutRange(..))
    }

    /// What a quantity read from a text says; none where it was not understood.
    ///
    /// An ordinal says that there were at least so many: a second wave proves two or more.
    #[must_use]
    pub fn read(quantity: &Quantity) -> Option<Self> {
        let bounds = match &quantity.kind {
            Kind::Exact(n) => Bounds::Exact(*n),
            Kind::Range { low, high } => Bounds::Range(*low, *high),
            Kind::AtLeast(n) => Bounds::AtLeast(*n),
            Kind::MoreThan(n) => Bounds::MoreThan(*n),
            Kind::AtMost(n) => Bounds::AtMost(*n),
            Kind::LessThan(n) => Bounds::LessThan(*n),
            Kind::About(n) => Bounds::About(*n),
            Kind::AboutRange { low, high } => Bounds::AboutRange(*low, *high),
            Kind::Ordinal(n) => Bounds::AtLeast(n.to_string().parse().ok()?),
            Kind::Vague => Bounds::Unquantified,
            Kind::NotUnderstood(_) => return None,
        };
        Some(Self { bounds, percent: quantity.percent })
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bounds {
            Bounds::Exact(n) => write!(f, "{n}"),
            Bounds::Range(a, b) => write!(f, "{a}..{b}"),
            Bounds::AtLeast(n) => write!(f, ">={n}"),
            Bounds::MoreThan(n) => write!(f, ">{n}"),
            Bounds::AtMost(n) => write!(f, "<={n}"),
            Bounds::LessThan(n) => write!(f, "<{n}"),
            Bounds::About(n) => write!(f, "~{n}"),
            Bounds::AboutRange(a, b) => write!(f, "~{a}..{b}"),
            Bounds::Unquantified => return f.write_str("unquantified"),
        }?;
        if self.percent { f.write_str("%") } else { Ok(()) }
    }
}

impl FromStr for Figure {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "unquantified" {
            return Ok(Self::of(Bounds::Unquantified));
        }
        let (body, percent) = text.strip_suffix('%').map_or((text, false), |body| (body, true));
        let number = |part: &str| -> Result<Number, String> {
            part.parse().map_err(|_| {
                let (whole, decimals) = part.split_once('.').unwrap_or((part, "0"));
                let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
                if digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(decimals) {
                    return format!("`{text}` has more digits than are kept: 24, and six after the point");
                }
                format!(
                    "`{text}` is not a value: write a number (\"8\"), a range (\"40..50\"), a bound (\">=29\", \">100\", \"<=64\", \"<64\"), an estimate (\"~400\") or \"unquantified\""
                )
            })
        };
        let range = |a: &str, b: &str| -> Result<(Number, Number), String> {
            let (low, high) = (number(a)?, number(b)?);
            if low < high {
                Ok((low, high))
            } else {
                Err(format!("`{text}` runs backwards: the smaller number comes first, and the two differ"))
            }
        };
        let bounds = if let Some(rest) = body.strip_prefix(">=") {
            Bounds::AtLeast(number(rest)?)
        } else if let Some(rest) = body.strip_prefix("<=") {
            Bounds::AtMost(number(rest)?)
        } else if let Some(rest) = body.strip_prefix('>') {
            Bounds::MoreThan(number(rest)?)
        } else if let Some(rest) = body.strip_prefix('<') {
            Bounds::LessThan(number(rest)?)
        } else if let Some(rest) = body.strip_prefix('~') {
            match rest.split_once("..") {
                Some((a, b)) => {
                    let (low, high) = range(a, b)?;
                    Bounds::AboutRange(low, high)
                }
                None => Bounds::About(number(rest)?),
            }
        } else if let Some((a, b)) = body.split_once("..") {
            let (low, high) = range(a, b)?;
            Bounds::Range(low, high)
        } else {
            Bounds::Exact(number(body)?)
        };
        Ok(Self { bounds, percent })
    }
}

impl JsonSchema for Figure {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Figure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        const NUMBER: &str = r"-?[0-9]{1,24}(\.[0-9]{1,6})?";
        json_schema!({
            "type": "string",
            "pattern": format!("^(unquantified|((>=|<=|>|<)?{NUMBER}|~?{NUMBER}(\\.\\.{NUMBER})?)%?)$"),
            "examples": ["8", "40..50", ">=29", ">100", "<=64", "<64", "~400", "~40..50", "12%", "unquantified"],
        })
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_grammar() {
        for good in
            ["8", "0", "40..50", ">=29", ">100", "<=64", "<64", "~400", "~40..50", "12%", "7.8", "-5", "unquantified"]
        {
            assert_eq!(good.parse::<Figure>().unwrap().to_string(), good);
        }
        for bad in
            ["", "eight", "50..40", "40..40", "40-50", ">= 29", "8 ", "~", "..", "1..2..3", "%", "0x10", "1e5", "١٢"]
        {
            assert!(bad.parse::<Figure>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn display_then_parse_gives_it_back(a in -1_000_000i64..1_000_000, d in 1i64..1000, form in 0usize..8, percent: bool) {
            let n: Number = format!("{a}.{:02}", d % 100).parse().unwrap();
            let m: Number = format!("{}", a + 1 + d).parse().unwrap();
            let bounds = [
                Bounds::Exact(n), Bounds::Range(n, m), Bounds::AtLeast(n), Bounds::MoreThan(n),
                Bounds::AtMost(n), Bounds::LessThan(n), Bounds::About(n), Bounds::AboutRange(n, m),
            ][form];
            let figure = Figure { bounds, percent };
            prop_assume!(n < m);
            prop_assert_eq!(figure.to_string().parse::<Figure>().unwrap(), figure);
        }

        #[test]
        fn whatever_is_taken_is_given_back(
            text in "(>=|<=|>|<|~)?-?[0-9]{1,24}(\\.[0-9]{1,6})?(\\.\\.-?[0-9]{1,24}(\\.[0-9]{1,6})?)?%?",
        ) {
            if let Ok(figure) = text.parse::<Figure>() {
                prop_assert_eq!(figure.to_string().parse::<Figure>(), Ok(figure));
            }
        }
    }
}
