use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::load;
use crate::text::file::TextFile;

const HEAD: &str = r#"
[source.s]
file = "s.txt"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
[actor.mayor]
name = "The mayor"
kind = "person"
[actor.army]
name = "The army"
kind = "military"
[event.flood]
title = "A flood"
kind = "flood"
source = "s"
quote = "the flood"
"#;

fn claim(id: &str, rest: &str) -> String {
    format!("[claim.{id}]\nevent = \"flood\"\nmeasure = \"killed\"\nsource = \"s\"\nquote = \"said so\"\n{rest}\n")
}

fn dossier(claims: &[String]) -> Dossier {
    let files: Vec<_> = std::iter::once(HEAD.to_owned())
        .chain(claims.iter().cloned())
        .enumerate()
        .map(|(i, text)| Arc::new(TextFile::new(format!("{i}.toml"), text)))
        .collect();
    load::resolve("d", "en", &files).unwrap_or_else(|f| panic!("{f:?}"))
}

fn all(dossier: &Dossier) -> Vec<Cell> {
    cells(dossier, |_| true)
}

#[test]
fn independent_claimants_make_a_range_and_keep_the_zero() {
    let d = dossier(&[
        claim("a", "who = \"people\"\nvalue = \"12\"\nby = \"mayor\""),
        claim("b", "who = \"people\"\nvalue = \"0\"\nby = \"army\""),
    ]);
    let cells = all(&d);
    let envelope = cells[0].envelope.unwrap();
    assert_eq!(envelope.low.unwrap().number, Number::whole(0));
    assert_eq!(envelope.high.unwrap().number, Number::whole(12));
    assert!(cells[0].flags.contains(&Flag::ValueContested));
}

#[test]
fn a_revision_by_the_same_claimant_replaces() {
    let d = dossier(&[
        claim("a", "who = \"people\"\nvalue = \"3\"\nby = \"mayor\""),
        claim("b", "who = \"people\"\nvalue = \"24\"\nby = \"mayor\"\nsupersedes = \"a\""),
    ]);
    let cells = all(&d);
    assert_eq!(cells[0].envelope.unwrap().low.unwrap().number, Number::whole(24));
    assert_eq!(cells[0].past.len(), 1);
    assert_eq!(cells[0].flags, [Flag::SingleOrigin].into());
}

#[test]
fn floors_never_lower_the_low_and_are_caught_above_the_high() {
    let d = dossier(&[
        claim("a", "who = \"people\"\nvalue = \"8\"\nby = \"mayor\""),
        claim("b", "who = \"people\"\nvalue = \"2\"\nscope = \"partial\"\nby = \"army\""),
        claim("c", "who = \"people\"\nvalue = \"9\"\nscope = \"partial\"\nby = \"army\""),
    ]);
    let cells = all(&d);
    assert_eq!(cells[0].envelope.unwrap().low.unwrap().number, Number::whole(8));
    let above = floors_above_totals(&d, &cells);
    assert_eq!(above.len(), 1);
    assert_eq!(d.claims[above[0].floor].id, "c");
}

#[test]
fn children_and_women_of_one_quotation_give_civilians_a_computed_floor_and_no_more() {
    let d = dossier(&[
        claim("a", "who = \"children\"\nvalue = \"3\"\nby = \"mayor\""),
        claim("b", "who = \"women\"\nvalue = \"2\"\nby = \"mayor\""),
        claim("c", "who = \"men\"\nvalue = \"7\"\nby = \"army\""),
    ]);
    let cells = all(&d);
    let civilians = cells.iter().find(|c| !c.computed.is_empty()).unwrap();
    assert_eq!(d.categories[civilians.key.2.unwrap()].id, "civilians");
    assert_eq!(civilians.computed[0].at_least, Number::whole(5));
    assert_eq!(civilians.envelope, None);
    assert_eq!(cells.len(), 4);
}

#[test]
fn one_root_told_of_two_categories_is_contested_and_corroborates_nothing() {
    let d = dossier(&[
        claim("a", "who = \"militants\"\nvalue = \"40..50\"\nby = \"army\"\norigin = \"o\""),
        claim("b", "who = \"people\"\nvalue = \"40..50\"\norigin = \"o\""),
    ]);
    for cell in all(&d) {
        assert_eq!(cell.flags, [Flag::SingleOrigin, Flag::CategoryContested].into());
    }
}

