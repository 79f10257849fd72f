//! GitHub's API: routes, checks and handlers.

mod about;
mod deployments;
mod environments;
mod normalization;
mod repositories;
mod repository_access;
mod statuses;
mod validation;

pub(crate) mod request_checks;
pub(crate) mod routes;
