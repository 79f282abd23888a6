//! Messages on standard output, each behind its length (LSP 3.17, base protocol).

use std::io::{self, Write};

use gen_lsp_types::json_rpc::{Error, Id};
use serde_json::{Value, json};

/// Writes one message. Nothing else of the program writes to standard output while it serves.
pub(super) fn write(message: &Value) -> io::Result<()> {
    let text = message.to_string();
    let mut out = io::stdout().lock();
    write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    out.flush()
}

/// An answer.
pub(super) fn answer(id: &Id, outcome: Result<Value, Error>) -> Value {
    match outcome {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
    }
}

/// A message that wants no answer.
pub(super) fn notice(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}
