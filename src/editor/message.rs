//! Messages, each behind its length (Language Server Protocol 3.17, base protocol).

use std::io::{self, BufRead, Read};

use serde_json::Value;

/// The most bytes of one message: a text of the largest size that is read, with every character escaped.
const MOST: u64 = 6 * crate::text::gate::MAX_BYTES + 4096;

/// The most bytes of one header.
const MOST_HEADER: u64 = 8192;

/// What was received.
#[derive(Debug)]
pub enum Received {
    /// A message of JSON.
    Message(Value),
    /// Something that is none, and why. The next message is read all the same.
    Malformed(String),
    /// No more will come.
    End,
}

/// Reads one message.
pub fn read(input: &mut impl BufRead) -> Received {
    let mut length: Option<Result<u64, String>> = None;
    loop {
        let mut line = Vec::new();
        match input.by_ref().take(MOST_HEADER).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return Received::End,
            Ok(_) => {}
        }
        let header = String::from_utf8_lossy(&line);
        let header = header.trim_end_matches(['\r', '\n']);
        if header.is_empty() {
            match length.take() {
                // a line too many is no message
                None => continue,
                Some(Err(why)) => return Received::Malformed(why),
                Some(Ok(length)) => return body(input, length),
            }
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("Content-Length")
        {
            let number = value.trim().parse().map_err(|_| "Content-Length is not a number".to_owned());
            length = Some(number);
        }
    }
}

fn body(input: &mut impl BufRead, length: u64) -> Received {
    if length > MOST {
        return match io::copy(&mut input.by_ref().take(length), &mut io::sink()) {
            Ok(passed) if passed == length => Received::Malformed(format!("a message of more than {MOST} bytes")),
            _ => Received::End,
        };
    }
    let mut bytes = Vec::new();
    match input.by_ref().take(length).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 == length => {}
        _ => return Received::End,
    }
    match serde_json::from_slice(&bytes) {
        Ok(message) => Received::Message(message),
        Err(error) => Received::Malformed(format!("not JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut input: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        loop {
            match read(&mut input) {
                Received::Message(value) => found.push(value.to_string()),
                Received::Malformed(why) => found.push(format!("malformed: {why}")),
                Received::End => return found,
            }
        }
    }

    #[test]
    fn what_is_no_message_does_not_stop_those_behind_it() {
        let input = b"Content-Length: 2\r\n\r\n{}\r\n\r\nContent-Length: x\r\n\r\ncontent-length: 3\r\nContent-Type: a\r\n\r\n{\"aContent-Length: 4\r\n\r\nnullContent-Length: 9\r\n\r\n{}";
        let found = all(input);
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!((found[0].as_str(), found[3].as_str()), ("{}", "null"));
        assert!(found[1].contains("not a number") && found[2].contains("not JSON"), "{found:?}");
        assert!(all(b"garbage without end").is_empty());
        assert!(all(b"Content-Length: 99999999999999\r\n\r\n{}").is_empty());
    }
}
