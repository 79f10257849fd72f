//! Matching of paths against patterns such as `/repos/{owner}/{repo}`.

use percent_encoding::percent_decode_str;

/// The values of the parameters in a path, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PathParameters(Vec<(&'static str, String)>);

impl PathParameters {
    /// Matches a path against a pattern, and returns `None` if they differ.
    pub(crate) fn parse(pattern: &'static str, path: &str) -> Option<PathParameters> {
        let (names, segments) = (pattern.split('/'), path.split('/'));
        if names.clone().count() != segments.clone().count() {
            return None;
        }
        let pairs = names.zip(segments);
        // Literals are compared first, so that other routes cost no allocation.
        let mut literals = pairs.clone().filter(|(name, _)| !name.starts_with('{'));
        if !literals.all(|(literal, segment)| literal == segment) {
            return None;
        }
        let mut parameters = PathParameters::default();
        for (name, segment) in pairs.filter(|(name, _)| name.starts_with('{')) {
            parameters.add(name.trim_matches(['{', '}']), segment)?;
        }
        Some(parameters)
    }

    /// Returns the value of a parameter, or an empty text if the pattern has no such parameter.
    pub(crate) fn text(&self, name: &str) -> &str {
        let mut named = self.0.iter().filter(|(key, _)| *key == name);
        named.next().map_or("", |(_, value)| value)
    }

    /// Returns the value of a parameter as a number, or `None` if it is not one.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.text(name).parse().ok()
    }

    /// Adds a parameter, and returns `None` if its value is empty or not UTF-8.
    pub(crate) fn add(&mut self, name: &'static str, segment: &str) -> Option<()> {
        let value = percent_decode_str(segment).decode_utf8().ok()?;
        if value.is_empty() {
            return None;
        }
        self.0.push((name, value.into_owned()));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_matched_and_decoded() {
        let pattern = "/repos/{owner}/{repo}/environments/{name}";
        let parameters = PathParameters::parse(pattern, "/repos/o/r/environments/review%2F7");
        let parameters = parameters.unwrap();
        assert_eq!(parameters.text("owner"), "o");
        assert_eq!(parameters.text("name"), "review/7");
        assert_eq!(parameters.number("name"), None);
        for path in [
            "/repos/o/r/environments",
            "/repos/o/r/environments/",
            "/repos/o/r/environments/x/y",
            "/repos/o/r/environments/%ff",
            "/repos//r/environments/x",
        ] {
            assert_eq!(PathParameters::parse(pattern, path), None, "{path}");
        }
    }
}
