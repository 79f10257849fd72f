//! One request each, and what its answer means. Nothing else calls the generated client.

use deploystatus_generated::types::ReposCreateDeploymentStatusBody as NewBody;
use deploystatus_generated::{Client as Generated, ClientInfo, Exchange};
use futures_util::future::{BoxFuture, FutureExt};
use reqwest::Url;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::deployment::Deployment;
use crate::reply::Reply;
use crate::retry::{Again, Failure};
use crate::{Error, redirect, verdict};

/// What to ask of a server.
pub(crate) enum Call<'a> {
    List {
        page: Option<u64>,
        per_page: u8,
    },
    /// A page that another one pointed to.
    Follow(&'a Url),
    Get(u64),
    Create(&'a NewBody),
}

/// Sends a request, along redirects, and gives the answer if it is a good one.
///
/// `refusals` counts the rate limits this call has met before.
///
/// It is boxed because whoever awaits an unboxed future compiles all that it awaits:
/// the way down to the sockets would be compiled again in every crate that calls ours.
pub(crate) fn send<'a>(
    deployment: &'a Deployment,
    call: &'a Call<'_>,
    etag: Option<&'a HeaderValue>,
    refusals: u32,
) -> BoxFuture<'a, Result<Reply, Failure>> {
    along_redirects(deployment, call, etag, refusals).boxed()
}

async fn along_redirects(
    deployment: &Deployment,
    call: &Call<'_>,
    etag: Option<&HeaderValue>,
    refusals: u32,
) -> Result<Reply, Failure> {
    let core = deployment.core();
    let headers = deployment.headers(etag).await.map_err(|error| Failure {
        again: match error {
            Error::NoToken(_) => Again::Soon,
            _ => Again::Never,
        },
        ..Failure::for_good(error)
    })?;
    let mut address = match call {
        Call::Follow(url) => Some((*url).clone()),
        _ => deployment.memory().moved().map(|moved| call.below(&moved)),
    };
    let mut followed = 0;
    let mut for_good = true;
    loop {
        let place = core.pacer.place().await;
        let reply = once(deployment, call, &headers, address.take()).await;
        drop(place);
        let reply = reply?;
        core.learn(&reply);
        if !redirect::is_redirect(reply.status) {
            if followed > 0 {
                note_move(deployment, call, &reply.url, for_good);
            }
            return verdict::judge(call.is_creation(), reply, refusals);
        }
        let next = redirect::next(&reply.url, reply.header(&header::LOCATION), followed)
            .map_err(|moved| Failure::for_good(Error::Moved(moved)))?;
        tracing::info!(
            status = reply.status,
            to = next.path(),
            "following a redirect"
        );
        for_good &= matches!(reply.status, 301 | 308) || redirect::is_by_number(&next);
        followed += 1;
        address = Some(next);
    }
}

impl Call<'_> {
    fn is_creation(&self) -> bool {
        matches!(self, Self::Create(_))
    }

    /// The address of this call where the statuses of a deployment have moved.
    fn below(&self, statuses: &Url) -> Url {
        let mut url = statuses.clone();
        match self {
            Self::List { page, per_page } => {
                if let Some(page) = page {
                    url.query_pairs_mut().append_pair("page", &page.to_string());
                }
                url.query_pairs_mut()
                    .append_pair("per_page", &per_page.to_string());
            }
            Self::Get(id) => url.set_path(&format!("{}/{id}", statuses.path())),
            Self::Follow(_) | Self::Create(_) => {}
        }
        url
    }

    /// The address of the statuses, from the one that answered this call.
    fn above(&self, answered: &Url) -> Option<Url> {
        let mut url = answered.clone();
        url.set_query(None);
        url.set_fragment(None);
        if let Self::Get(id) = self {
            let path = url.path().strip_suffix(&format!("/{id}"))?.to_owned();
            url.set_path(&path);
        }
        url.path().ends_with("/statuses").then_some(url)
    }
}

/// One exchange with the server, whatever it answers.
async fn once(
    deployment: &Deployment,
    call: &Call<'_>,
    headers: &HeaderMap,
    address: Option<Url>,
) -> Result<Reply, Failure> {
    let core = deployment.core();
    let http = core
        .transport
        .client_for(address.as_ref().unwrap_or(&core.base.url))
        .map_err(Failure::for_good)?;
    let mut exchange = Exchange::new()
        .headers(headers.clone())
        .timeout(core.timeout)
        .hand_out_body();
    if let Some(address) = address {
        exchange = exchange.address(address);
    }
    let generated = Generated::new_with_client(&core.base.text, http.clone(), exchange);
    let (owner, repo, id) = deployment.path();
    let error = match call {
        Call::List { page, per_page } => {
            let page = page.and_then(|page| i64::try_from(page).ok());
            let per_page = Some(i64::from(*per_page));
            generated
                .repos_list_deployment_statuses(owner, repo, id, page, per_page)
                .await
                .err()
        }
        Call::Follow(_) => generated
            .repos_list_deployment_statuses(owner, repo, id, None, None)
            .await
            .err(),
        Call::Get(status) => {
            let status = i64::try_from(*status).unwrap_or(i64::MAX);
            generated
                .repos_get_deployment_status(owner, repo, id, status)
                .await
                .err()
        }
        Call::Create(body) => generated
            .repos_create_deployment_status(owner, repo, id, body)
            .await
            .err(),
    };
    match generated.inner().take_answer() {
        Some(answer) => {
            let token = headers.get(header::AUTHORIZATION).cloned();
            verdict::received(answer, error, token, call.is_creation())
        }
        None => Err(verdict::unanswered(error, call.is_creation())),
    }
}

fn note_move(deployment: &Deployment, call: &Call<'_>, answered: &Url, for_good: bool) {
    let Some(statuses) = call.above(answered).filter(|_| for_good) else {
        return;
    };
    if deployment.memory().note_move(&statuses) {
        tracing::warn!(
            repository = deployment.repository(),
            to = statuses.as_str(),
            "the repository was renamed or moved; update its name"
        );
    }
}

/// The headers of a call.
pub(crate) fn headers(
    profile: &crate::ServerProfile,
    user_agent: &HeaderValue,
    token: Option<HeaderValue>,
    etag: Option<&HeaderValue>,
) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(header::ACCEPT, profile.accept());
    headers.insert(header::USER_AGENT, user_agent.clone());
    if let Some(version) = profile.version() {
        headers.insert(API_VERSION, version.clone());
    }
    if let Some(token) = token {
        headers.insert(header::AUTHORIZATION, token);
    }
    if let Some(etag) = etag {
        headers.insert(header::IF_NONE_MATCH, etag.clone());
    }
    headers
}

const API_VERSION: HeaderName = HeaderName::from_static("x-github-api-version");
