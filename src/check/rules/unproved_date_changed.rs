//! A date that no text proves, changed since it was accepted. Found where the check pins such dates.
