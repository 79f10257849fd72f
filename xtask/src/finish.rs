//! Finishes what the generator wrote: documents every item, and lets odd values of optional fields pass.

use std::collections::BTreeMap;

use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, Field, File, GenericArgument, Item, ItemStruct, Lit, Meta, PathArguments,
    Type, parse_quote,
};

/// Finishes a generated file in place.
pub(crate) fn finish(file: &mut File) {
    let mut documents = BTreeMap::new();
    collect_documents(&file.items, &mut documents);
    Finish { documents }.visit_file_mut(file);
}

struct Finish {
    /// The first line said of each struct, for the fields that hold one and say nothing.
    documents: BTreeMap<String, String>,
}

impl VisitMut for Finish {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        let is_answer = item
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("non_exhaustive"));
        for field in item.fields.iter_mut().filter(|field| field.ident.is_some()) {
            if !field
                .attrs
                .iter()
                .any(|attribute| words(attribute).is_some())
            {
                let said = self.words_for(field);
                field.attrs.insert(0, parse_quote!(#[doc = #said]));
            }
            if is_answer {
                let_odd_values_pass(field);
            }
        }
        visit_mut::visit_item_struct_mut(self, item);
    }

    /// Gives each line of a document an attribute and a margin of its own, as if written by hand.
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        *attributes = attributes
            .drain(..)
            .flat_map(|attribute| match words(&attribute) {
                None => vec![attribute],
                Some(text) => text
                    .trim_end()
                    .lines()
                    .map(|line| {
                        let line = operation(line.trim());
                        let line = if line.is_empty() {
                            String::new()
                        } else {
                            format!(" {line}")
                        };
                        parse_quote!(#[doc = #line])
                    })
                    .collect(),
            })
            .collect();
    }
}

impl Finish {
    fn words_for(&self, field: &Field) -> String {
        let names = type_names(&field.ty);
        let known = names.last().and_then(|name| self.documents.get(name));
        known
            .map_or("Whatever else was sent.", String::as_str)
            .to_owned()
    }
}

/// Reads a field that may be absent so that an odd value counts as absent too.
fn let_odd_values_pass(field: &mut Field) {
    let names = type_names(&field.ty);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    field.attrs.push(match names[..] {
        ["Option", "String" | "Timestamp"] => {
            parse_quote!(#[serde(default, deserialize_with = "crate::lenient::text")])
        }
        // What is kept as JSON takes anything already.
        ["Option", "Undecoded", ..] => return,
        ["Option", ..] => {
            parse_quote!(#[serde(default, deserialize_with = "crate::lenient::value")])
        }
        // The generator has given a list its default.
        ["Vec", ..] => parse_quote!(#[serde(deserialize_with = "crate::lenient::value")]),
        _ => return,
    });
}

/// The names of a type from the outside in: `Option`, `Vec`, `String`.
fn type_names(ty: &Type) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = Some(ty);
    while let Some(Type::Path(path)) = next {
        let Some(last) = path.path.segments.last() else {
            break;
        };
        names.push(last.ident.to_string());
        next = match &last.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().find_map(|argument| match argument {
                    GenericArgument::Type(inner) => Some(inner),
                    _ => None,
                })
            }
            _ => None,
        };
    }
    names
}

/// Says what an operation sends as the API's own documents do: method and path.
fn operation(line: &str) -> String {
    let stated = line
        .strip_prefix("Sends a `")
        .and_then(|rest| rest.split_once("` request to `"));
    match stated {
        Some((method, path)) => format!("`{method} {path}"),
        None => line.to_owned(),
    }
}

/// The first line said of each struct and enum.
fn collect_documents(items: &[Item], documents: &mut BTreeMap<String, String>) {
    for item in items {
        let (name, attributes) = match item {
            Item::Struct(item) => (&item.ident, &item.attrs),
            Item::Enum(item) => (&item.ident, &item.attrs),
            Item::Mod(module) => {
                let inner = module.content.as_ref().map_or(&[][..], |(_, items)| items);
                collect_documents(inner, documents);
                continue;
            }
            _ => continue,
        };
        if let Some(words) = attributes.iter().find_map(words) {
            documents.insert(name.to_string(), words);
        }
    }
}

/// The text of an attribute that documents something.
fn words(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
