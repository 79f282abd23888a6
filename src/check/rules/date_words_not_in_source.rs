//! Words that date a record and stand nowhere in its source. Found in [`crate::check::dating`].
