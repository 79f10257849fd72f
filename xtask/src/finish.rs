//! Changes to the generated code: documentation of every item, and lenient reading of optional fields.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, Field, File, GenericArgument, Item, ItemStruct, Lit, Meta, PathArguments,
    Type, Visibility, parse_quote,
};

/// Finishes a generated file in place. Types whose name starts with one of `requests` are not read leniently.
pub(crate) fn finish(file: &mut File, requests: &[String]) {
    let mut documentation = BTreeMap::new();
    collect_documentation(&file.items, &mut documentation);
    let mut pass = Finish {
        requests,
        documentation,
    };
    pass.visit_file_mut(file);
}

struct Finish<'a> {
    requests: &'a [String],
    /// First line of the documentation of each type, for the fields that have none of their own.
    documentation: BTreeMap<String, String>,
}

impl VisitMut for Finish<'_> {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        let name = item.ident.to_string();
        let is_response = !self.requests.iter().any(|it| name.starts_with(it));
        for field in &mut item.fields {
            if field.ident.is_none() || !matches!(field.vis, Visibility::Public(_)) {
                continue;
            }
            if !field.attrs.iter().any(|it| sentence(it).is_some()) {
                let sentence = self.sentence_for(field);
                field.attrs.insert(0, parse_quote!(#[doc = #sentence]));
            }
            if is_response {
                read_leniently(field);
            }
        }
        visit_mut::visit_item_struct_mut(self, item);
    }

    /// Writes each line of a documentation as an attribute of its own, as in code written by hand.
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        let lines = |attribute: Attribute| match sentence(&attribute) {
            None => vec![attribute],
            Some(text) if text.trim().is_empty() => vec![documentation_line("")],
            Some(text) => text.trim_end().lines().map(documentation_line).collect(),
        };
        *attributes = attributes.drain(..).flat_map(lines).collect();
    }
}

impl Finish<'_> {
    fn sentence_for(&self, field: &Field) -> String {
        let names = type_names(&field.ty);
        let known = names.last().and_then(|name| self.documentation.get(name));
        let unknown_fields = "Fields that the description does not have.".to_owned();
        known.cloned().unwrap_or(unknown_fields)
    }
}

/// Lets a malformed value of an optional field count as absent.
fn read_leniently(field: &mut Field) {
    let has_default = field.attrs.iter().any(|it| has_word(it, "default"));
    field.attrs.iter_mut().for_each(drop_own_reader);
    field.attrs.retain(|it| !is_empty(it));
    if field.attrs.iter().any(|it| has_word(it, "flatten")) {
        sort_unknown_fields(field);
        return;
    }
    let names = type_names(&field.ty);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let reader = match names[..] {
        ["Option", "String" | "Timestamp"] => "crate::lenient::text",
        ["Option", "LazyJson", ..] => "crate::lenient::object",
        ["Option", ..] => "crate::lenient::value",
        _ if has_default => "crate::lenient::value",
        _ => return,
    };
    field.attrs.push(if has_default {
        parse_quote!(#[serde(deserialize_with = #reader)])
    } else {
        parse_quote!(#[serde(default, deserialize_with = #reader)])
    });
}

/// Stores unknown fields in a map whose order does not depend on the features of `serde_json`.
fn sort_unknown_fields(field: &mut Field) {
    if type_names(&field.ty).first().is_some_and(|it| it == "Map") {
        field.ty =
            parse_quote!(::std::collections::BTreeMap<::std::string::String, ::serde_json::Value>);
    }
}

fn is_empty(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list) if list.tokens.is_empty())
}

fn has_word(attribute: &Attribute, word: &str) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let mut tokens = list.tokens.clone().into_iter();
    list.path.is_ident("serde") && tokens.any(|it| matches!(it, TokenTree::Ident(it) if it == word))
}

/// Removes the `deserialize_with` that the generator writes for required fields that may be null.
///
/// serde accepts one such attribute for a field.
fn drop_own_reader(attribute: &mut Attribute) {
    if !has_word(attribute, "deserialize_with") {
        return;
    }
    let Meta::List(list) = &mut attribute.meta else {
        return;
    };
    let tokens: Vec<TokenTree> = list.tokens.clone().into_iter().collect();
    let options = tokens.split(|it| matches!(it, TokenTree::Punct(it) if it.as_char() == ','));
    let kept = options.filter(|option| {
        !matches!(option.first(), Some(TokenTree::Ident(name)) if name == "deserialize_with")
    });
    let kept = kept.map(|option| option.iter().cloned().collect::<TokenStream>());
    list.tokens = quote::quote!(#(#kept),*);
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

fn documentation_line(line: &str) -> Attribute {
    // The generator's sentence about the request becomes the method and path that API documents show.
    let line = line.trim();
    let request = line
        .strip_prefix("Sends a `")
        .and_then(|rest| rest.split_once("` request to `"));
    let line = match request {
        Some((method, path)) => format!(" `{method} {path}"),
        None if line.is_empty() => String::new(),
        None => format!(" {line}"),
    };
    parse_quote!(#[doc = #line])
}

fn collect_documentation(items: &[Item], documentation: &mut BTreeMap<String, String>) {
    for item in items {
        let (name, attributes) = match item {
            Item::Struct(item) => (&item.ident, &item.attrs),
            Item::Enum(item) => (&item.ident, &item.attrs),
            Item::Mod(module) => {
                let inner = module.content.as_ref().map_or(&[][..], |(_, items)| items);
                collect_documentation(inner, documentation);
                continue;
            }
            _ => continue,
        };
        if let Some(sentence) = attributes.iter().find_map(sentence) {
            documentation.insert(name.to_string(), sentence);
        }
    }
}

/// The text of a `doc` attribute.
fn sentence(attribute: &Attribute) -> Option<String> {
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
