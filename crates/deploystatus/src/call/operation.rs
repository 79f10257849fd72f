//! The operations of the API, and their requests.

use deploystatus_generated::types::ReposCreateDeploymentStatusBody as CreateBody;
use reqwest::Url;

use super::retry::Effect;

/// The operation of a request. It determines the meaning of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Read,
    Create,
}

impl Operation {
    /// Returns the effect of a request that the server may have carried out.
    pub(crate) fn effect(self) -> Effect {
        match self {
            Self::Read => Effect::None,
            Self::Create => Effect::Unknown,
        }
    }
}

/// A request of one of the three operations.
pub(crate) enum Request<'a> {
    List {
        page: Option<u64>,
        per_page: u8,
    },
    /// A page at a URL from a `Link` header.
    Page(&'a Url),
    Get(u64),
    Create(&'a CreateBody),
}

impl Request<'_> {
    pub(crate) fn operation(&self) -> Operation {
        match self {
            Self::Create(_) => Operation::Create,
            _ => Operation::Read,
        }
    }

    /// Returns `true` if the response is worth compressing: a page of statuses becomes ten times smaller.
    ///
    /// The newest status alone is requested with its `ETag`, and a compressed response has another one.
    pub(crate) fn has_large_response(&self) -> bool {
        match self {
            Self::List { per_page, .. } => *per_page > 1,
            Self::Page(_) => true,
            Self::Get(_) | Self::Create(_) => false,
        }
    }

    /// Returns the URL of this request, given the URL of a moved deployment's statuses.
    pub(crate) fn below(&self, statuses: &Url) -> Url {
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
            Self::Page(_) | Self::Create(_) => {}
        }
        url
    }

    /// Returns the URL of the deployment's statuses, given the URL from which this request's response came.
    pub(crate) fn above(&self, responded: &Url) -> Option<Url> {
        let mut url = responded.clone();
        url.set_query(None);
        url.set_fragment(None);
        if let Self::Get(id) = self {
            let path = url.path().strip_suffix(&format!("/{id}"))?.to_owned();
            url.set_path(&path);
        }
        url.path().ends_with("/statuses").then_some(url)
    }
}
