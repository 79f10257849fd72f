//! Pages of a list and the links between them.

/// A page of a list, as requested by the query.
///
/// Invalid values are replaced by the defaults, because GitHub never rejects them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    number: usize,
    size: usize,
}

const DEFAULT_SIZE: usize = 30;
const MAX_SIZE: usize = 100;

impl Page {
    /// Parses `page` and `per_page`.
    pub(crate) fn parse(query: &str) -> Page {
        let positive = |name: &str| {
            let value = parameter(query, name)?;
            value.parse::<usize>().ok().filter(|it| *it > 0)
        };
        Page {
            number: positive("page").unwrap_or(1),
            size: positive("per_page").map_or(DEFAULT_SIZE, |it| it.min(MAX_SIZE)),
        }
    }

    pub(crate) fn size(self) -> usize {
        self.size
    }

    /// Returns the number of items before this page.
    pub(crate) fn offset(self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }

    /// Returns the `Link` header, or `None` if there are no other pages.
    ///
    /// `url` is the URL of the list without a query.
    pub(crate) fn link(self, url: &str, query: &str, total: usize) -> Option<String> {
        if total == 0 {
            return None;
        }
        let last = total.div_ceil(self.size);
        let mut links = Vec::new();
        let mut add = |page: usize, rel: &str| {
            links.push(format!("<{url}?{}>; rel=\"{rel}\"", with_page(query, page)));
        };
        if self.number > 1 {
            add((self.number - 1).min(last), "prev");
        }
        if self.number < last {
            add(self.number + 1, "next");
        }
        if self.number != last {
            add(last, "last");
        }
        if self.number > 1 {
            add(1, "first");
        }
        (!links.is_empty()).then(|| links.join(", "))
    }
}

/// Returns the last value of a query parameter, decoded.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key == name)
        .last()
        .map(|(_, value)| value.into_owned())
}

/// Replaces the page in a query and leaves the rest as it was sent.
fn with_page(query: &str, page: usize) -> String {
    let this_page = format!("page={page}");
    let is_page = |part: &str| part == "page" || part.starts_with("page=");
    let mut parts: Vec<&str> = query.split('&').filter(|it| !it.is_empty()).collect();
    match parts.iter().position(|it| is_page(it)) {
        Some(index) => parts[index] = &this_page,
        None => parts.push(&this_page),
    }
    parts.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_values_are_replaced_by_defaults() {
        for query in [
            "",
            "page=0",
            "page=-1",
            "page=abc",
            "per_page=0&page=",
            "per_page=x",
        ] {
            assert_eq!(
                Page::parse(query),
                Page {
                    number: 1,
                    size: 30
                },
                "{query}"
            );
        }
        assert_eq!(Page::parse("per_page=500").size(), 100);
        assert_eq!(Page::parse("page=003&per_page=007").offset(), 14);
        assert_eq!(
            Page::parse("page=18446744073709551615").offset(),
            usize::MAX
        );
    }

    #[test]
    fn links_are_ordered_and_echo_the_query() {
        let link = |query: &str, total| Page::parse(query).link("U", query, total);
        assert_eq!(link("", 30), None);
        assert_eq!(link("page=9", 0), None);
        assert_eq!(
            link("", 61).unwrap(),
            r#"<U?page=2>; rel="next", <U?page=3>; rel="last""#
        );
        assert_eq!(
            link("per_page=500&page=2&x=%20", 201).unwrap(),
            "<U?per_page=500&page=1&x=%20>; rel=\"prev\", \
             <U?per_page=500&page=3&x=%20>; rel=\"next\", \
             <U?per_page=500&page=3&x=%20>; rel=\"last\", \
             <U?per_page=500&page=1&x=%20>; rel=\"first\""
        );
        assert_eq!(
            link("page=3", 61).unwrap(),
            r#"<U?page=2>; rel="prev", <U?page=1>; rel="first""#
        );
        assert_eq!(
            link("page=7", 61).unwrap(),
            r#"<U?page=3>; rel="prev", <U?page=3>; rel="last", <U?page=1>; rel="first""#
        );
    }
}
