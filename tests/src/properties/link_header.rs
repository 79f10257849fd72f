//! Pagination along the `Link` headers of a server.

use std::collections::BTreeSet;

use deploystatus::{DeploymentStatus, ErrorKind};

use super::is_one_clear_line;
use super::stage::{Request, answer, on_stage};

/// The maximum number of requests for one list.
const MOST_REQUESTS: usize = 2_000;
const PAGES: u64 = 6;
/// Number of pages after which most lists end, because loops are slow.
const LAST: usize = 8;
/// The maximum number of headers, because HTTP libraries accept only a hundred.
const HEADERS: usize = 20;

/// Checks that pagination stays on the server, ends, and returns each status once, newest first.
///
/// The first byte selects how pages are read and what they contain. With a letter from `p` to `w`, no page is the last.
/// Each further line is the `Link` of a page; tabs separate several headers.
/// `OWN` and `ELSEWHERE` are replaced by the addresses of the client's server and of another one.
pub fn link_header(bytes: &[u8]) {
    let Some((&manner, links)) = bytes.split_first() else {
        return;
    };
    on_stage(|stage| {
        let addresses = [
            ("OWN", stage.own.to_string()),
            ("ELSEWHERE", stage.elsewhere.to_string()),
        ];
        let headers: Vec<_> = links
            .split(|byte| *byte == b'\n')
            .map(|line| header_lines(line, &addresses))
            .collect();
        let mut asked = 0;
        let answering = move |request: &Request| {
            let links = &headers[asked % headers.len()];
            asked += 1;
            let ends = asked >= LAST && !(b'p'..=b'w').contains(&manner);
            let links = if ends { &[] } else { links.as_slice() };
            let number = page_number(request).unwrap_or(asked as u64);
            answer(200, links, page(manner, number).as_bytes())
        };
        let one_by_one = manner & 1 == 0;
        let (outcome, heard) = stage.play(answering, |client| async move {
            let mut pages = client.deployment("octocat/example", 42)?.statuses();
            if !one_by_one {
                // Requests in parallel that are dropped could arrive during the next call.
                return pages.max_concurrent(1).collect::<Vec<_>>().await;
            }
            let mut statuses = Vec::new();
            while let Some(page) = pages.next_page().await? {
                assert!(!page.is_empty(), "an empty page was returned");
                statuses.extend(page);
            }
            Ok(statuses)
        });
        assert!(heard.len() <= MOST_REQUESTS, "{} requests", heard.len());
        assert!(heard.iter().all(|it| it.is_tls() || it.line().0 == "GET"));
        match outcome {
            Ok(statuses) => all_are_there(&statuses, manner, &heard),
            Err(error) => {
                is_one_clear_line(&error.to_string());
                let upgraded = links
                    .to_ascii_lowercase()
                    .windows(6)
                    .any(|it| it == b"https:");
                let unsent = error.to_string() == "cannot build the request";
                assert!(
                    error.kind() == ErrorKind::Redirect || upgraded || unsent,
                    "{error:?}"
                );
            }
        }
    });
}

/// Compares the returned statuses with the requested pages.
fn all_are_there(statuses: &[DeploymentStatus], manner: u8, heard: &[Request]) {
    let given: Vec<_> = statuses.iter().map(|status| status.id).collect();
    assert!(given.is_sorted_by(|one, next| one > next), "{given:?}");
    let numbers: Vec<_> = (1_u64..)
        .zip(heard)
        .map(|(asked, request)| page_number(request).unwrap_or(asked))
        .collect();
    let pages = numbers.iter().flat_map(|number| ids(manner, *number));
    let shown: BTreeSet<_> = pages.collect();
    let kept: BTreeSet<_> = given.into_iter().collect();
    let first: BTreeSet<_> = ids(manner, 1).into_iter().collect();
    assert!(kept.is_subset(&shown), "{kept:?} and not {shown:?}");
    assert!(kept.is_superset(&first), "{kept:?} lacks the first page");
    // A client that returns to newer pages has already skipped their statuses.
    if manner & 1 == 0 && numbers.is_sorted() {
        assert_eq!(kept, shown);
    }
}

/// Returns the IDs on a page: new ones up to the last page, the same ones on every page, or none.
fn ids(manner: u8, number: u64) -> Vec<u64> {
    let first = match manner >> 1 & 3 {
        0 if number > PAGES => return Vec::new(),
        0 => number,
        1 => number.min(PAGES),
        2 => 1,
        _ => return Vec::new(),
    };
    let newest = 1_000 - 10 * first;
    (0..3).map(|older| newest - older).collect()
}

fn page(manner: u8, number: u64) -> String {
    let status =
        |id| format!(r#"{{"id":{id},"state":"success","created_at":"2026-03-14T09:26:53Z"}}"#);
    let statuses: Vec<_> = ids(manner, number).into_iter().map(status).collect();
    format!("[{}]", statuses.join(","))
}

fn page_number(request: &Request) -> Option<u64> {
    let (_, query) = request.line().1.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == "page")?.1.parse().ok()
}

/// Returns a line as `Link` headers, without bytes that headers cannot contain.
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
