//! Data of the API, without requests: statuses, accounts, repository names and histories.

pub(crate) mod account;
pub(crate) mod convert;
pub(crate) mod create_outcome;
pub(crate) mod deployment_status;
pub(crate) mod invalid_value;
pub(crate) mod new_status;
pub(crate) mod preview;
pub(crate) mod repository_name;
pub(crate) mod timeline;
