//! The operations this project is about; the one place to add another.

/// One operation of the description: the name people call it by, and where it stands.
pub(crate) struct Operation {
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

/// The name of the operation at this method and path, if it is one of ours.
pub(crate) fn name_of(method: &str, path: &str) -> Option<&'static str> {
    OPERATIONS
        .iter()
        .find(|operation| operation.method == method && operation.path == path)
        .map(|operation| operation.name)
}
