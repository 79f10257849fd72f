//! The emulated operations and the facts about each.

use serde::{Deserialize, Serialize};

/// An operation of GitHub's API.
///
/// In JSON the names are in kebab-case: `"create-status"`.
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
    /// `GET /repos/{owner}/{repo}/environments`
    ListEnvironments,
    /// `GET /repos/{owner}/{repo}/environments/{name}`
    GetEnvironment,
    /// `DELETE /repos/{owner}/{repo}/environments/{name}`
    DeleteEnvironment,
    /// `GET /repos/{owner}/{repo}`
    GetRepository,
    /// `GET /`
    GetRoot,
    /// `GET /meta`
    GetMeta,
    /// `GET /rate_limit`
    GetRateLimit,
    /// `GET /user`
    GetUser,
    /// `GET /zen`
    GetZen,
}

/// Access to a repository that an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    See,
    ReadDeployments,
    WriteDeployments,
    ReadEnvironments,
    Administer,
}

impl Need {
    pub(crate) fn is_write(self) -> bool {
        matches!(self, Need::WriteDeployments | Need::Administer)
    }
}

impl Operation {
    /// Returns `true` if the operation creates content, which has rate limits of its own.
    pub(crate) fn is_creation(self) -> bool {
        matches!(self, Operation::CreateStatus | Operation::CreateDeployment)
    }

    /// Returns the access to the repository that the operation needs.
    pub(crate) fn need(self) -> Need {
        match self {
            Operation::CreateStatus | Operation::CreateDeployment | Operation::DeleteDeployment => {
                Need::WriteDeployments
            }
            Operation::ListStatuses
            | Operation::GetStatus
            | Operation::ListDeployments
            | Operation::GetDeployment => Need::ReadDeployments,
            Operation::ListEnvironments | Operation::GetEnvironment => Need::ReadEnvironments,
            Operation::DeleteEnvironment => Need::Administer,
            _ => Need::See,
        }
    }

    /// Returns the value of `X-Accepted-OAuth-Scopes`.
    pub(crate) fn accepted_scopes(self) -> &'static str {
        match self {
            Operation::ListStatuses
            | Operation::GetStatus
            | Operation::ListDeployments
            | Operation::GetDeployment
            | Operation::DeleteDeployment => "repo, repo_deployment",
            Operation::GetRepository
            | Operation::ListEnvironments
            | Operation::GetEnvironment
            | Operation::DeleteEnvironment => "repo",
            _ => "",
        }
    }

    /// Returns the value of `X-Accepted-GitHub-Permissions`.
    pub(crate) fn accepted_permissions(self) -> &'static str {
        match self.need() {
            Need::WriteDeployments => "deployments=write",
            Need::ReadDeployments => "deployments=read",
            Need::ReadEnvironments => "actions=read",
            Need::Administer => "administration=write",
            Need::See if self == Operation::GetRepository => "metadata=read",
            Need::See => "allows_permissionless_access=true",
        }
    }

    /// Returns the page of the operation, relative to the base URL of the documentation.
    pub(crate) fn documentation(self) -> &'static str {
        match self {
            Operation::ListStatuses => "/deployments/statuses#list-deployment-statuses",
            Operation::CreateStatus => "/deployments/statuses#create-a-deployment-status",
            Operation::GetStatus => "/deployments/statuses#get-a-deployment-status",
            Operation::ListDeployments => "/deployments/deployments#list-deployments",
            Operation::CreateDeployment => "/deployments/deployments#create-a-deployment",
            Operation::GetDeployment => "/deployments/deployments#get-a-deployment",
            Operation::DeleteDeployment => "/deployments/deployments#delete-a-deployment",
            Operation::ListEnvironments => "/deployments/environments#list-environments",
            Operation::GetEnvironment => "/deployments/environments#get-an-environment",
            Operation::DeleteEnvironment => "/deployments/environments#delete-an-environment",
            Operation::GetRepository => "/repos/repos#get-a-repository",
            Operation::GetRoot => "/meta/meta#github-api-root",
            Operation::GetMeta => "/meta/meta#get-apiname-meta-information",
            Operation::GetRateLimit => "/rate-limit/rate-limit",
            Operation::GetUser => "/users/users#get-the-authenticated-user",
            Operation::GetZen => "/meta/meta#get-the-zen-of-github",
        }
    }
}
