//! Inputs derived from a corpus: changed documents, and bytes that are no documents.

use std::fmt;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// Bytes that are printed as text.
#[derive(Clone)]
pub(super) struct Made(pub(super) Vec<u8>);

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// A change of an input.
#[derive(Clone, Debug)]
enum Change {
    /// Replaces a value of the document.
    Replace(Index, Value),
    /// Removes a value of the document.
    Drop(Index),
    /// Repeats an element or a member.
    Repeat(Index),
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Cut(Index, usize),
    /// Continues like another input of the corpus.
    Splice(Index, Index),
}

/// Generates changed files of a corpus, and some random bytes.
pub(super) fn made_of(files: Vec<Vec<u8>>) -> impl Strategy<Value = Made> {
    let file = select(files);
    let noise = prop::collection::vec(any::<u8>(), 0..200);
    let changed = (file.clone(), file, prop::collection::vec(changes(), 0..5));
    prop_oneof![
        9 => changed.prop_map(|(mut bytes, other, changes)| {
            for change in &changes {
                change.apply(&mut bytes, &other);
            }
            bytes
        }),
        1 => noise,
    ]
    .prop_map(Made)
}

fn changes() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), odd_values()).prop_map(|(at, value)| Change::Replace(at, value)),
        1 => at().prop_map(Change::Drop),
        1 => at().prop_map(Change::Repeat),
        1 => (at(), any::<u8>()).prop_map(|(at, mask)| Change::Flip(at, mask)),
        2 => (at(), words()).prop_map(|(at, word)| Change::Insert(at, word)),
        1 => (at(), 1..40_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        1 => (at(), at()).prop_map(|(at, from)| Change::Splice(at, from)),
    ]
}

/// Values that some fields do not expect.
fn odd_values() -> impl Strategy<Value = Value> {
    let deep = (0..100).fold(json!([]), |inner, _| json!([inner]));
    let known = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MAX),
        json!(1.5e300),
        json!(""),
        json!("a\u{1b}[2J\nb\u{0}"),
        json!("octocat/example"),
        json!("2026-03-14T09:26:53.5+02:00"),
        json!("9999-12-30T22:00:00Z"),
        json!("-009999-01-02T01:59:59Z"),
        json!("gho_5ecret5ecret5ecret5ecret"),
        json!("x".repeat(9_000)),
        json!([]),
        json!({}),
        json!([null, "success", {"message": 1}]),
        deep,
    ];
    let text = any::<String>().prop_map(Value::from);
    let number = any::<f64>().prop_map(Value::from);
    prop_oneof![
        6 => select(known),
        1 => text,
        1 => number,
        1 => any::<u64>().prop_map(Value::from),
    ]
}

/// Texts with a meaning in some format.
fn words() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "<",
        ">",
        ";",
        ",",
        "\"",
        "\n",
        "\t",
        "{",
        "}",
        "[",
        "]",
        ":",
        "\\ud800",
        "1e999",
        "rel=next",
        "page=",
        "?page=2",
        "OWN",
        "ELSEWHERE",
        "http://",
        "https://",
        "@",
        "..",
        "%00",
        "\u{feff}",
        "sha256=",
        "payload=",
        "\"id\":1,",
    ];
    select(known.map(|word| word.as_bytes().to_vec()).to_vec())
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>, other: &[u8]) {
        let place = |at: &Index, bytes: &Vec<u8>| at.index(bytes.len() + 1);
        match self {
            Self::Replace(at, value) => in_document(bytes, *at, |it| *it = value.clone()),
            Self::Drop(at) => in_document(bytes, *at, drop_one),
            Self::Repeat(at) => in_document(bytes, *at, repeat_one),
            Self::Flip(at, mask) => {
                if !bytes.is_empty() {
                    let place = at.index(bytes.len());
                    bytes[place] ^= mask;
                }
            }
            Self::Insert(at, word) => {
                let place = place(at, bytes);
                bytes.splice(place..place, word.iter().copied());
            }
            Self::Cut(at, length) => {
                let place = place(at, bytes);
                let end = (place + length).min(bytes.len());
                bytes.drain(place..end);
            }
            Self::Splice(at, from) => {
                let place = place(at, bytes);
                bytes.truncate(place);
                bytes.extend_from_slice(&other[from.index(other.len() + 1)..]);
            }
        }
    }
}

/// Changes a value of the JSON at the end of the bytes, if there is any.
fn in_document(bytes: &mut Vec<u8>, at: Index, change: impl FnOnce(&mut Value)) {
    let Some(start) = bytes.iter().position(|byte| b"{[".contains(byte)) else {
        return;
    };
    let Ok(mut document) = serde_json::from_slice::<Value>(&bytes[start..]) else {
        return;
    };
    let mut left = at.index(count(&document));
    if let Some(value) = nth(&mut document, &mut left) {
        change(value);
    }
    bytes.truncate(start);
    bytes.extend_from_slice(document.to_string().as_bytes());
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// Returns the value at this position.
fn nth<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(elements) => elements.iter_mut().find_map(|it| nth(it, left)),
        Value::Object(members) => members.values_mut().find_map(|it| nth(it, left)),
        _ => None,
    }
}

fn drop_one(value: &mut Value) {
    match value {
        Value::Array(elements) => {
            elements.pop();
        }
        Value::Object(members) => {
            let first = members.keys().next().cloned();
            first.and_then(|name| members.remove(&name));
        }
        _ => *value = Value::Null,
    }
}

fn repeat_one(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.extend(elements.last().cloned()),
        Value::Object(members) => {
            let last = members.values().next_back().cloned();
            members.insert("one more".to_owned(), last.unwrap_or_default());
        }
        _ => *value = Value::Array(vec![value.clone(), value.clone()]),
    }
}
