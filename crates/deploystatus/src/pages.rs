//! The statuses of a deployment, page by page.

use futures_util::stream::{self, Stream};
use futures_util::{StreamExt, TryStreamExt, future};
use reqwest::Url;
use tracing::Instrument;

use crate::deployment::Deployment;
use crate::endpoints::Call;
use crate::error::Moved;
use crate::link::{Links, page_number};
use crate::memory::What;
use crate::{DeploymentStatus, Error, redirect, status, trace};

/// The statuses of a deployment, newest first, read as they are wanted.
///
/// Statuses that arrive while one reads push others to later pages; what was given already is left out,
/// so that none comes twice and none is missed.
///
/// See GitHub's page on [listing deployment statuses](https://docs.github.com/rest/deployments/statuses#list-deployment-statuses).
#[derive(Clone, Debug)]
#[must_use]
pub struct StatusPages {
    deployment: Deployment,
    per_page: u8,
    at_once: usize,
    next: Next,
    lowest: Option<u64>,
}

#[derive(Clone, Debug)]
enum Next {
    Page(u64),
    Url(Url),
    Done,
}

/// What one request brought.
struct Page {
    statuses: Vec<DeploymentStatus>,
    number: u64,
    next: Next,
    last: Option<u64>,
}

impl StatusPages {
    pub(crate) fn new(deployment: Deployment) -> Self {
        Self {
            deployment,
            per_page: 100,
            at_once: 10,
            next: Next::Page(1),
            lowest: None,
        }
    }

    /// Asks for this many statuses at a time: 100 unless told, from 1 to 100.
    pub fn per_page(mut self, statuses: u8) -> Self {
        self.per_page = statuses.clamp(1, 100);
        self
    }

    /// Lets [`StatusPages::collect`] read this many pages at a time: 10 unless told, at least 1.
    pub fn at_once(mut self, pages: usize) -> Self {
        self.at_once = pages.max(1);
        self
    }

    /// The newest status, or nothing when there is none yet.
    ///
    /// It is asked for on the condition that it is news, so asking again and again costs no quota.
    ///
    /// # Errors
    ///
    /// When the server refuses or does not answer.
    pub async fn newest(&self) -> Result<Option<DeploymentStatus>, Error> {
        let call = Call::List {
            page: None,
            per_page: 1,
        };
        let span = trace::span("newest", &self.deployment);
        let reading = self
            .deployment
            .read_if_changed(&call, What::Newest, status::page);
        let newest = reading.instrument(span).await?;
        Ok(newest.into_iter().next())
    }

    /// The next page, or nothing when all were given.
    ///
    /// # Errors
    ///
    /// When the server refuses, does not answer, or leads in circles. Asking once more then tries the same page again.
    pub async fn next_page(&mut self) -> Result<Option<Vec<DeploymentStatus>>, Error> {
        let mut patience = Patience::from(self.lowest);
        loop {
            if matches!(self.next, Next::Done) {
                return Ok(None);
            }
            let mut page = self.fetch(&self.next).await?;
            patience.goes_on(&page)?;
            self.next = page.next;
            // Ids fall from page to page; what does not fall was pushed here from the page before.
            if let Some(lowest) = self.lowest {
                page.statuses.retain(|status| status.id < lowest);
            }
            if let Some(status) = page.statuses.last() {
                self.lowest = Some(status.id);
                return Ok(Some(page.statuses));
            }
        }
    }

    /// All statuses that there were when this began, newest first, but for those that were given page by page already.
    ///
    /// When the first page tells how many there are, the others are read at the same time.
    ///
    /// # Errors
    ///
    /// When the server refuses or does not answer for any page, or leads in circles.
    pub async fn collect<C: FromIterator<DeploymentStatus>>(self) -> Result<C, Error> {
        let statuses = self.read_all().await?;
        Ok(statuses.into_iter().collect())
    }

    /// The statuses one by one. A page is read when the one before has been used up.
    pub fn into_stream(self) -> impl Stream<Item = Result<DeploymentStatus, Error>> + Send + Unpin {
        let statuses = self
            .into_page_stream()
            .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
            .try_flatten();
        Box::pin(statuses)
    }

    /// The statuses page by page. A page is read when it is asked for.
    pub fn into_page_stream(
        self,
    ) -> impl Stream<Item = Result<Vec<DeploymentStatus>, Error>> + Send + Unpin {
        let pages = stream::try_unfold(self, |mut pages| async move {
            let page = pages.next_page().await?;
            Ok(page.map(|page| (page, pages)))
        });
        Box::pin(pages)
    }

