//! Repositories.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::style::{BaseUrls, Style};
use super::user::UserBody;
use crate::model::{Repository, UserKind};

/// Body of a repository.
#[derive(Debug)]
pub(crate) struct RepositoryBody<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) base: &'a BaseUrls,
    pub(crate) style: Style,
    pub(crate) usage: Usage,
}

/// Place in which a repository is rendered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Usage {
    /// The response of an operation.
    Response {
        /// `permissions.push`, or `None` to omit `permissions`.
        can_push: Option<bool>,
    },
    /// The payload of a webhook, which has fewer members.
    Webhook,
}

/// The URLs below that of the repository, in GitHub's order.
const API_URLS: [(&str, &str); 37] = [
    ("url", ""),
    ("forks_url", "/forks"),
    ("keys_url", "/keys{/key_id}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("teams_url", "/teams"),
    ("hooks_url", "/hooks"),
    ("issue_events_url", "/issues/events{/number}"),
    ("events_url", "/events"),
    ("assignees_url", "/assignees{/user}"),
    ("branches_url", "/branches{/branch}"),
    ("tags_url", "/tags"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("trees_url", "/git/trees{/sha}"),
    ("statuses_url", "/statuses/{sha}"),
    ("languages_url", "/languages"),
    ("stargazers_url", "/stargazers"),
    ("contributors_url", "/contributors"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("commits_url", "/commits{/sha}"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("comments_url", "/comments{/number}"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("contents_url", "/contents/{+path}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("merges_url", "/merges"),
    ("archive_url", "/{archive_format}{/ref}"),
    ("downloads_url", "/downloads"),
    ("issues_url", "/issues{/number}"),
    ("pulls_url", "/pulls{/number}"),
    ("milestones_url", "/milestones{/number}"),
    (
        "notifications_url",
        "/notifications{?since,all,participating}",
    ),
    ("labels_url", "/labels{/name}"),
    ("releases_url", "/releases{/id}"),
    ("deployments_url", "/deployments"),
];

impl Serialize for RepositoryBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.serialize_identity(&mut map)?;
        self.serialize_urls(&mut map)?;
        self.serialize_settings(&mut map)?;
        map.serialize_entry("custom_properties", &json!({}))?;
        if let Usage::Response { can_push } = self.usage {
            self.serialize_response_members(&mut map, can_push)?;
        }
        map.end()
    }
}

impl RepositoryBody<'_> {
    fn serialize_identity<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let repository = self.repository;
        let node_id = self.style.node_id("Repository", "R", &[repository.id]);
        map.serialize_entry("id", &repository.id)?;
        map.serialize_entry("node_id", &node_id)?;
        map.serialize_entry("name", &repository.name)?;
        map.serialize_entry("full_name", &repository.full_name())?;
        map.serialize_entry("private", &repository.private)?;
        map.serialize_entry("owner", &self.owner())
    }

    fn serialize_urls<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let full_name = self.repository.full_name();
        let url = format!("{}/repos/{full_name}", self.base.api);
        let page = format!("{}/{full_name}", self.base.web);
        let host = self.base.web.split("://").last().unwrap_or_default();
        map.serialize_entry("html_url", &page)?;
        map.serialize_entry("description", &Value::Null)?;
        map.serialize_entry("fork", &false)?;
        for (key, path) in &API_URLS {
            map.serialize_entry(key, &format!("{url}{path}"))?;
        }
        for key in ["created_at", "updated_at", "pushed_at"] {
            map.serialize_entry(key, &self.repository.created_at)?;
        }
        map.serialize_entry("git_url", &format!("git://{host}/{full_name}.git"))?;
        map.serialize_entry("ssh_url", &format!("git@{host}:{full_name}.git"))?;
        map.serialize_entry("clone_url", &format!("{page}.git"))?;
        map.serialize_entry("svn_url", &page)
    }

    fn serialize_settings<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let repository = self.repository;
        for (key, value) in fixed_values() {
            map.serialize_entry(key, &value)?;
        }
        let visibility = if repository.private {
            "private"
        } else {
            "public"
        };
        map.serialize_entry("archived", &repository.archived)?;
        map.serialize_entry("visibility", visibility)?;
        map.serialize_entry("default_branch", &repository.default_branch)
    }

    /// Serializes the members that webhooks omit.
    fn serialize_response_members<M: SerializeMap>(
        &self,
        map: &mut M,
        can_push: Option<bool>,
    ) -> Result<(), M::Error> {
        if let Some(push) = can_push {
            let permissions = json!({
                "admin": false, "maintain": false, "push": push, "triage": push, "pull": true,
            });
            map.serialize_entry("permissions", &permissions)?;
        }
        map.serialize_entry("temp_clone_token", &Value::Null)?;
        if self.repository.owner.kind == UserKind::Organization {
            map.serialize_entry("organization", &self.owner())?;
        }
        map.serialize_entry("network_count", &0)?;
        map.serialize_entry("subscribers_count", &0)
    }

    fn owner(&self) -> UserBody {
        UserBody::new(&self.repository.owner, self.base, self.style)
    }
}

/// The values that are the same for every repository, because nothing here changes them.
fn fixed_values() -> [(&'static str, Value); 23] {
    [
        ("homepage", Value::Null),
        ("size", json!(0)),
        ("stargazers_count", json!(0)),
        ("watchers_count", json!(0)),
        ("language", Value::Null),
        ("has_issues", json!(true)),
        ("has_projects", json!(true)),
        ("has_downloads", json!(true)),
        ("has_wiki", json!(true)),
        ("has_pages", json!(false)),
        ("has_discussions", json!(false)),
        ("forks_count", json!(0)),
        ("mirror_url", Value::Null),
        ("disabled", json!(false)),
        ("open_issues_count", json!(0)),
        ("license", Value::Null),
        ("allow_forking", json!(true)),
        ("is_template", json!(false)),
        ("web_commit_signoff_required", json!(false)),
        ("topics", json!([])),
        ("forks", json!(0)),
        ("open_issues", json!(0)),
        ("watchers", json!(0)),
    ]
}
