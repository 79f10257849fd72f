//! JSON that is decoded on first use, from every kind of deserializer.

use deploystatus_generated::LazyJson;
use serde::Deserialize;
use serde_json::{Value, json};

type Lazy = LazyJson<Vec<u8>>;

#[test]
fn text_is_kept_as_sent() {
    let json = "[1,  2.50, \"\\u00e9\"]";
    let lazy: Lazy = serde_json::from_str(json).unwrap();
    assert_eq!(lazy.as_json(), json);
    assert_eq!(serde_json::to_string(&lazy).unwrap(), json);
    assert_eq!(format!("{lazy:?}"), json);
}

#[test]
fn clones_share_the_decoded_value() {
    let lazy: Lazy = serde_json::from_str("[1, 2]").unwrap();
    let clone = lazy.clone();
    assert_eq!(lazy.get(), Some(&vec![1, 2]));
    assert!(std::ptr::eq(lazy.get().unwrap(), clone.get().unwrap()));
    assert!(std::ptr::eq(lazy.as_json(), clone.as_json()));
}

#[test]
fn equality_is_that_of_the_text() {
    let read = |json: &str| serde_json::from_str::<Lazy>(json).unwrap();
    assert_eq!(read("[1]"), read("[1]"));
    assert_ne!(read("[1]"), read("[ 1]"));
}

#[test]
fn other_structure_decodes_to_none() {
    for json in ["17", "null", "{}", "[300]", "[1e400]"] {
        let lazy: Lazy = serde_json::from_str(json).unwrap();
        assert_eq!(lazy.get(), None, "{json}");
        assert_eq!(lazy.is_object(), json == "{}");
    }
}

#[derive(Deserialize)]
struct Outer {
    #[serde(flatten)]
    inner: Inner,
}

#[derive(Deserialize)]
struct Inner {
    lazy: LazyJson<Value>,
    absent: Option<LazyJson<Value>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Either {
    Inner(Inner),
}

#[test]
fn values_without_text_are_written_as_json() {
    let values = [
        json!(null),
        json!(true),
        json!(-7),
        json!(1.5),
        json!("a \" b"),
        json!([1, [null]]),
        json!({"a": {"b": []}, "c": "d"}),
    ];
    for value in values {
        let document = json!({"lazy": value});
        let outer: Outer = serde_json::from_str(&document.to_string()).unwrap();
        let Either::Inner(inner) = serde_json::from_str(&document.to_string()).unwrap();
        let plain: Inner = serde_json::from_value(document).unwrap();
        for lazy in [outer.inner.lazy, inner.lazy, plain.lazy] {
            assert_eq!(lazy.get(), Some(&value));
            assert_eq!(lazy.as_json(), value.to_string());
        }
        assert_eq!(outer.inner.absent, None);
    }
}
