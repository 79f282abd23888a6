//! The fuzz targets of factbrief as a library, so that it is compiled once for all of them.

pub mod targets;
