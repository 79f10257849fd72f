//! A repository as JSON.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use super::{Base, Style, UserBody, node_id};
use crate::record::{Repository, UserKind};

/// A repository.
#[derive(Debug)]
pub(crate) struct RepositoryBody<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) base: &'a Base,
    pub(crate) style: Style,
    /// Whether whoever asks may push; none for the anonymous and for webhooks.
    pub(crate) may_push: Option<bool>,
}

/// The addresses under the repository's own, in GitHub's order.
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
        let repository = self.repository;
        let full_name = repository.full_name();
        let url = format!("{}/repos/{full_name}", self.base.api);
        let page = format!("{}/{full_name}", self.base.web);
        let host = self.base.web.split("://").last().unwrap_or_default();
        let owner = UserBody::new(&repository.owner, self.base, self.style);

        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &repository.id)?;
        let node_id = if self.style.prefixed_node_ids {
            node_id::prefixed("R", &[repository.id])
        } else {
            node_id::plain("Repository", repository.id)
        };
        map.serialize_entry("node_id", &node_id)?;
        map.serialize_entry("name", &repository.name)?;
        map.serialize_entry("full_name", &full_name)?;
        map.serialize_entry("private", &repository.private)?;
        map.serialize_entry("owner", &owner)?;
        map.serialize_entry("html_url", &page)?;
        map.serialize_entry("description", &Value::Null)?;
        map.serialize_entry("fork", &false)?;
        for (key, path) in &API_URLS {
            map.serialize_entry(key, &format!("{url}{path}"))?;
        }
        for key in ["created_at", "updated_at", "pushed_at"] {
            map.serialize_entry(key, &repository.created_at)?;
        }
        map.serialize_entry("git_url", &format!("git://{host}/{full_name}.git"))?;
        map.serialize_entry("ssh_url", &format!("git@{host}:{full_name}.git"))?;
        map.serialize_entry("clone_url", &format!("{page}.git"))?;
        map.serialize_entry("svn_url", &page)?;
        for (key, value) in counters() {
            map.serialize_entry(key, &value)?;
        }
        map.serialize_entry("archived", &repository.archived)?;
        map.serialize_entry("disabled", &false)?;
        map.serialize_entry("open_issues_count", &0)?;
        map.serialize_entry("license", &Value::Null)?;
        map.serialize_entry("allow_forking", &true)?;
        map.serialize_entry("is_template", &false)?;
        map.serialize_entry("web_commit_signoff_required", &false)?;
        map.serialize_entry("topics", &json!([]))?;
        let visibility = if repository.private {
            "private"
        } else {
            "public"
        };
        map.serialize_entry("visibility", visibility)?;
        for key in ["forks", "open_issues", "watchers"] {
            map.serialize_entry(key, &0)?;
        }
        map.serialize_entry("default_branch", &repository.default_branch)?;
        if let Some(push) = self.may_push {
            let permissions = json!({
                "admin": false, "maintain": false, "push": push, "triage": push, "pull": true,
            });
            map.serialize_entry("permissions", &permissions)?;
        }
        map.serialize_entry("temp_clone_token", &Value::Null)?;
        map.serialize_entry("custom_properties", &json!({}))?;
        if repository.owner.kind == UserKind::Organization {
            map.serialize_entry("organization", &owner)?;
        }
        map.serialize_entry("network_count", &0)?;
        map.serialize_entry("subscribers_count", &0)?;
        map.end()
    }
}

fn counters() -> [(&'static str, Value); 13] {
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
    ]
}
