//! The routes of GitHub's API.

use http::Method;

use super::{about, deployments, environments, repositories, statuses};
use crate::app_state::AppState;
use crate::http::path::PathParameters;
use crate::http::request::{Request, strip_prefix};
use crate::http::response::Response;
use crate::model::operation::Operation;

/// A handler. It never waits, so it can hold the lock of the store.
pub(crate) type Handler = fn(&AppState, &Request) -> Result<Response, Response>;

/// A route: method, path, operation and handler.
pub(crate) type Route = (Method, &'static str, Operation, Handler);

/// Prefix of the routes inside a repository, which can also be addressed by its ID.
const BY_NAME: &str = "/repos/{owner}/{repo}";
const BY_ID: &str = "/repositories/";

#[rustfmt::skip]
static ROUTES: [Route; 16] = [
    (Method::GET, "/", Operation::GetRoot, about::root),
    (Method::GET, "/meta", Operation::GetMeta, about::meta),
    (Method::GET, "/rate_limit", Operation::GetRateLimit, about::rate_limit),
    (Method::GET, "/user", Operation::GetUser, about::user),
    (Method::GET, "/zen", Operation::GetZen, about::zen),
    (Method::GET, "/repos/{owner}/{repo}", Operation::GetRepository, repositories::get),
    (Method::GET, "/repos/{owner}/{repo}/deployments", Operation::ListDeployments, deployments::list),
    (Method::POST, "/repos/{owner}/{repo}/deployments", Operation::CreateDeployment, deployments::create),
    (Method::GET, "/repos/{owner}/{repo}/deployments/{deployment_id}", Operation::GetDeployment, deployments::get),
    (Method::DELETE, "/repos/{owner}/{repo}/deployments/{deployment_id}", Operation::DeleteDeployment, deployments::delete),
    (Method::GET, "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", Operation::ListStatuses, statuses::list),
    (Method::POST, "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", Operation::CreateStatus, statuses::create),
    (Method::GET, "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}", Operation::GetStatus, statuses::get),
    (Method::GET, "/repos/{owner}/{repo}/environments", Operation::ListEnvironments, environments::list),
    (Method::GET, "/repos/{owner}/{repo}/environments/{environment}", Operation::GetEnvironment, environments::get),
    (Method::DELETE, "/repos/{owner}/{repo}/environments/{environment}", Operation::DeleteEnvironment, environments::delete),
];

/// Returns the route of a request and the values in its path, or `None` if there is no such route.
pub(crate) fn find(method: &Method, path: &str) -> Option<(&'static Route, PathParameters)> {
    // A HEAD is handled like a GET. The server removes the body.
    let method = match *method {
        Method::HEAD => &Method::GET,
        _ => method,
    };
    let path = match strip_prefix(path) {
        "" => "/",
        path => path,
    };
    let mut routes = ROUTES.iter().filter(|(it, ..)| it == method);
    routes.find_map(|route| Some((route, parameters(route.1, path)?)))
}

/// Matches a path by the name of the repository, or by its ID.
fn parameters(pattern: &'static str, path: &str) -> Option<PathParameters> {
    let Some(by_id) = path.strip_prefix(BY_ID) else {
        return PathParameters::parse(pattern, path);
    };
    let rest = pattern.strip_prefix(BY_NAME)?;
    let (id, path) = by_id.split_once('/').unwrap_or((by_id, ""));
    let path = if by_id.len() == id.len() {
        String::new()
    } else {
        format!("/{path}")
    };
    let mut parameters = PathParameters::parse(rest, &path)?;
    parameters.add("repository_id", id)?;
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(method: &Method, path: &str) -> Option<Operation> {
        let ((_, _, operation, _), _) = find(method, path)?;
        Some(*operation)
    }

    #[test]
    fn routes_match_by_name_by_id_and_with_prefix() {
        let list = Some(Operation::ListStatuses);
        for path in [
            "/repos/o/r/deployments/1/statuses",
            "/repositories/7/deployments/1/statuses",
            "/api/v3/repos/o/r/deployments/1/statuses",
            "/api/v3/repositories/7/deployments/1/statuses",
        ] {
            assert_eq!(operation(&Method::GET, path), list, "{path}");
            assert_eq!(operation(&Method::HEAD, path), list, "{path}");
            assert_eq!(operation(&Method::PUT, path), None, "{path}");
        }
        let repository = Some(Operation::GetRepository);
        assert_eq!(operation(&Method::GET, "/repositories/7"), repository);
        for path in [
            "/repositories/7/",
            "/repositories/7/zen",
            "/zen/",
            "/repos/o",
        ] {
            assert_eq!(operation(&Method::GET, path), None, "{path}");
        }
        let (_, parameters) = find(&Method::GET, "/repositories/7/deployments/1").unwrap();
        assert_eq!(parameters.number("repository_id"), Some(7));
        assert_eq!(parameters.number("deployment_id"), Some(1));
    }
}
