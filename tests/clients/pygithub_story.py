"""A deployment reported and read with PyGithub."""

import os

import github

hub = github.Github(
    auth=github.Auth.Token("token"), base_url=os.environ["EMULATOR"], seconds_between_writes=0, seconds_between_requests=0
)
repo = hub.get_repo("octocat/example")
deployment = repo.create_deployment("main", environment="pygithub", required_contexts=[])

for step in range(1, 41):
    deployment.create_status("in_progress", description=f"step {step} of 40")
created = deployment.create_status(
    "success", target_url="https://ci.example/runs/7", environment_url="https://example.com", auto_inactive=True
)
assert created.state == "success"
assert created.log_url == "https://ci.example/runs/7"
assert created.environment == "pygithub"
assert created.creator.login == "octocat"

statuses = list(deployment.get_statuses())
assert len(statuses) == 41, len(statuses)
assert statuses[0].id == created.id
assert deployment.get_status(created.id).created_at == created.created_at

for status, refused in ((404, lambda: deployment.get_status(1)), (422, lambda: deployment.create_status("done"))):
    try:
        refused()
    except github.GithubException as error:
        assert error.status == status, error
    else:
        raise AssertionError(f"nothing was answered with {status}")

assert repo.get_deployment(deployment.id).environment == "pygithub"
assert [found.id for found in repo.get_deployments(environment="pygithub")][0] == deployment.id
assert hub.get_user().login == "octocat"
