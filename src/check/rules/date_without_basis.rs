//! A date without a word on how it is known. Found in [`crate::check::dating`].
