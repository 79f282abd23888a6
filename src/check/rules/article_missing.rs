//! An archive that lacks an article a source names. Found where the check reads articles.