    async fn read_all(&self) -> Result<Vec<DeploymentStatus>, Error> {
        let first = self.fetch(&self.next).await?;
        let lowest = first.statuses.last().map(|status| status.id);
        let mut statuses = first.statuses;
        let mut next = first.next;
        if let Some(last) = first.last.filter(|last| *last > first.number) {
            let before = statuses.len();
            let rest = self.read_at_once(first.number + 1, last, lowest).await?;
            if let Some(page) = rest.last() {
                next = page.next.clone();
            }
            let mut count = before;
            for page in rest {
                count += page.statuses.len();
                statuses.extend(page.statuses);
            }
            put_in_order(&mut statuses);
            // The first page was read before all others. If something arrived since, a page that was read
            // after it repeats the end of the page before; if nothing repeats, nothing was pushed anywhere.
            // Otherwise a status may have slipped from a page not yet read to one already read.
            if statuses.len() < count {
                next = Next::Page(first.number + 1);
            }
        }
        let mut patience = Patience::from(lowest);
        while !matches!(next, Next::Done) {
            let page = self.fetch(&next).await?;
            patience.goes_on(&page)?;
            statuses.extend(page.statuses);
            next = page.next;
        }
        put_in_order(&mut statuses);
        // What was given page by page before is not given again.
        statuses.retain(|status| self.lowest.is_none_or(|lowest| status.id < lowest));
        Ok(statuses)
    }

    /// The pages from one to another, in order, several at a time.
    async fn read_at_once(
        &self,
        from: u64,
        to: u64,
        lowest: Option<u64>,
    ) -> Result<Vec<Page>, Error> {
        let mut patience = Patience::from(lowest);
        stream::iter(from..=to)
            .map(|number| {
                let pages = self.clone();
                async move { pages.fetch(&Next::Page(number)).await }
            })
            .buffered(self.at_once)
            // A server that promises pages it does not have must not keep us here.
            .try_take_while(|page| {
                let goes_on = !page.statuses.is_empty() && patience.lasts(page);
                future::ready(Ok(goes_on))
            })
            .try_collect()
            .await
    }

    async fn fetch(&self, next: &Next) -> Result<Page, Error> {
        let call = match next {
            Next::Page(number) => Call::List {
                page: Some(*number).filter(|number| *number > 1),
                per_page: self.per_page,
            },
            Next::Url(url) => Call::Follow(url),
            Next::Done => {
                return Ok(Page {
                    statuses: Vec::new(),
                    number: 1,
                    next: Next::Done,
                    last: None,
                });
            }
        };
        let span = trace::span("list", &self.deployment);
        let last = self.deployment.last_creator();
        let reading = self
            .deployment
            .read(&call, None, |reply| status::page(reply.whole_body(), last));
        let (statuses, reply) = reading.instrument(span).await?;
        let links = Links::read(&reply.headers, &reply.url);
        Ok(Page {
            statuses,
            number: page_number(&reply.url).unwrap_or(1),
            last: links.last.as_ref().and_then(page_number),
            next: follow(links.next, &reply.url)?,
        })
    }
}

/// How many pages in a row may bring nothing new.
///
/// What arrives while one reads pushes the others back, but not by so many pages; a server that leads in circles does.
struct Patience {
    lowest: Option<u64>,
    in_vain: u32,
}

const IN_VAIN: u32 = 100;

impl Patience {
    /// Where ids fall from the lowest one that was seen.
    fn from(lowest: Option<u64>) -> Self {
        Self { lowest, in_vain: 0 }
    }

    /// Whether it is worth reading on after this page.
    fn lasts(&mut self, page: &Page) -> bool {
        let lowest = page.statuses.iter().map(|status| status.id).min();
        if lowest.is_some_and(|id| self.lowest.is_none_or(|before| id < before)) {
            self.lowest = lowest;
            self.in_vain = 0;
        } else {
            self.in_vain += 1;
        }
        self.in_vain < IN_VAIN
    }

    /// Fails when a page leads on and it is not worth following.
    fn goes_on(&mut self, page: &Page) -> Result<(), Error> {
        let lasts = self.lasts(page);
        let to = match &page.next {
            Next::Url(url) if !lasts => redirect::without_secrets(url),
            Next::Page(number) if !lasts => format!("page {number}"),
            _ => return Ok(()),
        };
        Err(Error::Moved(Moved {
            to,
            why: "after a hundred pages that brought nothing new",
        }))
    }
}

/// Where the next page is: at the address it was given, if the token may go there, or else at its number on ours.
fn follow(next: Option<Url>, from: &Url) -> Result<Next, Error> {
    let Some(next) = next else {
        return Ok(Next::Done);
    };
    let number = page_number(&next);
    let moved = |why| {
        Err(Error::Moved(Moved {
            to: redirect::without_secrets(&next),
            why,
        }))
    };
    if number.is_some_and(|number| number <= page_number(from).unwrap_or(1)) || next == *from {
        return moved("which as the next page leads in circles");
    }
    if redirect::may_know(from, &next) {
        return Ok(Next::Url(next));
    }
    match number {
        Some(number) => Ok(Next::Page(number)),
        None => moved("which is another server, and the token is not sent there"),
    }
}

/// Newest first, each once.
fn put_in_order(statuses: &mut Vec<DeploymentStatus>) {
    statuses.sort_by_key(|status| std::cmp::Reverse(status.id));
    statuses.dedup_by_key(|status| status.id);
}
