//! Who gets as far as a handler.

use bytes::Bytes;
use http::StatusCode;
use http::header::{AUTHORIZATION, RETRY_AFTER, SERVER, USER_AGENT};
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};

use crate::access::{Actor, Need};
use crate::answer::Answer;
use crate::call::Call;
use crate::headers::request_id;
use crate::media::Media;
use crate::meter::Excess;
use crate::operation::Operation;
use crate::pipeline::is_too_large;
use crate::profile::Profile;
use crate::switches::LimitStatus;
use crate::world::World;

/// The request as handlers see it, unless it is refused before.
#[derive(Debug)]
pub(crate) struct Admission {
    pub(crate) call: Call,
    pub(crate) refusal: Option<Answer>,
    pub(crate) bad_credential: bool,
    /// Whether it counts against a rate limit.
    pub(crate) counted: bool,
}

/// What a version header says.
enum Version {
    Selected(Option<&'static str>),
    Unknown(String),
    Retired,
}

/// Checks in GitHub's order: route, credential, version, and only then the rate limit.
pub(crate) fn admit(
    world: &World,
    parts: &Parts,
    body: Bytes,
    operation: Option<Operation>,
) -> Admission {
    let text = |name: http::HeaderName| parts.headers.get(name)?.to_str().ok();
    let now = world.clock.now();
    let identity = world.tokens().identify(text(AUTHORIZATION), now);
    let media = Media::of(Call::accept(&parts.headers));
    let version = version(world.profile, parts, now);
    let path = parts.uri.path();
    let call = Call {
        operation,
        method: parts.method.clone(),
        path: path.to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.clone(),
        body,
        base: Call::base_of(&parts.headers, path, &world.origin),
        media: media.clone().unwrap_or_default(),
        actor: match &identity {
            Ok(actor) => actor.clone(),
            Err(_) => Actor::Anonymous,
        },
        version: match version {
            Version::Selected(version) => version,
            _ => None,
        },
        profile: world.profile,
        switches: *world.switches(),
    };
    let bad_credential = identity.is_err() && operation.is_some();
    let mut counted = false;
    let refusal = if text(USER_AGENT).is_none_or(|it| it.trim().is_empty()) {
        Some(no_user_agent())
    } else if operation.is_none() {
        Some(Answer::general_error(
            StatusCode::NOT_FOUND,
            &call,
            "Not Found",
        ))
    } else if bad_credential {
        Some(Answer::general_error(
            StatusCode::UNAUTHORIZED,
            &call,
            "Bad credentials",
        ))
    } else if let Some(refusal) = version.refusal(&call) {
        Some(refusal)
    } else if media.is_none() {
        let accept = Call::accept(&parts.headers).unwrap_or_default();
        let message =
            format!("Unsupported 'Accept' header: {accept}. Must accept 'application/json'.");
        Some(Answer::general_error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            &call,
            &message,
        ))
    } else if is_too_large(&call.body) {
        let message = "Request body is too large";
        Some(Answer::error(StatusCode::PAYLOAD_TOO_LARGE, &call, message))
    } else if operation == Some(Operation::GetRateLimit) {
        None
    } else {
        let refusal = count(world, &call, now).err();
        counted = refusal.is_none();
        refusal
    };
    Admission {
        call,
        refusal,
        bad_credential,
        counted,
    }
}

fn version(profile: Profile, parts: &Parts, now: Timestamp) -> Version {
    let all = profile.api_versions();
    // Support of the first version ends on a day that was announced; an Enterprise Server keeps what it came with.
    let first_is_retired = !profile.is_enterprise() && now >= end_of_first_version();
    let supported = if first_is_retired { &all[1..] } else { all };
    let Some(default) = supported.first() else {
        return Version::Selected(None);
    };
    let Some(wanted) = parts.headers.get("x-github-api-version") else {
        return Version::Selected(Some(default));
    };
    let wanted = String::from_utf8_lossy(wanted.as_bytes());
    if let Some(version) = supported.iter().find(|it| **it == wanted) {
        Version::Selected(Some(version))
    } else if all.contains(&wanted.as_ref()) {
        Version::Retired
    } else {
        Version::Unknown(wanted.into_owned())
    }
}

