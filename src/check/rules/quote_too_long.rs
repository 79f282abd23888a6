//! A quotation too long to be a quotation.

use super::quote_long::{LIMIT, between};
use crate::diag::Diagnostic;
use crate::facts::dossier::{Cited, Dossier};

pub(super) fn check(_: &Dossier, cited: &Cited<'_>) -> Vec<Diagnostic> {
    between(cited, LIMIT + 1..=usize::MAX, "is too long")
}
