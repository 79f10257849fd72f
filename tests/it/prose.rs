//! The texts of this project: its own sentences, in plain technical English.

use std::collections::HashSet;
use std::fs;

use serde_json::Value;
use tests::{Corpus, checkout};

/// Number of consecutive words that count as a copied sentence.
const RUN: usize = 8;

#[test]
fn no_sentence_is_copied_from_github() {
    let Some(corpus) = Corpus::from_env("DEPLOYSTATUS_OFFICIAL") else {
        return;
    };
    let mut theirs = HashSet::new();
    for (_, document) in corpus.documents() {
        prose(&document, &mut |text| theirs.extend(runs(text)));
    }
    assert!(
        theirs.len() > 10_000,
        "the official descriptions contain too few words"
    );

    let (root, files) = checkout();
    for file in files {
        let name = file
            .strip_prefix(&root)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        // Lock files contain no prose, and licences are common texts.
        if name.starts_with("LICENSE") || name == "Cargo.lock" {
            continue;
        }
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        if let Some(shared) = runs(&text).find(|run| theirs.contains(run)) {
            panic!("{name} shares words with GitHub's description: {shared}");
        }
    }
}

#[test]
fn copied_sentence_is_found() {
    let theirs: HashSet<_> = runs("One two three, four five six seven eight; nine!").collect();
    let has = |ours: &str| runs(ours).any(|run| theirs.contains(&run));
    assert!(has(
        "// Zero. Two three four\n// five six SEVEN eight nine ten"
    ));
    assert!(!has("one two three four five six seven"));
    assert!(!has("rest#one-two-three-four-five-six-seven-eight"));
}

/// Calls `visit` with each text of a description.
fn prose(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) if ["description", "summary"].contains(&key.as_str()) => {
                        visit(text);
                    }
                    _ => prose(value, visit),
                }
            }
        }
        Value::Array(array) => array.iter().for_each(|value| prose(value, visit)),
        _ => {}
    }
}

/// Returns all runs of eight consecutive words, without case, punctuation and line breaks.
///
/// A URL or a path is one word, because it is a fact.
fn runs(text: &str) -> impl Iterator<Item = String> {
    const JOINTS: &[char] = &['-', '_', '/', '#', ':', '.'];
    let words: Vec<String> = text
        .split(|character: char| !character.is_alphanumeric() && !JOINTS.contains(&character))
        .map(|word| word.trim_matches(JOINTS).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let last = (words.len() + 1).saturating_sub(RUN);
    (0..last).map(move |start| words[start..start + RUN].join(" "))
}

/// Words and phrases that describe a thing by a riddle instead of its name.
const RIDDLES: &[&str] = &[
    "told",
    "tell",
    "tells",
    "whoever",
    "nobody",
    "somebody",
    "remark",
    "remarks",
    "nothing when",
    "in words",
    "the story",
    "how often",
];

#[test]
fn texts_name_things() {
    for (name, text) in own_texts() {
        for (index, line) in text.lines().enumerate() {
            let words = words(line);
            let found = RIDDLES
                .iter()
                .find(|riddle| words.contains(&format!(" {riddle} ")));
            assert!(
                found.is_none(),
                "{name}:{}: name the thing instead of writing {:?}: {line}",
                index + 1,
                found.unwrap()
            );
        }
    }
}

#[test]
fn docs_open_with_a_verb_or_a_noun() {
    let questions = [
        "what", "whether", "how", "where", "which", "who", "whose", "when",
    ];
    for (name, text) in own_texts() {
        let mut is_inside = false;
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let doc = line
                .strip_prefix("///")
                .or_else(|| line.strip_prefix("//!"));
            if let (Some(doc), false) = (doc, is_inside) {
                let words = words(doc);
                let first = words.split_whitespace().next().unwrap_or_default();
                assert!(
                    !questions.contains(&first),
                    "{name}:{}: open with a verb (methods) or a noun (types): {line}",
                    index + 1
                );
            }
            is_inside = doc.is_some();
        }
    }
}

/// Returns the texts that people of this project write, with their names.
fn own_texts() -> Vec<(String, String)> {
    let (root, files) = checkout();
    let texts: Vec<_> = files
        .iter()
        .filter_map(|file| {
            let name = file
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let is_text = ["rs", "md", "json", "sh", "py", "mjs", "yml", "toml"].contains(&ending);
            let is_ours = name != "tests/it/prose.rs"
                && !name.starts_with("fuzz/corpus/")
                && !name.contains("node_modules/");
            (is_text && is_ours).then(|| fs::read_to_string(file).ok().map(|text| (name, text)))?
        })
        .collect();
    assert!(texts.len() > 100, "too few texts are checked");
    texts
}

/// Returns the words of a line in lower case, each between spaces. Identifiers are split into their words.
fn words(line: &str) -> String {
    let words = line
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase);
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}
