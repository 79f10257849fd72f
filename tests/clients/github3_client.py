"""Creates a deployment, reports its statuses and reads them with github3.py."""

import os

import github3

api = os.environ["GITHUB_API"]
client = github3.GitHub(token="token")
# github3.GitHubEnterprise requires a host below which the API has the path /api/v3.
client.session.base_url = api
assert client.me().login == "octocat"

repository = client.repository("octocat", "example")
assert repository.full_name == "octocat/example"
deployment = repository.create_deployment("main", environment="staging")
assert deployment.environment == "staging"

states = ["pending", "failure", "success"]
for state in states:
    status = deployment.create_status(state, target_url="https://example.com/log")
    assert status.target_url == "https://example.com/log", status.target_url
    assert status.creator.login == "octocat"

listed = list(deployment.statuses())
assert [it.state for it in listed] == states[::-1]
assert repository.deployment(deployment.id).id == deployment.id
assert [it.id for it in repository.deployments()] == [deployment.id]

try:
    # The client itself refuses unknown states.
    deployment.create_status("success", description="x" * 141)
    raise AssertionError("a description that is too long was accepted")
except github3.exceptions.UnprocessableEntity as error:
    assert error.message == "Validation Failed"

try:
    repository.deployment(1)
    raise AssertionError("an unknown deployment was returned")
except github3.exceptions.NotFoundError as error:
    assert error.code == 404
