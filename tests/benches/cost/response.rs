//! Responses with the headers, statuses and pages that GitHub sent in 2026.

use std::collections::HashMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::server::Request;

/// Statuses of one deployment as JSON, newest first.
pub(crate) struct Statuses {
    newest_first: Vec<String>,
    /// The highest ID. Each creation gets a higher one, as on GitHub.
    highest_id: AtomicU64,
    /// Compressed pages by their paths.
    compressed: Mutex<HashMap<String, Vec<u8>>>,
}

impl Statuses {
    pub(crate) fn new(count: u64) -> Self {
        Self {
            newest_first: (1..=count).rev().map(|id| status(id).to_string()).collect(),
            highest_id: AtomicU64::new(count),
            compressed: Mutex::default(),
        }
    }

    /// Returns the whole response to a request, with links to the other pages if there are any.
    ///
    /// Like GitHub, the server compresses a page if the client accepts it.
    pub(crate) fn response(&self, request: &Request, url: &str) -> Vec<u8> {
        if request.method == "POST" {
            let newest = format!("\"id\":{},", self.newest_first.len());
            let id = self.highest_id.fetch_add(1, Relaxed) + 1;
            let created = self.newest_first[0].replacen(&newest, &format!("\"id\":{id},"), 1);
            return format_response("201 Created", "", created.as_bytes());
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        if !path.ends_with("/statuses") {
            return format_response("200 OK", "", self.newest_first[0].as_bytes());
        }
        let number = |name| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|pair| pair.0 == name)?.1.parse::<usize>().ok()
        };
        let (page, size) = (
            number("page").unwrap_or(1),
            number("per_page").unwrap_or(30),
        );
        let statuses = self
            .newest_first
            .chunks(size)
            .nth(page - 1)
            .unwrap_or_default();
        let body = format!("[{}]", statuses.join(","));
        let links = links(page, size, self.newest_first.len().div_ceil(size), url);
        if !request.accepts_gzip() {
            return format_response("200 OK", &links, body.as_bytes());
        }
        let mut compressed = self.compressed.lock().unwrap();
        let body = compressed
            .entry(request.path.clone())
            .or_insert_with(|| compress(&body));
        format_response(
            "200 OK",
            &format!("content-encoding: gzip\r\n{links}"),
            body,
        )
    }
}

fn links(page: usize, size: usize, last: usize, url: &str) -> String {
    let link = |page: usize, relation: &str| {
        let statuses = format!("{url}/repositories/1296269/deployments/42/statuses");
        format!("<{statuses}?per_page={size}&page={page}>; rel=\"{relation}\"")
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(link(page - 1, "prev"));
    }
    if page < last {
        links.extend([link(page + 1, "next"), link(last, "last")]);
    }
    if page > 1 {
        links.push(link(1, "first"));
    }
    if links.is_empty() {
        return String::new();
    }
    format!("link: {}\r\n", links.join(", "))
}

fn compress(body: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn format_response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}{HEADERS}\r\n");
    [head.as_bytes(), body].concat()
}

/// Headers in the number and size of those that GitHub sends.
const HEADERS: &str = "content-type: application/json; charset=utf-8\r\n\
    date: Tue, 06 Jan 2026 10:00:00 GMT\r\n\
    cache-control: private, max-age=60, s-maxage=60\r\n\
    vary: Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With\r\n\
    x-github-media-type: github.v3; format=json\r\n\
    x-accepted-github-permissions: deployments=write\r\n\
    x-github-api-version-selected: 2026-03-10\r\n\
    github-authentication-token-expiration: 2026-02-05 10:00:00 UTC\r\n\
    access-control-expose-headers: ETag, Link, Location, Retry-After, X-GitHub-OTP, \
    X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Used, X-RateLimit-Resource, \
    X-RateLimit-Reset, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, X-Poll-Interval, \
    X-GitHub-Media-Type, X-GitHub-SSO, X-GitHub-Request-Id, Deprecation, Sunset, Warning\r\n\
    access-control-allow-origin: *\r\n\
    strict-transport-security: max-age=31536000; includeSubdomains; preload\r\n\
    x-frame-options: deny\r\n\
    x-content-type-options: nosniff\r\n\
    x-xss-protection: 0\r\n\
    referrer-policy: origin-when-cross-origin, strict-origin-when-cross-origin\r\n\
    content-security-policy: default-src 'none'\r\n\
    server: github.com\r\n\
    etag: \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"\r\n\
    x-ratelimit-limit: 5000\r\n\
    x-ratelimit-remaining: 4999\r\n\
    x-ratelimit-reset: 1767697200\r\n\
    x-ratelimit-used: 1\r\n\
    x-ratelimit-resource: core\r\n\
    x-github-request-id: FAEB:69510:3BB7879:3A0693E:6A86BABA\r\n\
    x-github-edge-region: fra\r\n";

/// Number of accounts that create statuses in turns.
const ACCOUNTS: u64 = 4;

fn status(id: u64) -> Value {
    let api = "https://api.github.com";
    // Differs as much as on GitHub, so that pages are compressed as much as there.
    let random = id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let time = Timestamp::from_second(1_767_693_600 + 7 * id.cast_signed()).unwrap();
    let account = id % ACCOUNTS;
    let login = format!("octocat-{account}");
    let user = format!("{api}/users/{login}");
    json!({
        "url": format!("{api}/repos/octocat/example/deployments/42/statuses/{id}"),
        "id": id,
        "node_id": format!("DES_kwDO{random:018x}"),
        "state": "in_progress",
        "creator": {
            "login": login,
            "id": 583_231 + account,
            "node_id": "MDQ6VXNlcjU4MzIzMQ==",
            "avatar_url": format!("https://avatars.example.com/u/{account}?v=4"),
            "gravatar_id": "",
            "url": user,
            "html_url": format!("https://github.com/{login}"),
            "followers_url": format!("{user}/followers"),
            "following_url": format!("{user}/following{{/other_user}}"),
            "gists_url": format!("{user}/gists{{/gist_id}}"),
            "starred_url": format!("{user}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{user}/subscriptions"),
            "organizations_url": format!("{user}/orgs"),
            "repos_url": format!("{user}/repos"),
            "events_url": format!("{user}/events{{/privacy}}"),
            "received_events_url": format!("{user}/received_events"),
            "type": "User",
            "user_view_type": "public",
            "site_admin": false
        },
        "description": format!("Copying file {id}"),
        "environment": "production",
        "target_url": "https://ci.example.com/builds/7",
        "created_at": time,
        "updated_at": time,
        "deployment_url": format!("{api}/repos/octocat/example/deployments/42"),
        "repository_url": format!("{api}/repos/octocat/example"),
        "environment_url": "https://www.example.com",
        "log_url": "https://ci.example.com/builds/7",
        "performed_via_github_app": null
    })
}
