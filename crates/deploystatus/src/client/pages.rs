//! The statuses of a deployment, page by page.

mod read_ahead;

use futures_util::stream;
use futures_util::{StreamExt, TryStreamExt, future};
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
    next: Next,
    lowest: Option<u64>,
}

#[derive(Clone, Debug)]
enum Next {
    Page(u64),
    Url(Url),
    End,
}

/// The result of one request.
struct Page {
    statuses: Vec<DeploymentStatus>,
    number: u64,
    next: Next,
    last: Option<u64>,
}

impl StatusPages {
    pub(crate) fn new(target: Target) -> Self {
        Self {
            target,
            per_page: 100,
            max_concurrent: 10,
            next: Next::Page(1),
            lowest: None,
        }
    }

    /// Sets the page size (1 to 100). Defaults to 100.
    pub fn per_page(mut self, statuses: u8) -> Self {
        self.per_page = statuses.clamp(1, 100);
        self
    }

    /// Sets the number of pages that [`StatusPages::collect`] reads in parallel (at least 1). Defaults to 10.
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
        loop {
            if matches!(self.next, Next::End) {
                return Ok(None);
            }
            let page = self.fetch(&self.next).await?;
            progress.check(&page)?;
            let statuses = self.take(page);
            if !statuses.is_empty() {
                return Ok(Some(statuses));
            }
        }
    }

    /// Reads all remaining statuses, newest first.
    ///
    /// Pages are read in parallel if the first one shows how many there are.
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects a request, does not respond, or links pages in a loop.
    pub async fn collect<C: FromIterator<DeploymentStatus>>(self) -> Result<C, Error> {
        let statuses = self.read_all().await?;
        Ok(statuses.into_iter().collect())
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
        match &self.next {
            Next::Page(number) => Some(*number),
            Next::Url(url) => page_number(url),
            Next::End => None,
        }
    }

    async fn read_all(&self) -> Result<Vec<DeploymentStatus>, Error> {
        let first = self.fetch(&self.next).await?;
        let lowest = first.statuses.last().map(|status| status.id);
        let mut statuses = first.statuses;
        let mut next = first.next;
        if let Some(last) = first.last.filter(|last| *last > first.number) {
            let rest = self
                .read_in_parallel(first.number + 1, last, lowest)
                .await?;
            if let Some(page) = rest.last() {
                next = page.next.clone();
            }
            let mut count = statuses.len();
            for page in rest {
                count += page.statuses.len();
                statuses.extend(page.statuses);
            }
            sort(&mut statuses);
            // The first page was read before all others. If a status was created since then, a later page
            // repeats the end of the page before it. In that case, a status may also have moved from a page
            // that was not yet read to one that was, so the pages are read again one by one.
            if statuses.len() < count {
                next = Next::Page(first.number + 1);
            }
        }
        let mut progress = Progress::from(lowest);
        while !matches!(next, Next::End) {
            let page = self.fetch(&next).await?;
            progress.check(&page)?;
            statuses.extend(page.statuses);
            next = page.next;
        }
        sort(&mut statuses);
        // Statuses of pages that were read before are left out.
        statuses.retain(|status| self.lowest.is_none_or(|lowest| status.id < lowest));
        Ok(statuses)
    }

    async fn read_in_parallel(
        &self,
        from: u64,
        to: u64,
        lowest: Option<u64>,
    ) -> Result<Vec<Page>, Error> {
        let mut progress = Progress::from(lowest);
        stream::iter(from..=to)
            .map(|number| {
                let pages = self.clone();
                async move { pages.fetch(&Next::Page(number)).await }
            })
            .buffered(self.max_concurrent)
            // A server may announce more pages than it has.
            .try_take_while(|page| {
                let has_more = !page.statuses.is_empty() && progress.add(page);
                future::ready(Ok(has_more))
            })
            .try_collect()
            .await
    }

    async fn fetch(&self, next: &Next) -> Result<Page, Error> {
        let request = match next {
            Next::Page(number) => Request::List {
                page: Some(*number).filter(|number| *number > 1),
                per_page: self.per_page,
            },
            Next::Url(url) => Request::Page(url),
            Next::End => {
                return Ok(Page {
                    statuses: Vec::new(),
                    number: 1,
                    next: Next::End,
                    last: None,
                });
            }
        };
        let span = self.target.span("list");
        let reading = read(&self.target, &request, None, &span);
        let received = reading.instrument(span.clone()).await?;
        let response = received.response;
        let links = Links::read(&response.headers, &response.url);
        Ok(Page {
            statuses: received.statuses,
            number: page_number(&response.url).unwrap_or(1),
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
            Next::Url(url) if !may_continue => redirect::without_secrets(url),
            Next::Page(number) if !may_continue => format!("page {number}"),
            _ => return Ok(()),
        };
        let text = format!(
            "pagination loop: {to} follows {MAX_PAGES_WITHOUT_NEWS} pages without a new status"
        );
        Err(Error::new(ErrorKind::Redirect, text))
    }
}

/// Returns the position of the next page: its URL if the token may be sent there, otherwise its number.
fn next_of(next: Option<Url>, from: &Url) -> Result<Next, Error> {
    let Some(next) = next else {
        return Ok(Next::End);
    };
    let shown = redirect::without_secrets(&next);
    let error = |text| Err(Error::new(ErrorKind::Redirect, text));
    let number = page_number(&next);
    if number.is_some_and(|number| number <= page_number(from).unwrap_or(1)) || next == *from {
        return error(format!("pagination loop: {shown} was already read"));
    }
    if redirect::may_send_token(from, &next) {
        return Ok(Next::Url(next));
    }
    match number {
        Some(number) => Ok(Next::Page(number)),
        None => error(format!(
            "next page on another server: {shown}; the token is not sent there"
        )),
    }
}

/// Sorts statuses newest first and removes repeated ones.
fn sort(statuses: &mut Vec<DeploymentStatus>) {
    statuses.sort_by_key(|status| std::cmp::Reverse(status.id));
    statuses.dedup_by_key(|status| status.id);
}
