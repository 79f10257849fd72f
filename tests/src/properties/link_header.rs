//! Requests of a client that follows `Link` headers.

use std::collections::BTreeSet;

use deploystatus::{DeploymentStatus, ErrorKind};

use super::harness::{Request, response, with_harness};
use super::is_one_clear_line;

/// Number of requests that no list of this server exceeds, not even one with many empty pages.
const MAX_REQUESTS: usize = 2_000;
const PAGES: u64 = 6;
/// Number of the response after which most lists end, because detecting a loop takes many requests.
const LAST: usize = 8;
/// Maximum number of `Link` headers of a response, because HTTP clients limit the number of headers.
const HEADERS: usize = 20;

/// For any `Link` headers, the client contacts only its own server, with the token, and makes a bounded number of requests.
/// It returns every status of the pages that it read once, newest first.
///
/// The first byte selects how pages are read and their content. From `p` to `w`, no page is the last.
/// Each line after it contains the `Link` headers of a page, separated by tabs.
/// `OWN` and `ELSEWHERE` are replaced by the addresses of the client's server and of another one.
pub fn link_header(bytes: &[u8]) {
    let Some((&options, links)) = bytes.split_first() else {
        return;
    };
    with_harness(|harness| {
        let addresses = [
            ("OWN", harness.own.to_string()),
            ("ELSEWHERE", harness.elsewhere.to_string()),
        ];
        let headers: Vec<_> = links
            .split(|byte| *byte == b'\n')
            .map(|line| header_lines(line, &addresses))
            .collect();
        let mut count = 0;
        let respond = move |request: &Request| {
            let links = &headers[count % headers.len()];
            count += 1;
            let is_last = count >= LAST && !(b'p'..=b'w').contains(&options);
            let links = if is_last { &[] } else { links.as_slice() };
            let number = page_number(request).unwrap_or(count as u64);
            response(200, links, page(options, number).as_bytes())
        };
        let is_one_by_one = options & 1 == 0;
        let (outcome, requests) = harness.run(respond, |client| async move {
            let mut pages = client.deployment("octocat/example", 42)?.statuses();
            if !is_one_by_one {
                // One at a time, because requests of a finished call would be counted in the next one.
                return pages.max_concurrent(1).collect::<Vec<_>>().await;
            }
            let mut statuses = Vec::new();
            while let Some(page) = pages.next_page().await? {
                assert!(!page.is_empty(), "an empty page was returned");
                statuses.extend(page);
            }
            Ok(statuses)
        });
        assert!(
            requests.len() <= MAX_REQUESTS,
            "{} requests",
            requests.len()
        );
        assert!(
            requests
                .iter()
                .all(|it| it.is_tls() || it.line().0 == "GET")
        );
        match outcome {
            Ok(statuses) => check_statuses(&statuses, options, &requests),
            Err(error) => {
                is_one_clear_line(&error.to_string());
                let upgraded = links
                    .to_ascii_lowercase()
                    .windows(6)
                    .any(|it| it == b"https:");
                assert!(error.kind() == ErrorKind::Redirect || upgraded, "{error:?}");
            }
        }
    });
}

/// Compares the returned statuses with the requested pages.
fn check_statuses(statuses: &[DeploymentStatus], options: u8, requests: &[Request]) {
    let returned: Vec<_> = statuses.iter().map(|status| status.id).collect();
    assert!(
        returned.is_sorted_by(|one, next| one > next),
        "{returned:?}"
    );
    let numbers: Vec<_> = (1_u64..)
        .zip(requests)
        .map(|(count, request)| page_number(request).unwrap_or(count))
        .collect();
    let pages = numbers.iter().flat_map(|number| ids(options, *number));
    let sent: BTreeSet<_> = pages.collect();
    let returned: BTreeSet<_> = returned.into_iter().collect();
    let first: BTreeSet<_> = ids(options, 1).into_iter().collect();
    assert!(returned.is_subset(&sent), "{returned:?} is not in {sent:?}");
    assert!(
        returned.is_superset(&first),
        "{returned:?} lacks the first page"
    );
    // A client that returns to newer pages has skipped them before.
    if options & 1 == 0 && numbers.is_sorted() {
        assert_eq!(returned, sent);
    }
}

/// Returns the IDs of a page. Depending on `options`, pages differ, repeat or are empty.
fn ids(options: u8, number: u64) -> Vec<u64> {
    let first = match options >> 1 & 3 {
        0 if number > PAGES => return Vec::new(),
        0 => number,
        1 => number.min(PAGES),
        2 => 1,
        _ => return Vec::new(),
    };
    let newest = 1_000 - 10 * first;
    (0..3).map(|older| newest - older).collect()
}

fn page(options: u8, number: u64) -> String {
    let status =
        |id| format!(r#"{{"id":{id},"state":"success","created_at":"2026-03-14T09:26:53Z"}}"#);
    let statuses: Vec<_> = ids(options, number).into_iter().map(status).collect();
    format!("[{}]", statuses.join(","))
}

fn page_number(request: &Request) -> Option<u64> {
    let (_, query) = request.line().1.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == "page")?.1.parse().ok()
}

/// Returns the `Link` headers of a line. Characters that headers cannot contain become spaces.
fn header_lines(line: &[u8], addresses: &[(&str, String)]) -> Vec<u8> {
    let mut lines = Vec::new();
    for value in line.splitn(HEADERS, |byte| *byte == b'\t') {
        let printable = |byte: &u8| {
            if *byte < b' ' || *byte == 0x7f {
                b' '
            } else {
                *byte
            }
        };
        let mut value: Vec<_> = value.iter().map(printable).collect();
        for (name, address) in addresses {
            value = replace(&value, name.as_bytes(), address.as_bytes());
        }
        lines.extend_from_slice(b"link: ");
        lines.extend_from_slice(&value);
        lines.extend_from_slice(b"\r\n");
    }
    lines
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|it| it == from) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}
