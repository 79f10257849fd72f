"""Creates a deployment, reports its statuses and reads them with PyGithub."""

import os

import github

client = github.Github(
    auth=github.Auth.Token("token"), base_url=os.environ["GITHUB_API"], retry=None
)
assert client.get_user().login == "octocat"

repository = client.get_repo("octocat/example")
assert repository.full_name == "octocat/example"
deployment = repository.create_deployment("main", environment="staging")
assert deployment.environment == "staging"

states = ["queued", "in_progress", "success"]
for state in states:
    status = deployment.create_status(state, target_url="https://example.com/log")
    assert status.log_url == "https://example.com/log", status.log_url
    assert status.creator.login == "octocat"

listed = list(deployment.get_statuses())
assert [it.state for it in listed] == states[::-1]
assert deployment.get_status(listed[0].id).state == "success"
assert [it.id for it in repository.get_deployments(environment="staging")] == [deployment.id]

try:
    deployment.create_status("done")
    raise AssertionError("an unknown state was accepted")
except github.GithubException as error:
    assert error.status == 422
    assert error.data["message"] == "Validation Failed"

try:
    deployment.get_status(1)
    raise AssertionError("an unknown status was returned")
except github.UnknownObjectException as error:
    assert error.status == 404
