//! Delivery of a status that may have been sent before.

use tracing::Instrument;

use super::creation::{Adopts, Creation, MAX_SENDINGS};
use super::search::SearchEnd;
use crate::call::pacing::Priority;
use crate::call::target::Target;
use crate::client::read::stale_list;
use crate::error::{Error, ErrorKind};
use crate::model::create_outcome::{CreateOutcome, SearchBound};
use crate::model::deployment_status::DeploymentStatus;
use crate::model::new_status::NewStatus;

/// Delivers a status that may have been sent before, by this process or another one.
///
/// `sendings` is the number of earlier requests that may have stored the status.
/// If there are any, the list is searched for the whole search time. Otherwise it is searched once.
/// The status is sent if the search does not find it.
pub(crate) async fn redeliver(
    target: &Target,
    status: &NewStatus,
    bound: SearchBound,
    sendings: u32,
) -> Result<CreateOutcome, Error> {
    target.check(status)?;
    let span = target.span("create");
    let mut creation = Creation::new(target, status.clone(), Priority::Final, &span);
    creation.bound = Some(bound);
    creation.sendings = sendings;
    creation.max_sendings = MAX_SENDINGS.max(sendings.saturating_add(1));
    creation.adopts = Adopts::Any;
    let delivering = async {
        let turn = creation.turn().await?;
        let adopted = if sendings == 0 {
            let found = creation.find().await?;
            found.map(|status| creation.adopt(status))
        } else {
            let text = "the response to an earlier request was lost";
            let last = Error::new(ErrorKind::ConnectionLost, text);
            creation.search_after(last).await?
        };
        match adopted {
            Some(outcome) => Ok(outcome),
            None => creation.deliver(Some(turn)).await,
        }
    };
    delivering.instrument(span.clone()).await
}

/// Searches for a status in one list, without sending anything.
pub(crate) async fn find(
    target: &Target,
    status: &NewStatus,
    bound: SearchBound,
) -> Result<Option<DeploymentStatus>, Error> {
    let span = target.span("find");
    let mut creation = Creation::new(target, status.clone(), Priority::Final, &span);
    creation.bound = Some(bound);
    creation.adopts = Adopts::Any;
    creation.find().instrument(span.clone()).await
}

impl Creation<'_> {
    /// Searches in one list that is up to date.
    async fn find(&mut self) -> Result<Option<DeploymentStatus>, Error> {
        match self.search_once().await {
            SearchEnd::Found(status) => Ok(Some(*status)),
            SearchEnd::NotFound => Ok(None),
            SearchEnd::Stale | SearchEnd::Similar(_) | SearchEnd::CutShort => Err(stale_list()),
            SearchEnd::Failed(error) => Err(error),
        }
    }
}
