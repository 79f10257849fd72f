//! Names in the description as names in Rust.

/// `deployment-status` or `in_progress` as a type or a variant: `DeploymentStatus`, `InProgress`.
pub(crate) fn rust_name(name: &str) -> String {
    name.split(['-', '_', '/'])
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}
