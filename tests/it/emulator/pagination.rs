use deploystatus_emulator::{Deployment, NewStatus};

use super::github::{Github, statuses};

/// Creates a deployment with this number of statuses.
fn deployment_with(github: &Github, count: usize) -> Deployment {
    let deployment = github.deployment();
    for _ in 0..count {
        let new = NewStatus::new("in_progress");
        github.emulator.create_status(deployment.id, new).unwrap();
    }
    deployment
}

/// Returns the relations of a `Link` header and the queries of their URLs.
fn relations(link: &str) -> Vec<(String, String)> {
    let parts = link.split(", ").filter(|it| !it.is_empty());
    parts
        .map(|part| {
            let (url, rel) = part.split_once(">; rel=").unwrap();
            let query = url.split_once('?').unwrap().1;
            (rel.trim_matches('"').to_owned(), query.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn page_size_has_default_and_maximum() {
    let github = Github::start().await;
    let path = statuses(&deployment_with(&github, 101));
    for (query, count) in [
        ("", 30),
        ("?per_page=7", 7),
        ("?per_page=500", 100),
        ("?per_page=500&page=2", 1),
        ("?per_page=0", 30),
        ("?per_page=abc&page=0", 30),
        ("?page=-1", 30),
        ("?per_page=0050&page=003", 1),
        ("?page=99", 0),
    ] {
        let response = github.get(&format!("{path}{query}")).await.expect(200);
        assert_eq!(response.json().as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn links_lead_through_all_pages() {
    let github = Github::start().await;
    let deployment = deployment_with(&github, 61);
    let path = statuses(&deployment);
    let response = github.get(&path).await;
    let front = format!(
        "<{}/repositories/{}/deployments/{}/statuses?page=2>; rel=\"next\"",
        github.emulator.url(),
        deployment.repository_id,
        deployment.id
    );
    assert!(response.header("link").starts_with(&front), "{response:?}");

    let mut next = format!("{}{path}?per_page=20", github.emulator.url());
    let mut seen = Vec::new();
    loop {
        let response = github
            .get(next.strip_prefix(&github.emulator.url()).unwrap())
            .await;
        let list = response.json();
        seen.extend(
            list.as_array()
                .unwrap()
                .iter()
                .map(|it| it["id"].as_u64().unwrap()),
        );
        let link = response.header("link").to_owned();
        let next_link = link.split(", ").find(|it| it.ends_with("rel=\"next\""));
        match next_link {
            Some(part) => next = part[1..].split_once('>').unwrap().0.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 61);
    assert!(seen.is_sorted_by(|a, b| a > b));
}

#[tokio::test]
async fn links_are_ordered_and_echo_the_query() {
    let github = Github::start().await;
    let path = statuses(&deployment_with(&github, 61));
    let expected = [
        ("", "next page=2, last page=3"),
        (
            "?page=2&x=1",
            "prev page=1&x=1, next page=3&x=1, last page=3&x=1, first page=1&x=1",
        ),
        ("?page=3", "prev page=2, first page=1"),
        ("?page=9", "prev page=3, last page=3, first page=1"),
        ("?per_page=100", ""),
        (
            "?per_page=30",
            "next per_page=30&page=2, last per_page=30&page=3",
        ),
    ];
    for (query, wanted) in expected {
        let response = github.get(&format!("{path}{query}")).await;
        let found: Vec<_> = relations(response.header("link"))
            .into_iter()
            .map(|(rel, query)| format!("{rel} {query}"))
            .collect();
        assert_eq!(found.join(", "), wanted, "{query}");
    }
}