#[test]
fn words_and_periods_never_move_a_bound() {
    let d = dossier(&[
        claim("a", "who = \"people\"\nvalue = \">=29\"\nby = \"army\""),
        claim("b", "who = \"people\"\nvalue = \"unquantified\"\nby = \"mayor\""),
        claim(
            "c",
            "who = \"people\"\nvalue = \">100\"\nscope = \"cumulative\"\nperiod = \"2016-12/2017-05\"\nby = \"mayor\"",
        ),
    ]);
    let cell = &all(&d)[0];
    let envelope = cell.envelope.unwrap();
    assert_eq!(envelope.low.unwrap().number, Number::whole(29));
    assert_eq!(envelope.high, None);
    assert_eq!((cell.words.len(), cell.cumulative.len()), (1, 1));
}

fn figure() -> impl Strategy<Value = Figure> {
    (0i64..100, 1i64..50, 0usize..9).prop_map(|(a, d, form)| {
        let (a, b) = (Number::whole(a), Number::whole(a + d));
        Figure::of(
            [
                Bounds::Exact(a),
                Bounds::Range(a, b),
                Bounds::AtLeast(a),
                Bounds::MoreThan(a),
                Bounds::AtMost(a),
                Bounds::LessThan(b),
                Bounds::About(a),
                Bounds::AboutRange(a, b),
                Bounds::Unquantified,
            ][form],
        )
    })
}

proptest! {
    #[test]
    fn an_envelope_holds_every_figure_and_no_order_matters(mut figures in prop::collection::vec(figure(), 1..8)) {
        let one = envelope(&figures);
        if let Some(e) = one {
            for f in figures.iter().filter(|f| f.is_quantified()) {
                if let Some(low) = e.low { prop_assert!(f.low().is_some_and(|l| low <= l)); }
                if let Some(high) = e.high { prop_assert!(f.high().is_some_and(|h| h.number <= high.number)); }
            }
        }
        figures.reverse();
        prop_assert_eq!(envelope(&figures), one);
        figures.rotate_left(1);
        prop_assert_eq!(envelope(&figures), one);
    }

    #[test]
    fn compatibility_is_mutual(a in figure(), b in figure()) {
        prop_assert_eq!(compatible(&a, &b), compatible(&b, &a));
        prop_assert!(compatible(&a, &a));
    }

    #[test]
    fn records_in_any_file_order_give_the_same_cells(order in Just(vec![0usize, 1, 2, 3, 4]).prop_shuffle()) {
        let claims = [
            claim("a", "who = \"people\"\nvalue = \"8\"\nby = \"mayor\""),
            claim("b", "who = \"people\"\nvalue = \"2\"\nscope = \"partial\"\nby = \"army\""),
            claim("c", "who = \"people\"\nvalue = \"~10\"\nby = \"army\"\norigin = \"x\""),
            claim("d", "who = \"militants\"\nvalue = \"40..50\"\nby = \"army\"\norigin = \"x\""),
            claim("e", "who = \"children\"\nvalue = \"unquantified\"\nby = \"mayor\""),
        ];
        let plain = format!("{:?}", all(&dossier(&claims)));
        let shuffled: Vec<String> = order.iter().map(|i| claims[*i].clone()).collect();
        prop_assert_eq!(format!("{:?}", all(&dossier(&shuffled))), plain);
    }

    #[test]
    fn any_claims_give_the_same_cells_in_any_order_and_any_files(
        (claims, order) in prop::collection::vec((figure(), 0usize..3, 0usize..4, 0usize..4), 1..9)
            .prop_flat_map(|claims| { let order: Vec<usize> = (0..claims.len()).collect(); (Just(claims), Just(order).prop_shuffle()) }),
        files in 1usize..4,
    ) {
        let claims: Vec<String> = claims
            .iter()
            .enumerate()
            .map(|(i, (figure, by, who, how))| {
                let by = ["by = \"mayor\"", "by = \"army\"", "origin = \"o\""][*by];
                let who = ["people", "children", "women", "militants"][*who];
                let how = match how {
                    1 => "scope = \"partial\"",
                    2 if !by.starts_with("origin") => "origin = \"o\"",
                    3 => "scope = \"cumulative\"\nperiod = \"2016-12/2017-05\"",
                    _ => "",
                };
                claim(&format!("c{i}"), &format!("who = \"{who}\"\nvalue = \"{figure}\"\n{by}\n{how}"))
            })
            .collect();
        let plain = format!("{:?}", all(&dossier(&claims)));
        let shuffled: Vec<&str> = order.iter().map(|i| claims[*i].as_str()).collect();
        let parts: Vec<String> = shuffled.chunks(shuffled.len().div_ceil(files)).map(<[&str]>::concat).collect();
        prop_assert_eq!(format!("{:?}", all(&dossier(&parts))), plain);
    }
}
