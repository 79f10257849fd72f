//! The statuses of a deployment, page by page.

mod read_ahead;

use reqwest::Url;
use tracing::Instrument;

use crate::call::operation::Request;
use crate::call::read::read;
use crate::call::target::Target;
use crate::error::{Error, ErrorKind};
use crate::http::link::{Links, page_number};
use crate::http::redirect;
use crate::model::deployment_status::DeploymentStatus;

/// The statuses of a deployment, newest first, read page by page.
///
/// A status that is created meanwhile pushes older ones to later pages. The client skips repeated statuses,
/// so each status is returned once and none is missed.
///
/// See GitHub's page on [listing deployment statuses](https://docs.github.com/rest/deployments/statuses#list-deployment-statuses).
#[derive(Clone)]
#[must_use]
pub struct StatusPages {
    target: Target,
    per_page: u8,
    max_concurrent: usize,
    next: Option<Next>,
    lowest: Option<u64>,
}

#[derive(Clone, Debug)]
enum Next {
    Page(u64),
    Url(Url),
}

/// The result of one request.
struct Page {
    statuses: Vec<DeploymentStatus>,
    next: Option<Next>,
    last: Option<u64>,
}

impl StatusPages {
    pub(crate) fn new(target: Target) -> Self {
        Self {
            target,
            per_page: 100,
            max_concurrent: 10,
            next: Some(Next::Page(1)),
            lowest: None,
        }
    }

    /// Sets the page size (1 to 100). Defaults to 100.
    pub fn per_page(mut self, statuses: u8) -> Self {
        self.per_page = statuses.clamp(1, 100);
        self
    }

    /// Sets the number of pages that are read in parallel (at least 1). Defaults to 10.
    ///
    /// Applies to [`StatusPages::collect`] and [`StatusPages::into_stream`].
    pub fn max_concurrent(mut self, pages: usize) -> Self {
        self.max_concurrent = pages.max(1);
        self
    }

    /// Reads the next page. Returns `None` after the last one.
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects the request, does not respond, or links pages in a loop.
    /// The next call reads the same page again.
    pub async fn next_page(&mut self) -> Result<Option<Vec<DeploymentStatus>>, Error> {
        let mut progress = Progress::from(self.lowest);
        while let Some(next) = &self.next {
            let page = self.fetch(next).await?;
            progress.check(&page)?;
            let statuses = self.take(page);
            if !statuses.is_empty() {
                return Ok(Some(statuses));
            }
        }
        Ok(None)
    }

    /// Advances to the next page and returns the statuses of this one without repeated ones.
    fn take(&mut self, page: Page) -> Vec<DeploymentStatus> {
        self.next = page.next;
        let mut statuses = page.statuses;
        // IDs fall from page to page. A higher one was pushed here from the previous page.
        if let Some(lowest) = self.lowest {
            statuses.retain(|status| status.id < lowest);
        }
        self.lowest = statuses.last().map(|status| status.id).or(self.lowest);
        statuses
    }

    fn has_repeats(&self, page: &Page) -> bool {
        let first = page.statuses.first().map(|status| status.id);
        self.lowest.is_some() && first >= self.lowest
    }

    fn next_number(&self) -> Option<u64> {
        match self.next.as_ref()? {
            Next::Page(number) => Some(*number),
            Next::Url(url) => page_number(url),
        }
    }

    async fn fetch(&self, next: &Next) -> Result<Page, Error> {
        let request = match next {
            Next::Page(number) => Request::List {
                page: Some(*number).filter(|number| *number > 1),
                per_page: self.per_page,
            },
            Next::Url(url) => Request::Page(url),
        };
        let span = self.target.span("list");
        let reading = read(&self.target, &request, None, &span);
        let received = reading.instrument(span.clone()).await?;
        let response = received.response;
        let links = Links::read(&response.headers, &response.url);
        Ok(Page {
            statuses: received.statuses,
            last: links.last.as_ref().and_then(page_number),
            next: next_of(links.next, &response.url)?,
        })
    }
}

impl std::fmt::Debug for StatusPages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatusPages")
            .field("repository", &self.target.repository())
            .field("deployment", &self.target.id())
            .field("per_page", &self.per_page)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// The lowest ID so far, and the number of consecutive pages without a lower one.
///
/// Statuses that are created meanwhile push others back by a few pages at most.
/// Many pages without a lower ID therefore mean that the links form a loop.
struct Progress {
    lowest: Option<u64>,
    pages_without_news: u32,
}

const MAX_PAGES_WITHOUT_NEWS: u32 = 100;

impl Progress {
    fn from(lowest: Option<u64>) -> Self {
        Self {
            lowest,
            pages_without_news: 0,
        }
    }

    /// Adds a page and returns `true` if more pages may follow.
    fn add(&mut self, page: &Page) -> bool {
        let lowest = page.statuses.iter().map(|status| status.id).min();
        if lowest.is_some_and(|id| self.lowest.is_none_or(|before| id < before)) {
            self.lowest = lowest;
            self.pages_without_news = 0;
        } else {
            self.pages_without_news += 1;
        }
        self.pages_without_news < MAX_PAGES_WITHOUT_NEWS
    }

    /// Adds a page, and returns an error if it links to another one although too many had no new status.
    fn check(&mut self, page: &Page) -> Result<(), Error> {
        let may_continue = self.add(page);
        let to = match &page.next {
            Some(Next::Url(url)) if !may_continue => redirect::without_secrets(url),
            Some(Next::Page(number)) if !may_continue => format!("page {number}"),
            _ => return Ok(()),
        };
        let text = format!(
            "pagination loop: {to} follows {MAX_PAGES_WITHOUT_NEWS} pages without a new status"
        );
        Err(Error::new(ErrorKind::Redirect, text))
    }
}

/// Returns the next page: its URL if the token may be sent there, otherwise its number.
fn next_of(next: Option<Url>, from: &Url) -> Result<Option<Next>, Error> {
    let Some(next) = next else {
        return Ok(None);
    };
    let shown = redirect::without_secrets(&next);
    let error = |text| Err(Error::new(ErrorKind::Redirect, text));
    let number = page_number(&next);
    if number.is_some_and(|number| number <= page_number(from).unwrap_or(1)) || next == *from {
        return error(format!("pagination loop: {shown} was already read"));
    }
    if redirect::may_send_token(from, &next) {
        return Ok(Some(Next::Url(next)));
    }
    match number {
        Some(number) => Ok(Some(Next::Page(number))),
        None => error(format!(
            "next page on another server: {shown}; the token is not sent there"
        )),
    }
}
