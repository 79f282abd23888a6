//! A record that changed since somebody reviewed it. Found where the check counts reviews, by [`crate::check::review`].
