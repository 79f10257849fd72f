//! The operations of the client. This list is the only place to add another.

/// One operation of the description.
pub(crate) struct Operation {
    /// Name in messages.
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
}

pub(crate) const OPERATIONS: [Operation; 3] = [
    Operation {
        name: "list",
        method: "get",
        path: "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    },
    Operation {
        name: "create",
        method: "post",
        path: "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    },
    Operation {
        name: "get",
        method: "get",
        path: "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}",
    },
];
