//! A value or date that the cells of a row do not give. Found where the check holds rows against tables.
