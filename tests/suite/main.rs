//! The program as its users meet it. One binary: each one links all of Typst.

mod bounds;
mod floors;
mod libya;
mod project;
mod scratch;
