//! An exception that no finding needs. Known once every other rule has run.
