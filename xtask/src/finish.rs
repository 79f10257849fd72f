//! Changes to the generated code: documentation of all fields, and lenient reading of optional fields.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprLit, Field, File, ItemStruct, Lit, Meta, Token, Visibility, parse_quote,
};

/// Finishes a generated file in place. Types whose name starts with one of `requests` are not read leniently.
pub(crate) fn finish(file: &mut File, requests: &[String]) {
    Finish { requests }.visit_file_mut(file);
}

struct Finish<'a> {
    requests: &'a [String],
}

impl VisitMut for Finish<'_> {
    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        let name = item.ident.to_string();
        let is_response = !self.requests.iter().any(|it| name.starts_with(it));
        for field in &mut item.fields {
            if field.ident.is_some() && matches!(field.vis, Visibility::Public(_)) {
                document(field);
                if is_response {
                    read_leniently(field);
                }
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

/// Documents a field without a sentence: the map of unknown fields, or a field with a type of its own.
fn document(field: &mut Field) {
    if field.attrs.iter().any(|it| sentence(it).is_some()) {
        return;
    }
    let is_map = serde_options(field)
        .iter()
        .any(|it| it.path().is_ident("flatten"));
    let of_type = type_name(field);
    let inner = of_type.rsplit('<').next().unwrap_or_default();
    let sentence = if is_map {
        "Fields that the description does not have.".to_owned()
    } else {
        format!("See [`{}`].", inner.trim_end_matches('>'))
    };
    field.attrs.insert(0, parse_quote!(#[doc = #sentence]));
}

/// Lets a malformed value of an optional field count as absent.
fn read_leniently(field: &mut Field) {
    let mut options = serde_options(field);
    let has = |name: &str| options.iter().any(|option| option.path().is_ident(name));
    let (has_default, is_flat) = (has("default"), has("flatten"));
    let of_type = type_name(field);
    let optional = of_type.strip_prefix("::std::option::Option<");
    let reader = match optional {
        Some("::std::string::String>" | "::jiff::Timestamp>") => "crate::lenient::text",
        Some(inner) if inner.starts_with("crate::LazyJson<") => "crate::lenient::object",
        Some(_) => "crate::lenient::value",
        None if has_default => "crate::lenient::value",
        None if is_flat && of_type.starts_with("::serde_json::Map<") => {
            // The order of that map depends on the features of `serde_json`.
            field.ty = parse_quote!(::std::collections::BTreeMap<::std::string::String, ::serde_json::Value>);
            return;
        }
        None => return,
    };
    // The generator has written one for a required field that may be null, and serde accepts one.
    options.retain(|option| !option.path().is_ident("deserialize_with"));
    field.attrs.retain(|it| !it.path().is_ident("serde"));
    if !options.is_empty() {
        field.attrs.push(parse_quote!(#[serde(#(#options),*)]));
    }
    field.attrs.push(if has_default {
        parse_quote!(#[serde(deserialize_with = #reader)])
    } else {
        parse_quote!(#[serde(default, deserialize_with = #reader)])
    });
}

fn type_name(field: &Field) -> String {
    field.ty.to_token_stream().to_string().replace(' ', "")
}

fn serde_options(field: &Field) -> Vec<Meta> {
    let attributes = field.attrs.iter().filter(|it| it.path().is_ident("serde"));
    let parsed = attributes.filter_map(|attribute| {
        attribute
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .ok()
    });
    parsed.flatten().collect()
}

fn documentation_line(line: &str) -> Attribute {
    // The generator's sentence about the request becomes the method and path that API documents show.
    let line = line.trim();
    let request = line
        .strip_prefix("Sends a `")
        .and_then(|it| it.split_once("` request to `"));
    let line = match request {
        Some((method, path)) => format!(" `{method} {path}"),
        None if line.is_empty() => String::new(),
        None => format!(" {line}"),
    };
    parse_quote!(#[doc = #line])
}

/// Returns the text of a `doc` attribute.
fn sentence(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if pair.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}
