//! The one enumeration of the generated client: the states of a deployment.

use anyhow::{Context, Result, ensure};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::{Value, json};

use crate::document::{reference, rust_name};
use crate::schemas::{VALUES, components, of_bodies, of_responses, state_in};

/// Component of the states, made by [`lift`]. Its Rust type is written by [`generated`].
pub(crate) const STATE: &str = "state";
/// Keyword of our own with the states that can be reported, by which the component is recognized.
pub(crate) const REPORTABLE: &str = "x-reportable";

/// Makes one component of the states in responses and request bodies.
///
/// Without it there are two closed enumerations, and one new state fails a whole page of statuses.
/// The generator can replace a component by a type of ours, but not an inline enumeration.
pub(crate) fn lift(document: &mut Value) -> Result<usize> {
    let (received, described) = take(document, of_responses(document));
    let (sent, _) = take(document, of_bodies(document));
    ensure!(
        !received.is_empty(),
        "no field `state` of a response is an enumeration"
    );
    let mut states = received;
    for state in &sent {
        add(&mut states, state);
    }
    let values = described[VALUES].as_object();
    for (state, value) in values.into_iter().flatten() {
        if value["undocumented"] == true {
            ensure!(
                !states.contains(state),
                "`{state}` is documented now; remove `undocumented` from its entry in openapi/wording.json"
            );
            add(&mut states, state);
        }
    }
    let changes = states.len();
    let component = json!({
        "type": "string",
        "description": described["description"],
        "enum": states,
        VALUES: described[VALUES],
        REPORTABLE: sent,
    });
    components(document)?.insert(STATE.to_owned(), component);
    Ok(changes)
}

/// Replaces each enumeration called `state` by a reference.
///
/// Returns their values, and the first of their schemas that has descriptions of its own.
fn take(document: &mut Value, places: Vec<String>) -> (Vec<String>, Value) {
    let mut states = Vec::new();
    let mut described = Value::Null;
    for place in places {
        let enumeration = state_in(document, &place);
        let Some(schema) = enumeration.and_then(|it| document.pointer(&it).cloned()) else {
            continue;
        };
        let values = schema["enum"].as_array().into_iter().flatten();
        for state in values.filter_map(Value::as_str) {
            add(&mut states, state);
        }
        if described[VALUES].is_null() {
            described = schema;
        }
        if let Some(field) = document.pointer_mut(&(place + "/properties/state")) {
            *field = reference(STATE);
        }
    }
    (states, described)
}

fn add(states: &mut Vec<String>, state: &str) {
    if !states.iter().any(|known| known == state) {
        states.push(state.to_owned());
    }
}

/// The states of the component, and the parts of the enum that depend on them.
#[derive(Default)]
struct States<'a> {
    names: Vec<&'a str>,
    variants: Vec<Ident>,
    sentences: Vec<&'a str>,
    finished: Vec<Ident>,
    reportable: Vec<Ident>,
}

impl<'a> States<'a> {
    fn read(schema: &'a Value) -> Result<Self> {
        let mut states = Self::default();
        let sent = schema[REPORTABLE].as_array();
        let names = schema["enum"].as_array().into_iter().flatten();
        for state in names.filter_map(Value::as_str) {
            let variant = variant(state)?;
            let entry = &schema[VALUES][state];
            let missing = |key| format!("the state `{state}` has no `{key}` in wording.json");
            let sentence = entry["description"].as_str();
            let is_final = entry["final"].as_bool();
            let sentence = sentence.with_context(|| missing("description"))?;
            if is_final.with_context(|| missing("final"))? {
                states.finished.push(variant.clone());
            }
            if sent.is_some_and(|sent| sent.iter().any(|it| it == state)) {
                states.reportable.push(variant.clone());
            }
            states.names.push(state);
            states.variants.push(variant);
            states.sentences.push(sentence);
        }
        Ok(states)
    }
}

/// Returns the enum `State`, with a variant for each state and `Unknown(String)` for all others.
///
/// The generator's own enumerations are closed. Methods and conversions are written by hand beside the generated code.
pub(crate) fn generated(schema: &Value) -> Result<TokenStream> {
    let States {
        names,
        variants,
        sentences,
        finished,
        reportable,
    } = States::read(schema)?;
    let document = schema["description"].as_str().unwrap_or_default();
    Ok(quote! {
        #[doc = #document]
        ///
        #[doc = include_str!("state.md")]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum State {
            #(#[doc = #sentences] #variants,)*
            /// A state that this version does not know, with its name as the server sent it.
            Unknown(String),
        }

        impl State {
            /// All states except `Unknown`, in the order of GitHub's description.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];
            pub(crate) const FINISHED: &'static [Self] = &[#(Self::#finished),*];
            pub(crate) const REPORTABLE: &'static [Self] = &[#(Self::#reportable),*];

            /// Returns the name of the state in GitHub's API.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #names,)*
                    Self::Unknown(name) => name,
                }
            }
        }
    })
}

fn variant(state: &str) -> Result<Ident> {
    let variant = rust_name(state);
    ensure!(
        variant != "Unknown",
        "the state `{state}` has the name of the variant for unknown states"
    );
    syn::parse_str(&variant).with_context(|| format!("the state `{state}` is not a name in Rust"))
}
