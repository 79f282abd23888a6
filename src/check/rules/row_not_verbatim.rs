//! Cells that a row of a table does not hold. Found where the check holds rows against tables.
