use http::Method;
use serde::{Deserialize, Serialize};

use crate::access::Need;

/// What a request asks for: a method and a route, as one word.
///
/// In JSON the words are in kebab-case: `"create-status"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Operation {
    /// `GET /repos/{owner}/{repo}/deployments/{id}/statuses`
    ListStatuses,
    /// `POST /repos/{owner}/{repo}/deployments/{id}/statuses`
    CreateStatus,
    /// `GET /repos/{owner}/{repo}/deployments/{id}/statuses/{status}`
    GetStatus,
    /// `GET /repos/{owner}/{repo}/deployments`
    ListDeployments,
    /// `POST /repos/{owner}/{repo}/deployments`
    CreateDeployment,
    /// `GET /repos/{owner}/{repo}/deployments/{id}`
    GetDeployment,
    /// `DELETE /repos/{owner}/{repo}/deployments/{id}`
    DeleteDeployment,
    /// `GET /repos/{owner}/{repo}`
    GetRepository,
    /// `GET /meta`
    GetMeta,
    /// `GET /rate_limit`
    GetRateLimit,
    /// `GET /user`
    GetUser,
    /// `GET /zen`
    GetZen,
}

impl Operation {
    /// The operation of a method on a route, which may stand under either front and name its repository either way.
    pub(crate) fn of(method: &Method, route: &str) -> Option<Operation> {
        let route = route.strip_prefix("/api/v3").unwrap_or(route);
        let inside = ["/repos/{owner}/{repo}", "/repositories/{repository_id}"]
            .iter()
            .find_map(|front| route.strip_prefix(front));
        let reads = method == Method::GET || method == Method::HEAD;
        let creates = method == Method::POST;
        match inside.unwrap_or(route) {
            "" if reads && inside.is_some() => Some(Operation::GetRepository),
            "/deployments" if reads => Some(Operation::ListDeployments),
            "/deployments" if creates => Some(Operation::CreateDeployment),
            "/deployments/{deployment_id}" if reads => Some(Operation::GetDeployment),
            "/deployments/{deployment_id}" if method == Method::DELETE => {
                Some(Operation::DeleteDeployment)
            }
            "/deployments/{deployment_id}/statuses" if reads => Some(Operation::ListStatuses),
            "/deployments/{deployment_id}/statuses" if creates => Some(Operation::CreateStatus),
            "/deployments/{deployment_id}/statuses/{status_id}" if reads => {
                Some(Operation::GetStatus)
            }
            "/meta" if reads => Some(Operation::GetMeta),
            "/rate_limit" if reads => Some(Operation::GetRateLimit),
            "/user" if reads => Some(Operation::GetUser),
            "/zen" if reads => Some(Operation::GetZen),
            _ => None,
        }
    }

    /// Whether it creates content, which has limits of its own.
    pub(crate) fn creates(self) -> bool {
        matches!(self, Operation::CreateStatus | Operation::CreateDeployment)
    }

    /// What it wants of a repository.
    pub(crate) fn need(self) -> Need {
        match self {
            Operation::CreateStatus | Operation::CreateDeployment | Operation::DeleteDeployment => {
                Need::WriteDeployments
            }
            Operation::ListStatuses
            | Operation::GetStatus
            | Operation::ListDeployments
            | Operation::GetDeployment => Need::ReadDeployments,
            _ => Need::See,
        }
    }

    /// The value of `X-Accepted-OAuth-Scopes`.
    pub(crate) fn accepted_scopes(self) -> &'static str {
        match self {
            Operation::ListStatuses
            | Operation::GetStatus
            | Operation::ListDeployments
            | Operation::GetDeployment
            | Operation::DeleteDeployment => "repo, repo_deployment",
            Operation::GetRepository => "repo",
            _ => "",
        }
    }

    /// The value of `X-Accepted-GitHub-Permissions`.
    pub(crate) fn accepted_permissions(self) -> &'static str {
        match self.need() {
            Need::WriteDeployments => "deployments=write",
            Need::ReadDeployments => "deployments=read",
            Need::See if self == Operation::GetRepository => "metadata=read",
            Need::See => "allows_permissionless_access=true",
        }
    }

    /// The page about it, after the front of the documentation.
    pub(crate) fn documentation(self) -> &'static str {
        match self {
            Operation::ListStatuses => "/deployments/statuses#list-deployment-statuses",
            Operation::CreateStatus => "/deployments/statuses#create-a-deployment-status",
            Operation::GetStatus => "/deployments/statuses#get-a-deployment-status",
            Operation::ListDeployments => "/deployments/deployments#list-deployments",
            Operation::CreateDeployment => "/deployments/deployments#create-a-deployment",
            Operation::GetDeployment => "/deployments/deployments#get-a-deployment",
            Operation::DeleteDeployment => "/deployments/deployments#delete-a-deployment",
            Operation::GetRepository => "/repos/repos#get-a-repository",
            Operation::GetMeta => "/meta/meta#get-apiname-meta-information",
            Operation::GetRateLimit => "/rate-limit/rate-limit",
            Operation::GetUser => "/users/users#get-the-authenticated-user",
            Operation::GetZen => "/meta/meta#get-the-zen-of-github",
        }
    }
}
