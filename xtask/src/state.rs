//! The one enumeration of the generated client: the states of a deployment.

use anyhow::{Context, Result, ensure};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::{Map, Value, json};

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

/// Returns the enum `State`, with a variant for each state and `Unknown(String)` for all others.
///
/// The generator's own enumerations are closed. Conversions are written by hand beside the generated code.
pub(crate) fn generated(schema: &Value) -> Result<TokenStream> {
    let names = schema["enum"].as_array().into_iter().flatten();
    let names: Vec<&str> = names.filter_map(Value::as_str).collect();
    let variants = names.iter().map(|name| variant(name));
    let variants = variants.collect::<Result<Vec<Ident>>>()?;
    let none = Map::new();
    let values = schema[VALUES].as_object().unwrap_or(&none);
    let sentence = |name: &&str| {
        let sentence = values.get(*name).and_then(|it| it["description"].as_str());
        sentence.with_context(|| format!("the state `{name}` has no `description` in wording.json"))
    };
    let is_final = |name: &&str| {
        let is_final = values.get(*name).and_then(|it| it["final"].as_bool());
        is_final.with_context(|| format!("the state `{name}` has no `final` in wording.json"))
    };
    let is_reportable = |name: &&str| {
        let mut reportable = schema[REPORTABLE].as_array().into_iter().flatten();
        reportable.any(|state| state == name)
    };
    let sentences = names.iter().map(sentence).collect::<Result<Vec<_>>>()?;
    let is_final = names.iter().map(is_final).collect::<Result<Vec<_>>>()?;
    let is_reportable = names.iter().map(is_reportable);
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

            /// Returns the name of the state in GitHub's API.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #names,)*
                    Self::Unknown(name) => name,
                }
            }

            /// Returns `true` if the deployment has ended. Unknown states are not final.
            ///
            /// GitHub accepts any state after any other, so a finished deployment can start again.
            #[must_use]
            pub fn is_finished(&self) -> bool {
                match self {
                    #(Self::#variants => #is_final,)*
                    Self::Unknown(_) => false,
                }
            }

            /// Returns `true` if GitHub accepts the state in a request.
            ///
            /// Some states occur in responses only. Unknown states cannot be reported.
            #[must_use]
            pub fn can_be_reported(&self) -> bool {
                match self {
                    #(Self::#variants => #is_reportable,)*
                    Self::Unknown(_) => false,
                }
            }

            /// Returns the known state of this name.
            pub(crate) fn known(name: &str) -> Option<Self> {
                Some(match name {
                    #(#names => Self::#variants,)*
                    _ => return None,
                })
            }
        }
    })
}

fn variant(name: &str) -> Result<Ident> {
    let variant = rust_name(name);
    ensure!(
        variant != "Unknown",
        "the state `{name}` has the name of the variant for unknown states"
    );
    syn::parse_str(&variant).with_context(|| format!("the state `{name}` is not a name in Rust"))
}
