//! Reading of pages ahead of their use.

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, FuturesOrdered, Stream};
use futures_util::{StreamExt, TryStreamExt};

use super::{Next, Page, Progress, StatusPages};
use crate::error::Error;
use crate::model::deployment_status::DeploymentStatus;

impl StatusPages {
    /// Reads all remaining statuses, newest first.
    ///
    /// Pages are read in parallel once one shows how many there are.
    ///
    /// # Errors
    ///
    /// Returns an error if the server rejects a request, does not respond, or links pages in a loop.
    pub async fn collect<C: FromIterator<DeploymentStatus>>(self) -> Result<C, Error> {
        let mut ahead = ReadAhead::new(self);
        let mut statuses = Vec::new();
        while let Some(page) = ahead.next_page().await? {
            statuses.extend(page);
        }
        Ok(statuses.into_iter().collect())
    }

    /// Returns a stream of the remaining statuses, newest first.
    ///
    /// Once a page shows how many there are, up to [`StatusPages::max_concurrent`] pages are read ahead.
    pub fn into_stream(self) -> impl Stream<Item = Result<DeploymentStatus, Error>> + Send + Unpin {
        let pages = stream::try_unfold(ReadAhead::new(self), |mut ahead| async move {
            let page = ahead.next_page().await?;
            Ok::<_, Error>(page.map(|page| (page, ahead)))
        });
        let statuses = pages
            .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
            .try_flatten();
        Box::pin(statuses)
    }
}

/// Pages that are read ahead, in order, once a page has shown how many there are.
struct ReadAhead {
    pages: StatusPages,
    progress: Progress,
    ahead: FuturesOrdered<BoxFuture<'static, Result<Page, Error>>>,
    last: Option<u64>,
}

impl ReadAhead {
    fn new(pages: StatusPages) -> Self {
        Self {
            progress: Progress::from(pages.lowest),
            pages,
            ahead: FuturesOrdered::new(),
            last: None,
        }
    }

    /// Returns the next page, or `None` after the last one.
    async fn next_page(&mut self) -> Result<Option<Vec<DeploymentStatus>>, Error> {
        while let Some(next) = self.pages.next.clone() {
            self.start_reading();
            let page = match self.ahead.next().await {
                Some(page) => page?,
                None => self.pages.fetch(&next).await?,
            };
            self.progress.check(&page)?;
            self.last = page.last.or(self.last);
            if self.pages.has_repeats(&page) {
                // A status was created since the previous page was read. Later pages that were read before
                // lack the status that was pushed to them, so they are read again.
                self.ahead = FuturesOrdered::new();
            }
            let statuses = self.pages.take(page);
            if !statuses.is_empty() {
                return Ok(Some(statuses));
            }
        }
        Ok(None)
    }

    /// Starts reading the next pages, as many as may be read in parallel.
    fn start_reading(&mut self) {
        let (Some(last), Some(next)) = (self.last, self.pages.next_number()) else {
            return;
        };
        while self.ahead.len() < self.pages.max_concurrent {
            let number = next + self.ahead.len() as u64;
            if number > last {
                break;
            }
            let pages = self.pages.clone();
            let reading = async move { pages.fetch(&Next::Page(number)).await };
            self.ahead.push_back(reading.boxed());
        }
    }
}