/// 2028-03-10T00:00:00Z.
fn end_of_first_version() -> Timestamp {
    Timestamp::constant(1_836_259_200, 0)
}

impl Version {
    fn refusal(&self, call: &Call) -> Option<Answer> {
        let (status, message, errors) = match self {
            Version::Selected(_) => return None,
            Version::Retired => {
                let message = "The API version you specified is no longer supported.";
                (StatusCode::GONE, message, None)
            }
            Version::Unknown(wanted) => {
                let errors = format!(
                    "The version you specified in the \"X-GitHub-API-Version\" request header, \
                     \"{wanted}\", is not a supported version. {}",
                    supported(call.profile)
                );
                (StatusCode::BAD_REQUEST, "Bad Request", Some(errors))
            }
        };
        let errors = errors.map(crate::answer::Errors::Sentence);
        let documentation = call.profile.documentation();
        let answer = Answer::error_about(status, call, message, errors, documentation);
        Some(answer.without_version())
    }
}

fn supported(profile: Profile) -> String {
    let quoted: Vec<String> = profile
        .api_versions()
        .iter()
        .map(|it| format!("\"{it}\""))
        .collect();
    let list = match quoted.as_slice() {
        [older, newest] => format!("{newest} (most recent) and {older}"),
        versions => versions.join(", "),
    };
    format!("The following versions are currently supported: {list}.")
}

fn no_user_agent() -> Answer {
    let text = "\r\nRequest forbidden by administrative rules. \
                Please make sure your request has a User-Agent header.\r\n";
    Answer::text(StatusCode::FORBIDDEN, text).without_version()
}

/// Counts the request against the limits of whoever sent it.
fn count(world: &World, call: &Call, now: Timestamp) -> Result<(), Answer> {
    let writes = call
        .operation
        .is_some_and(|it| it.need() == Need::WriteDeployments);
    let login = call.actor.login();
    let counted = world.meter().begin(login, call.operation, writes, now);
    let status = match call.switches.limit_status {
        LimitStatus::Forbidden => StatusCode::FORBIDDEN,
        LimitStatus::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
    };
    let page = format!(
        "{}/overview/rate-limits-for-the-rest-api",
        call.profile.documentation()
    );
    counted.map_err(|excess| match (excess, login) {
        (Excess::Primary, Some(login)) => {
            let id = world.store().user(login).id;
            let request = request_id(now, world.requests().received());
            let message = format!(
                "API rate limit exceeded for user ID {id}. If you reach out to GitHub Support for help, \
                 please include the request ID {request} and timestamp {} UTC.",
                now.strftime("%Y-%m-%d %H:%M:%S")
            );
            Answer::error_about(status, call, &message, None, page)
        }
        (Excess::Primary, None) => {
            let body = serde_json::json!({
                "message": "API rate limit exceeded for 127.0.0.1. (But here's the good news: \
                            Authenticated requests get a higher rate limit. \
                            Check out the documentation for more details.)",
                "documentation_url": page,
            });
            Answer::json(status, call, &body).header(SERVER, "Varnish")
        }
        (Excess::Secondary { retry_after }, _) => {
            let message = "You have exceeded a secondary rate limit. \
                           Please wait a few minutes before you try again.";
            let answer = Answer::error_about(status, call, message, None, page);
            answer.header(RETRY_AFTER, &seconds(retry_after).to_string())
        }
    })
}

/// Rounded up, so that whoever waits as told does not come too early.
fn seconds(duration: SignedDuration) -> i64 {
    duration.as_secs() + i64::from(duration.subsec_nanos() > 0)
}
