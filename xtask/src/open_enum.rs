//! An enumeration that stays open: the words that are known, and room for all others.

use anyhow::{Context, Result, ensure};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use crate::rust_name::rust_name;

/// An enum with a variant for each word of the schema and `Unknown(String)` for the rest.
///
/// The generator's own enumerations are closed, so this one is made here;
/// how it reads, prints and travels is written by hand beside the generated code.
pub(crate) fn open_enum(name: &str, schema: &Value) -> Result<TokenStream> {
    let words = schema["enum"]
        .as_array()
        .context("there is no enumeration to open")?;
    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    let variants = words
        .iter()
        .map(|word| {
            let variant = rust_name(word);
            ensure!(
                variant != "Unknown",
                "the word `{word}` would be taken for an unknown one"
            );
            syn::parse_str::<Ident>(&variant)
                .with_context(|| format!("the word `{word}` makes no name in Rust"))
        })
        .collect::<Result<Vec<_>>>()?;
    let documents = words
        .iter()
        .map(|word| {
            schema["x-enumDescriptions"][word]
                .as_str()
                .with_context(|| format!("the word `{word}` has no description in wording.json"))
        })
        .collect::<Result<Vec<_>>>()?;
    let document = schema["description"].as_str().unwrap_or_default();
    let count = words.len();
    let name = format_ident!("{name}");
    Ok(quote! {
        #[doc = #document]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #documents] #variants,)*
            /// A word this version does not know, kept as it came.
            Unknown(String),
        }

        impl #name {
            /// Every state that has a name here, in the order of the description.
            pub const KNOWN: [Self; #count] = [#(Self::#variants),*];

            /// The word GitHub uses for this state.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #words,)*
                    Self::Unknown(word) => word,
                }
            }

            /// The state that a word stands for, if it is a known one.
            pub(crate) fn known(word: &str) -> Option<Self> {
                Some(match word {
                    #(#words => Self::#variants,)*
                    _ => return None,
                })
            }
        }
    })
}
